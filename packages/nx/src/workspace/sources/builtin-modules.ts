import { isBuiltin } from "node:module";

/** Packages that Bun brings its own of, whether they are installed or not. Measured with Bun 1.3 and 1.4. */
const REPLACED = new Set([
  "@vercel/fetch",
  "abort-controller",
  "isomorphic-fetch",
  "next/dist/compiled/node-fetch",
  "next/dist/compiled/undici",
  "next/dist/compiled/ws",
  "node-fetch",
  "undici",
  "utf-8-validate",
  "ws",
]);

/** Whether a module comes with Bun, so that neither a file nor a package stands for it. */
export function isBunBuiltin(specifier: string): boolean {
  return isBuiltin(specifier) || /^(?:bun$|bun:|node:)/.test(specifier) || REPLACED.has(specifier);
}

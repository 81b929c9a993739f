import { findValue, parseJsonc } from "./jsonc-document.js";

/** Scope of the framework's packages. It was renamed; both names export the same. */
export type Framework = "@ooneex" | "@talosjs";

const FRAMEWORKS: readonly Framework[] = ["@ooneex", "@talosjs"];

/** This plugin shares the framework's scope, and says nothing about the name that the runtime is installed under. */
const PLUGIN = "@ooneex/nx";

/**
 * Decides which of its two names a workspace knows the framework by.
 *
 * @param packageJson - text of the root package.json, which in an Ooneex workspace holds every dependency
 * @returns the scope with packages in it; of both, the one that has `app`; else `@ooneex`
 * @throws OoneexNxError `JSON_INVALID`
 */
export function resolveFramework(packageJson: string): Framework {
  const manifest = parseJsonc(packageJson, "package.json");
  const names = ["dependencies", "devDependencies"]
    .flatMap((field) => findValue(manifest, field)?.children ?? [])
    .map((dependency) => String(dependency.children?.[0]?.value));
  const present = FRAMEWORKS.filter((scope) => names.some((name) => name.startsWith(`${scope}/`) && name !== PLUGIN));
  return present.length === 1
    ? (present[0] as Framework)
    : (present.find((scope) => names.includes(`${scope}/app`)) ?? "@ooneex");
}

import { isSourceFile } from "../source-file.js";
import type { Report, Rule } from "./rule.js";
import { TEST } from "./source-files.js";

/** The signal as something to listen to, as opposed to one that is sent: in a call, a list, a record or a constant. */
const LISTENS = /\b(?:on|once|addListener|prependListener)\(\s*["'`]SIGTERM["'`]|\[[^\]]{0,80}["'`]SIGTERM["'`]|\bSIGTERM["'`]?\s*:|=\s*["'`]SIGTERM["'`]/;

/** An import of what listens in its place, by the names that such packages have. */
const IMPORTS = /(?:\bfrom|\bimport|\brequire\()\s*["'][^"'\n]*(?:shutdown|graceful|close-with-grace|exit-hook|terminus)/;

/**
 * The first process of a container ignores a signal that it does not handle, and is killed when the grace period is over; under
 * an init process it ends at once. Either way with the requests that it is answering.
 */
export const stopUnhandled: Rule = {
  id: "stop-unhandled",
  finds: "a service, or an API with a Dockerfile, that handles no SIGTERM, so that a stop loses the requests that it is answering",
  severity: "warning",
  mendedBy: "hand",
  check: ({ workspace, deployables }) => {
    const handles = (path: string): boolean => {
      const text = workspace.read(path) ?? "";
      return LISTENS.test(text) || IMPORTS.test(text);
    };
    // Most do so in the entrypoint, so that no other file is read.
    const open = deployables
      .filter(({ type, hasDockerfile }) => type === "microservice" || hasDockerfile)
      .map(({ names }) => ({ names, path: `${names.root}/src/index.ts` }))
      .filter(({ path }) => workspace.read(path) !== undefined && !handles(path));
    if (open.length === 0) return [];
    const handlers = workspace.listFiles().filter((path) => isSourceFile(path) && !TEST.test(path) && handles(path));
    // A handler that belongs to none may be everybody's.
    const isOwned = (path: string): boolean => deployables.some(({ names }) => path.startsWith(`${names.root}/`));
    if (handlers.some((path) => !isOwned(path))) return [];
    return open
      .filter(({ names }) => !handlers.some((path) => path.startsWith(`${names.root}/`)))
      .map(({ names, path }): Report => ({
        what: `${names.kebab} handles no SIGTERM, so a stop loses the requests that it is answering`,
        path,
        remedy: "bring in what a new service has: node_modules/@ooneex/nx/docs/images.md, under \"When it is asked to stop\", says what and where",
      }));
  },
};

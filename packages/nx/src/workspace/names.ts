import { OoneexNxError } from "../errors.js";

/** Every spelling of one module's name. All are derived from the same words, so one of them determines the others. */
export interface ModuleNames {
  /** Folder, manifest and project name: `order-history`. */
  readonly kebab: string;
  /** Stem of identifiers: `OrderHistory`. */
  readonly pascal: string;
  /** Image name and comments: `order_history`. */
  readonly snake: string;
  /** npm package: `@module/order-history`. */
  readonly packageName: string;
  /** Key of the path alias in tsconfig.json: `@module/order-history/*`. */
  readonly alias: string;
  /** Environment variable that holds the service's URL: `MICROSERVICE_ORDER_HISTORY_URL`. */
  readonly variable: string;
  /** Workspace-relative folder: `modules/order-history`. */
  readonly root: string;
}

/** Folder, workspace-relative, whose sub-folders are the modules of an Ooneex workspace. */
export const MODULES_ROOT = "modules";

/** A DNS label, which a service's host name is at the latest on Kubernetes, holds 63 characters (RFC 1123). */
const LONGEST_NAME = 63;

/** Letters, digits, and the separators between words. Anything else could reach a path, a shell or a template. */
const SPELLING = /^[A-Za-z0-9]+(?:[ _-]+[A-Za-z0-9]+)*$/;

/** Names with another meaning, each with it. */
const RESERVED: Readonly<Record<string, string>> = {
  app: "is the API module",
  shared: "is the cross-cutting module",
  dist: "is a build output, which git and the build context leave out",
  coverage: "is a test output, which git leaves out",
  tmp: "is for throw-away files, which git leaves out",
  "node-modules": "is where packages are installed",
  scratch: "is the empty base image, and no image can be tagged so",
  ...Object.fromEntries(
    ["con", "prn", "aux", "nul", ...[1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((n) => [`com${n}`, `lpt${n}`])].map((name) => [
      name,
      "is a device on Windows, and no folder can be called so",
    ]),
  ),
};

/** Names of services that the network of a container or of a cluster has given to something else already, each with it. */
const HOSTS: Readonly<Record<string, string>> = {
  localhost: "is what every container calls itself, so that no other one finds the service",
  kubernetes: "is the cluster's own service, and a namespace may hold it",
  default: "is the account that every namespace has for all who name none",
};

/**
 * Derives every spelling of a module's name from any one of them.
 *
 * `"order history"`, `"OrderHistoryModule"`, `"order_history"` and `"order-history"` all give the same result; a
 * trailing word `module` is dropped, as the framework does. Words that their class's name does not keep apart are refused, as
 * in `order-2`, whose class `Order2` is also that of `order2`.
 *
 * @param input - the name as the user wrote it
 * @param exists - tells of a workspace-relative folder whether it is there; the name of one that is stays its own
 * @throws OoneexNxError `NAME_EMPTY`, `NAME_ILLEGAL`, `NAME_TOO_LONG`, `NAME_RESERVED` or `NAME_AMBIGUOUS`
 */
export function resolveNames(input: string, exists: (root: string) => boolean = () => false): ModuleNames {
  const spelling = input.trim();
  const words = splitWords(spelling);
  if (spelling === "" || (SPELLING.test(spelling) && words.length === 0)) {
    throw refusal("NAME_EMPTY", input, "leaves nothing once the word «module» is dropped");
  }
  if (!SPELLING.test(spelling) || !/^[a-z]/.test(words[0] ?? "")) {
    throw refusal("NAME_ILLEGAL", input, "is not made of letters, digits, spaces, hyphens or underscores, with a letter first");
  }
  const kebab = words.join("-");
  if (kebab.length > LONGEST_NAME) {
    throw refusal("NAME_TOO_LONG", input, `is longer than ${LONGEST_NAME} characters, the most that a host name holds`);
  }
  const meaning = Object.hasOwn(RESERVED, kebab) ? RESERVED[kebab] : undefined;
  if (meaning !== undefined) {
    throw refusal("NAME_RESERVED", input, `is reserved: it ${meaning}`);
  }
  const names = buildNames(words);
  const host = Object.hasOwn(HOSTS, kebab) ? HOSTS[kebab] : undefined;
  if (host !== undefined && !exists(names.root)) throw refusal("NAME_RESERVED", input, `is reserved: it ${host}`);
  const twin = splitWords(names.pascal).join("-");
  if (twin === kebab || exists(names.root)) return names;
  throw refusal("NAME_AMBIGUOUS", input, `gives the class ${names.pascal}Module, which is also that of ${twin}`, `write ${twin}, or other words`);
}

/**
 * Reads a folder's name back into every spelling of it.
 *
 * @param folder - one path segment, such as `order-history`
 * @returns `undefined` where the folder's name is not one that {@link resolveNames} gives, reserved ones included
 */
export function readNames(folder: string): ModuleNames | undefined {
  const words = folder.split("-");
  return words.every((word) => /^[a-z0-9]+$/.test(word)) && /^[a-z]/.test(folder) ? buildNames(words) : undefined;
}

function buildNames(words: readonly string[]): ModuleNames {
  const kebab = words.join("-");
  const snake = words.join("_");
  return {
    kebab,
    pascal: words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(""),
    snake,
    packageName: `@module/${kebab}`,
    alias: `@module/${kebab}/*`,
    variable: `MICROSERVICE_${snake.toUpperCase()}_URL`,
    root: `${MODULES_ROOT}/${kebab}`,
  };
}

function splitWords(spelling: string): string[] {
  const words = spelling
    .split(/[ _-]+/)
    // Capitals begin words only beside small letters: BILLING2GO, as in a variable, is one.
    .map((part) => (/[a-z]/.test(part) ? part.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2") : part))
    .flatMap((part) => part.toLowerCase().split(" "))
    .filter((word) => word !== "");
  while (words.at(-1) === "module") words.pop();
  return words;
}

function refusal(code: string, input: string, reason: string, remedy = "write a name such as billing or order-history"): OoneexNxError {
  return new OoneexNxError({
    code,
    what: `${JSON.stringify(input.length > 80 ? `${input.slice(0, 80)}…` : input)} ${reason}`,
    where: "name",
    remedy,
  });
}

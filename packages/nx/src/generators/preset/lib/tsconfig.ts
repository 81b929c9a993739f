import type { Node } from "jsonc-parser";
import { findValue, parseJsonc } from "../../../workspace/jsonc-document.js";
import { addPathAlias } from "../../../workspace/path-aliases.js";
import { setValue } from "../../init/lib/json-edits.js";

const FILE = "tsconfig.json";

/** Without these the framework's decorators do nothing, or nothing right. */
const DECORATORS = ["experimentalDecorators", "emitDecoratorMetadata"];

/** How modules are found and written. Of two that belong together, one that is set says that its owner has decided. */
const MODULES: Readonly<Record<string, string>> = { module: "ESNext", moduleResolution: "bundler" };

/** The modules that a new workspace has, each with an alias. */
const ALIASES = ["app", "shared"];

/** An edited tsconfig.json, and what in it stands in the framework's way. */
export interface TsconfigEdit {
  readonly text: string;
  readonly messages: readonly string[];
}

/**
 * Completes a tsconfig.json that its owner wrote: the aliases, and what the framework's decorators need.
 *
 * @returns the original text with what it lacks; a value that is set stays
 * @throws OoneexNxError `JSON_INVALID`, `JSON_UNEXPECTED` or `TSCONFIG_INVALID`
 */
export function completeTsconfig(text: string): TsconfigEdit {
  const before = readOptions(text);
  const isOpen = findValue(parseJsonc(text, FILE), "extends") === undefined;
  const decided = Object.keys(MODULES).some((name) => findValue(before, name) !== undefined);
  const wanted: [name: string, value: unknown][] = [
    ...(isOpen && !decided ? Object.entries(MODULES) : []),
    ...DECORATORS.filter((name) => findValue(before, name) === undefined).map((name): [string, unknown] => [name, true]),
  ];
  const completed = wanted.reduce(
    (edited, [name, value]) => setValue(edited, ["compilerOptions", name], value, FILE),
    text,
  );
  return {
    text: ALIASES.reduce(
      (edited, name) => addPathAlias(edited, `@module/${name}/*`, `./modules/${name}/src/*`, FILE),
      completed,
    ),
    messages: DECORATORS.filter((name) => findValue(before, name)?.value === false).map(
      (name) => `tsconfig.json: ${name} is false and stays; the framework's decorators need true`,
    ),
  };
}

function readOptions(text: string): Node | undefined {
  return findValue(parseJsonc(text, FILE), "compilerOptions");
}

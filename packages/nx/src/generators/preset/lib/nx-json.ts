import type { Node } from "jsonc-parser";
import { findValue, parseJsonc } from "../../../workspace/jsonc-document.js";
import { setValue } from "../../init/lib/json-edits.js";
import { editNxJson, type NxJsonEdit } from "../../init/lib/nx-json.js";

const FILE = "nx.json";

const NEW = '{\n  "$schema": "./node_modules/nx/schemas/nx-schema.json"\n}\n';

/** What Nx is told about a target of that name wherever it stands, unless it is told something already. */
const TARGET_DEFAULTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  build: { cache: true, dependsOn: ["^build"] },
  lint: { cache: true },
  test: { cache: true },
};

/**
 * Tells Nx what it has to know of an Ooneex workspace: Bun, which targets have results that last, and the plugin, as `init` does.
 *
 * @param text - nx.json; `undefined` where there is none
 * @param typescript - version that the workspace is on
 * @throws OoneexNxError `JSON_INVALID` or `JSON_UNEXPECTED`
 */
export function editPresetNxJson(text: string | undefined, typescript: string | undefined): NxJsonEdit {
  const original = text ?? NEW;
  const targets = Object.entries(TARGET_DEFAULTS).filter(([name]) => find(original, ["targetDefaults", name]) === undefined);
  const entries: [path: string[], value: unknown][] = [
    ...(find(original, ["cli", "packageManager"]) === undefined ? [[["cli", "packageManager"], "bun"] as [string[], unknown]] : []),
    ...targets.flatMap(([name, values]) =>
      Object.entries(values).map(([key, value]): [string[], unknown] => [["targetDefaults", name, key], value]),
    ),
  ];
  const edited = entries.reduce((edited, [path, value]) => setValue(edited, path, value, FILE), original);
  const packageManager: unknown = find(edited, ["cli", "packageManager"])?.value;
  const edit = editNxJson(edited, { typescript });
  return packageManager === "bun"
    ? edit
    : { ...edit, messages: [...edit.messages, `nx.json: cli.packageManager is ${String(packageManager)} and stays; an Ooneex workspace is one of Bun`] };
}

function find(text: string, path: readonly string[]): Node | undefined {
  return path.reduce<Node | undefined>(findValue, parseJsonc(text, FILE));
}

import { applyEdits, type JSONPath, modify, parse } from "jsonc-parser";
import { hasTypeScriptApi, NX_JS, type NxJsConfiguration } from "../../../workspace/nx-analysis.js";
import type { ToolVersions } from "./tool-versions.js";

const PLUGIN = "@ooneex/nx";

interface NxJson {
  readonly plugins?: readonly (string | { readonly plugin: string })[];
  readonly pluginsConfig?: Readonly<Record<string, NxJsConfiguration>>;
}

/** An edited nx.json, and what its user should know of it. */
export interface NxJsonEdit {
  readonly text: string;
  /** One sentence each, only for what is changed or deliberately left. */
  readonly messages: readonly string[];
}

/**
 * Registers the plugin and makes affected sets exact.
 *
 * @param text - nx.json, comments and layout of which are kept
 */
export function editNxJson(text: string, versions: Pick<ToolVersions, "typescript">): NxJsonEdit {
  const nxJson = (parse(text) ?? {}) as NxJson;
  const configuration = nxJson.pluginsConfig?.[NX_JS];
  const messages: string[] = [];
  let edited = text;
  const set = (path: JSONPath, value: unknown, message: string): void => {
    edited = applyEdits(edited, modify(edited, path, value, { formattingOptions: readFormatting(text) }));
    messages.push(message);
  };

  if (!isRegistered(nxJson)) {
    set(["plugins"], [...(nxJson.plugins ?? []), PLUGIN], `nx.json: registered ${PLUGIN}`);
  }
  if (configuration?.projectsAffectedByDependencyUpdates === undefined) {
    set(
      ["pluginsConfig", NX_JS, "projectsAffectedByDependencyUpdates"],
      "auto",
      'nx.json: set projectsAffectedByDependencyUpdates to "auto", so that a change in bun.lock affects only the projects' +
        " that import what changed; without it, every new dependency rebuilds every image",
    );
  } else if (configuration.projectsAffectedByDependencyUpdates !== "auto") {
    messages.push(
      "nx.json: projectsAffectedByDependencyUpdates is set by you and stays; only \"auto\" rebuilds no more than what a new dependency changes",
    );
  }
  if (!hasTypeScriptApi(versions.typescript) && configuration?.analyzeSourceFiles !== false) {
    set(
      ["pluginsConfig", NX_JS, "analyzeSourceFiles"],
      false,
      `nx.json: set analyzeSourceFiles to false, since Nx cannot analyse imports with ${
        versions.typescript === undefined ? "no TypeScript" : `TypeScript ${versions.typescript}`
      }; ${PLUGIN} does it instead`,
    );
  }
  return { text: edited, messages };
}

function isRegistered({ plugins = [] }: NxJson): boolean {
  return plugins.some((entry) => (typeof entry === "string" ? entry : entry.plugin) === PLUGIN);
}

/** New lines are laid out as the file is. */
function readFormatting(text: string): { insertSpaces: boolean; tabSize: number; eol: string } {
  const indentation = /^([ \t]+)\S/m.exec(text)?.[1] ?? "  ";
  return {
    insertSpaces: !indentation.startsWith("\t"),
    tabSize: indentation.length,
    eol: text.includes("\r\n") ? "\r\n" : "\n",
  };
}

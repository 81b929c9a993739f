import { getNodeValue } from "jsonc-parser";
import { parseJsonc } from "../../../workspace/jsonc-document.js";
import { hasTypeScriptApi, NX_JS, type NxJsConfiguration } from "../../../workspace/nx-analysis.js";
import { appendItem, setValue } from "./json-edits.js";
import type { ToolVersions } from "./tool-versions.js";

const FILE = "nx.json";
const PLUGIN = "@ooneex/nx";

type PluginEntry = string | { readonly plugin: string };

interface NxJson {
  readonly plugins?: readonly PluginEntry[];
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
 * @throws OoneexNxError `JSON_INVALID` or `JSON_UNEXPECTED`
 */
export function editNxJson(text: string, versions: Pick<ToolVersions, "typescript">): NxJsonEdit {
  const nxJson = getNodeValue(parseJsonc(text, FILE)) as NxJson;
  const configuration = nxJson.pluginsConfig?.[NX_JS];
  const messages: string[] = [];
  let edited = text;
  const configure = (key: keyof NxJsConfiguration, value: unknown): void => {
    edited = setValue(edited, ["pluginsConfig", NX_JS, key], value, FILE);
  };

  if (!isRegistered(nxJson)) {
    edited = appendItem(edited, ["plugins"], PLUGIN, FILE);
    messages.push(`nx.json: registered ${PLUGIN}`);
  }
  if (configuration?.projectsAffectedByDependencyUpdates === undefined) {
    configure("projectsAffectedByDependencyUpdates", "auto");
    messages.push(
      'nx.json: set projectsAffectedByDependencyUpdates to "auto", so that a change in bun.lock affects only the' +
        " projects that import what changed; without it, every new dependency rebuilds every image",
    );
  } else if (configuration.projectsAffectedByDependencyUpdates !== "auto") {
    messages.push(
      'nx.json: projectsAffectedByDependencyUpdates is set by you and stays; only "auto" rebuilds no more than what a' +
        " new dependency changes",
    );
  }
  if (!hasTypeScriptApi(versions.typescript) && configuration?.analyzeSourceFiles !== false) {
    const typescript = versions.typescript === undefined ? "no TypeScript" : `TypeScript ${versions.typescript}`;
    configure("analyzeSourceFiles", false);
    messages.push(
      `nx.json: set analyzeSourceFiles to false, since Nx cannot analyse imports with ${typescript}; ` +
        `${PLUGIN} does it instead`,
    );
  }
  return { text: edited, messages };
}

function isRegistered({ plugins }: NxJson): boolean {
  const entries: readonly PluginEntry[] = Array.isArray(plugins) ? plugins : [];
  return entries.some((entry) => (typeof entry === "string" ? entry : entry.plugin) === PLUGIN);
}

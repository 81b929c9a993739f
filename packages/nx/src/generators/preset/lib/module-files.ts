import type { Tree } from "@nx/devkit";
import { join } from "node:path";
import { type ModuleNames, readNames } from "../../../workspace/names.js";
import { DEFAULT_HEALTH_PATH, readBunVersion } from "../../microservice/lib/service.js";
import { renderServiceFiles } from "../../microservice/lib/service-files.js";
import { renderFiles } from "../../render-files.js";
import type { Preset } from "./preset.js";

const TEMPLATES = join(import.meta.dirname, "..", "files");

/** TCP port of the API in development, below those of the services. */
const API_PORT = 3000;

/** A module that a workspace is made with. */
export interface PresetModule {
  readonly names: ModuleNames;
  /** Workspace-relative path to text. */
  readonly files: ReadonlyMap<string, string>;
}

/** Renders the API module: what a microservice is made of, with a module that takes in what is shared. */
export function renderAppModule(tree: Tree, { framework }: Preset): PresetModule {
  const names = readNames("app") as ModuleNames;
  const bunVersion = readBunVersion(tree, tree.read("package.json", "utf8") ?? "{}");
  const service = { names, port: API_PORT, healthPath: DEFAULT_HEALTH_PATH, framework, tags: [], bunVersion };
  const own = renderFiles(join(TEMPLATES, "app"), names.root, { framework });
  return { names, files: new Map([...renderServiceFiles(service, "api"), ...own]) };
}

/** Renders the cross-cutting module. */
export function renderSharedModule({ framework }: Preset): PresetModule {
  const names = readNames("shared") as ModuleNames;
  return { names, files: renderFiles(join(TEMPLATES, "shared"), names.root, { framework }) };
}

import type { NxJsonConfiguration } from "@nx/devkit";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** Packages in the root manifest that make Nx analyse imports without being told to (its `jsPluginConfig`, 22 to 24). */
const ANALYSIS_BRINGERS = ["@nx/workspace", "@nx/js", "@nx/node", "@nx/next", "@nx/react", "@nx/angular", "@nx/web"];

/** Key in nx.json's `pluginsConfig` by which Nx's analysis of JavaScript is configured. */
export const NX_JS = "@nx/js";

/** What nx.json may say under `pluginsConfig["@nx/js"]`, as far as this plugin reads or writes it. */
export interface NxJsConfiguration {
  readonly analyzeSourceFiles?: boolean;
  readonly projectsAffectedByDependencyUpdates?: "auto" | "all" | readonly string[];
}

/**
 * Tells whether Nx draws the edges of imports itself in this workspace: it is told to, or finds one of its own JavaScript
 * packages in the root manifest, and TypeScript can be loaded and has the API that Nx calls, which 7 no longer has.
 */
export function isAnalyzedByNx(context: {
  readonly nxJsonConfiguration: NxJsonConfiguration;
  readonly workspaceRoot: string;
}): boolean {
  const configuration = context.nxJsonConfiguration.pluginsConfig?.[NX_JS] as NxJsConfiguration | undefined;
  const wanted =
    configuration === undefined
      ? bringsAnalysis(readManifest(join(context.workspaceRoot, "package.json")))
      : configuration.analyzeSourceFiles !== false;
  return wanted && hasTypeScriptApi(readInstalledTypeScript(context.workspaceRoot));
}

/** Version of TypeScript that Nx loads in a workspace, `undefined` where there is none. */
function readInstalledTypeScript(workspaceRoot: string): string | undefined {
  return readInstalledVersion(workspaceRoot, "typescript");
}

/**
 * Tells whether the Nx of a workspace knows which packages a change in bun.lock is about, as it does from 23.0 on. An older
 * one takes it to be about none when it is told to find out, so it has to be told that all of it counts.
 */
export function readsBunLock(workspaceRoot: string): boolean {
  const version = readInstalledVersion(workspaceRoot, "nx");
  return version === undefined || Number.parseInt(version, 10) >= 23;
}

function readInstalledVersion(workspaceRoot: string, packageName: string): string | undefined {
  try {
    const require = createRequire(join(workspaceRoot, "package.json"));
    return readManifest(require.resolve(`${packageName}/package.json`)).version;
  } catch {
    return undefined;
  }
}

/** TypeScript is written in Go from 7.0 on and has no JavaScript API. */
export function hasTypeScriptApi(version: string | undefined): boolean {
  return version !== undefined && Number.parseInt(version, 10) < 7;
}

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function bringsAnalysis(manifest: Manifest): boolean {
  const dependencies = { ...manifest.dependencies, ...manifest.devDependencies };
  return ANALYSIS_BRINGERS.some((name) => Object.hasOwn(dependencies, name));
}

function readManifest(path: string): Manifest {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Manifest;
  } catch {
    return {};
  }
}

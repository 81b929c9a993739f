import { readManifest } from "../manifest.js";
import { readLineEnding } from "../source-text.js";
import type { WorkspaceModule } from "../service-model.js";
import type { RuleFacts } from "./facts.js";
import { findLine, replaceNumber, replaceVariable } from "./locate.js";
import { localUrl, readLocalPort } from "./loopback.js";
import type { FileMend } from "./rule.js";

/** Variable that the runtime listens on. */
export const PORT = "PORT";

/** Reads the port that a module's manifest itself names. */
export function readManifestPort({ workspace }: RuleFacts, { manifest }: WorkspaceModule): number | undefined {
  return readManifest(workspace.read(manifest) ?? "", manifest).port;
}

/** Writes a port into a manifest: in the place of the one that is there, else below its type. */
export function writeManifestPort(text: string, port: number, file: string): string {
  if (readManifest(text, file).port !== undefined) return replaceNumber(text, "port", port, file);
  const eol = readLineEnding(text);
  const below = text.replace(/^type[ \t]*:[^\r\n]*/m, (line) => `${line}${eol}port: ${port}`);
  if (readManifest(below, file).port === port) return below;
  return `${text}${text === "" || text.endsWith("\n") ? "" : eol}port: ${port}${eol}`;
}

/** The lowest port from 3001 that no file of the workspace takes; it counts as taken from then on. */
export function takeFreePort(taken: Set<number>): number {
  let port = 3001;
  while (taken.has(port)) port++;
  taken.add(port);
  return port;
}

/** Every port that some file of the workspace takes. */
export function listTakenPorts(facts: RuleFacts): Set<number> {
  const claimed = facts.readClaims().map(({ port }) => port);
  return new Set([...claimed, ...facts.modules.flatMap(({ port }) => (port === undefined ? [] : [port]))]);
}

/** The line of a module's port, with the file that names it. */
export function locatePort(facts: RuleFacts, module: WorkspaceModule): { readonly path: string; readonly line?: number | undefined } {
  const text = facts.workspace.read(module.manifest);
  const line = readManifestPort(facts, module) === undefined ? undefined : findLine(text, /^\s*port\s*:/m);
  return { path: module.manifest, line };
}

/** Moves a module to another port: its manifest, its environments that name the old one, and the app's URLs to it. */
export function planMove(facts: RuleFacts, module: WorkspaceModule, port: number): FileMend[] {
  const own = facts.readEnvironment(module.names.root).filter(({ variables }) => variables.get(PORT) === String(module.port));
  const variable = facts.declared.find(({ name }) => name === module.names.kebab)?.url ?? module.names.variable;
  const urls = facts.appEnvironment.filter(({ variables }) => readLocalPort(variables.get(variable) ?? "") === module.port);
  return [
    { path: module.manifest, edit: (text = "") => writeManifestPort(text, port, module.manifest) },
    ...own.map(({ path }): FileMend => ({ path, edit: (text = "") => replaceVariable(text, PORT, port, path) })),
    ...urls.map(({ path }): FileMend => ({ path, edit: (text = "") => replaceVariable(text, variable, localUrl(port), path) })),
  ];
}

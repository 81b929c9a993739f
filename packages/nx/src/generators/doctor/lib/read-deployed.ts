import { posix } from "node:path";
import { isMap, isSeq, type Node, parseDocument } from "yaml";
import { environmentOf, keysOf, nodeAt, parseCompose, scalarAt } from "../../../deployment/compose-source.js";
import { KUSTOMIZATION, SETTINGS } from "../../../deployment/kubernetes-files.js";
import type { DeploymentPlaces } from "../../../deployment/places.js";
import type { DeployedImage, DeployedService, DeployedVariable } from "../../../workspace/rules/facts.js";
import type { WorkspaceReader } from "../../../workspace/service-model.js";
import { indexLines } from "../../../workspace/source-text.js";
import type { YamlSource } from "../../../workspace/yaml-source.js";

/** A line of a file of settings, of which compose takes the words behind the name for the value. */
const SETTING = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/;

/** As `parseCompose` does. */
type ParseCompose = (text: string, path: string) => YamlSource;

/** Parses a text once, for all rules that ask for it in a row. */
export function rememberCompose(): ParseCompose {
  let last: { readonly text: string; readonly path: string; readonly source: YamlSource } | undefined;
  return (text, path) => {
    if (last?.text !== text || last.path !== path) last = { text, path, source: parseCompose(text, path) };
    return last.source;
  };
}

/**
 * Reads what the compose file says of each service, with the files of settings beside it, and the settings of each on Kubernetes.
 *
 * @throws OoneexNxError `COMPOSE_INVALID`
 */
export function readDeployed(workspace: WorkspaceReader, { composeFile, kubernetesFolder }: DeploymentPlaces, parse: ParseCompose): DeployedService[] {
  const base = `${kubernetesFolder}/base`;
  const manifests = [...workspace.list(base)].sort().map((name) => ({ by: "kubernetes" as const, name, variables: readSettings(workspace, `${base}/${name}/${SETTINGS}`) }));
  return [...readComposed(workspace, composeFile, parse), ...manifests.filter(({ variables }) => variables.length > 0)];
}

function readComposed(workspace: WorkspaceReader, composeFile: string, parse: ParseCompose): DeployedService[] {
  const text = workspace.read(composeFile);
  if (text === undefined) return [];
  const source = parse(text, composeFile);
  const lineOf = indexLines(text);
  return keysOf(source, "services").map((name) => {
    const written = [...environmentOf(source, name)].map(([variable, { value, range }]): DeployedVariable => {
      return { variable, value, path: composeFile, line: range && lineOf(range[0]) };
    });
    // What stands in `environment` counts more than a file, and a later file more than an earlier one.
    const variables = [...listEnvFiles(source, name, composeFile).flatMap((path) => readSettings(workspace, path)), ...written];
    return { by: "compose", name, variables: [...new Map(variables.map((each) => [each.variable, each])).values()] };
  });
}

/** Reads which images the compose file and the overlays of Kubernetes name. */
export function readDeployedImages(workspace: WorkspaceReader, { composeFile, kubernetesFolder }: DeploymentPlaces, parse: ParseCompose): DeployedImage[] {
  const text = workspace.read(composeFile);
  const composed = text === undefined ? [] : readComposedImages(text, composeFile, parse);
  const folder = `${kubernetesFolder}/overlays`;
  return [...composed, ...[...workspace.list(folder)].sort().flatMap((name) => readOverlay(workspace, `${folder}/${name}/${KUSTOMIZATION}`))];
}

function readComposedImages(text: string, path: string, parse: ParseCompose): DeployedImage[] {
  const source = parse(text, path);
  const lineOf = indexLines(text);
  return keysOf(source, "services").flatMap((name): DeployedImage[] => {
    const image = scalarAt(source, "services", name, "image");
    return image === undefined ? [] : [{ name, image, path, line: placeOf(lineOf, nodeAt(source, "services", name, "image")) }];
  });
}

/** What is not YAML names no image: `kubectl` says so, and in its place. */
function readOverlay(workspace: WorkspaceReader, path: string): DeployedImage[] {
  const text = workspace.read(path) ?? "";
  const images = parseDocument(text, { logLevel: "silent" }).get("images");
  const lineOf = indexLines(text);
  return (isSeq(images) ? images.items : []).flatMap((item): DeployedImage[] => {
    if (!isMap(item) || item.has("digest")) return [];
    const { name, newName, newTag } = item.toJSON() as Readonly<Record<string, unknown>>;
    if (typeof name !== "string" || (typeof newTag !== "string" && typeof newTag !== "number")) return [];
    const line = placeOf(lineOf, item.get("newTag", true));
    return [{ name: name.replaceAll("_", "-"), image: `${typeof newName === "string" ? newName : name}:${newTag}`, path, line }];
  });
}

/** Files that are told without a variable in their path. */
function listEnvFiles(source: YamlSource, service: string, composeFile: string): string[] {
  const files = (nodeAt(source, "services", service, "env_file")?.toJSON() ?? []) as unknown;
  const list: unknown[] = Array.isArray(files) ? files : [files];
  return list
    .map((file) => (typeof file === "object" && file !== null ? (file as { path?: unknown }).path : file))
    .filter((path): path is string => typeof path === "string" && !/^[~/]|\$/.test(path))
    .map((path) => posix.join(posix.dirname(composeFile), path))
    .filter((path) => !path.startsWith("../"));
}

function readSettings(workspace: WorkspaceReader, path: string): DeployedVariable[] {
  return (workspace.read(path) ?? "").split(/\r?\n/).flatMap((text, index): DeployedVariable[] => {
    const [, variable, written = ""] = SETTING.exec(text) ?? [];
    const value = /^(["'])(.*)\1$/.exec(written)?.[2] ?? written.replace(/\s+#.*$/, "");
    return variable === undefined ? [] : [{ variable, value, path, line: index + 1 }];
  });
}

function placeOf(lineOf: (offset: number) => number, node: unknown): number | undefined {
  const range = (node as Node | null | undefined)?.range;
  return range ? lineOf(range[0]) : undefined;
}

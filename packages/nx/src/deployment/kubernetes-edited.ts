import { isMap, isScalar, isSeq, type Node, type Scalar } from "yaml";
import { parseYaml, type YamlSource } from "../workspace/yaml-source.js";
import { SETTINGS } from "./kubernetes-files.js";
import { type KubernetesService, NAME_LABEL } from "./kubernetes-service.js";

/** A file that somebody has edited, with its ports and addresses as the workspace has them, and what it lacks. */
export interface EditedFile {
  readonly text: string;
  /** One sentence each, of what only a person can add. */
  readonly notices: readonly string[];
}

/**
 * Brings the ports and addresses of an edited file in step. Every other byte stays.
 *
 * @param file - its name in the service's folder
 * @param path - workspace-relative, for errors and notices
 * @throws OoneexNxError `KUBERNETES_INVALID` where a manifest with a port is not YAML
 */
export function mendEdited(file: string, text: string, service: KubernetesService, path: string): EditedFile {
  switch (file) {
    case SETTINGS:
      return { text: mendSettings(text, service), notices: [] };
    case "deployment.yaml":
      return { text: replacePort(text, path, service.port, findContainerPort(service)), notices: missingSecrets(text, service, path) };
    case "service.yaml":
      return { text: replacePort(text, path, service.port, findServicePort), notices: [] };
    case "networkpolicy.yaml":
      return { text, notices: missingPeers(text, service, path) };
    default:
      return { text, notices: [] };
  }
}

/** Addresses of services that nobody leads elsewhere, and the port; what is missing of them goes to the end. */
function mendSettings(text: string, { port, variables: { urls } }: KubernetesService): string {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  let result = text;
  for (const [name, value] of [["PORT", String(port)] as const, ...urls]) {
    const line = new RegExp(`^([ \\t]*${name}=)(.*?)(\\r?)$`, "m");
    const written = line.exec(result)?.[2];
    if (written === undefined) result += `${result === "" || result.endsWith("\n") ? "" : eol}${name}=${value}${eol}`;
    else if (name === "PORT" || withoutPort(written) === withoutPort(value)) result = result.replace(line, (_, head: string, __, end: string) => `${head}${value}${end}`);
  }
  return result;
}

function withoutPort(address: string): string {
  return address.replace(/:\d+$/, "");
}

function missingSecrets(text: string, { name, variables: { secrets } }: KubernetesService, path: string): string[] {
  const missing = secrets.filter((key) => !new RegExp(`\\b${key}\\b`).test(text));
  return missing.length === 0 ? [] : [`${name} needs ${missing.join(", ")}, which ${path} does not name. It was edited by hand, so it was left.`];
}

function missingPeers(text: string, { name, callers, callees, isOpen }: KubernetesService, path: string): string[] {
  const isNamed = (peer: string): boolean => new RegExp(`${NAME_LABEL.replaceAll(".", "\\.")}["']?\\s*:\\s*["']?${peer}["']?\\s*(?:[,}#]|$)`, "m").test(text);
  const left = "It was edited by hand, so it was left.";
  return [
    ...(isOpen ? [] : callers.filter((peer) => !isNamed(peer)).map((peer) => `${peer} calls ${name}, and ${path} does not let it in. ${left}`)),
    ...callees.filter((peer) => !isNamed(peer)).map((peer) => `${name} calls ${peer}, and ${path} does not let it out there. ${left}`),
  ];
}

/** Offsets of the one number that a manifest has the service's port in. */
type FindPort = (source: YamlSource) => Scalar | undefined;

function replacePort(text: string, path: string, port: number, find: FindPort): string {
  const found = find(parseYaml(text, { code: "KUBERNETES", path }));
  if (found?.range == null || typeof found.value !== "number" || found.value === port) return text;
  return text.slice(0, found.range[0]) + String(port) + text.slice(found.range[1]);
}

/** The port `http`, which the probes and the Service name, of the container that is called as the service. */
function findContainerPort({ name }: KubernetesService): FindPort {
  return ({ document }) => {
    const container = itemsOf(document.getIn(["spec", "template", "spec", "containers"])).find((item) => textAt(item, "name") === name);
    return scalarAt(itemsOf(nodeAt(container, "ports")).find((item) => textAt(item, "name") === "http"), "containerPort");
  };
}

const findServicePort: FindPort = ({ document }) =>
  scalarAt(itemsOf(document.getIn(["spec", "ports"])).find((item) => textAt(item, "targetPort") === "http"), "port");

function itemsOf(node: unknown): readonly unknown[] {
  return isSeq(node) ? node.items : [];
}

function nodeAt(node: unknown, key: string): unknown {
  return isMap(node) ? node.get(key, true) : undefined;
}

function scalarAt(node: unknown, key: string): Scalar | undefined {
  const found = nodeAt(node, key) as Node | undefined;
  return isScalar(found) ? found : undefined;
}

function textAt(node: unknown, key: string): string | undefined {
  const value = scalarAt(node, key)?.value;
  return typeof value === "string" ? value : undefined;
}

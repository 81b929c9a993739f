import type { Topology, TopologyDatastore, TopologyProcess } from "./model.js";

/** What Mermaid, Markdown and HTML all take for a letter. */
const PLAIN = /[^A-Za-z0-9 ._/:@-]/gu;

/**
 * Draws a topology as a Mermaid flowchart, without the fence around it.
 *
 * Whatever a name holds stays a label: all but plain letters are Mermaid's own entity codes (`#34;`), which neither
 * Mermaid nor the Markdown around it reads as syntax.
 */
export function renderMermaid({ processes, datastores, edges }: Topology): string {
  const ids = new Map([...processes, ...datastores].map(({ id }, index) => [id, `n${index}`]));
  const of = (id: string): string => ids.get(id) ?? "n";
  const groups = [
    { title: "Services", nodes: processes.filter(({ kind }) => kind !== "api") },
    { title: "Datastores", nodes: datastores },
  ];
  return [
    "flowchart LR",
    ...processes.filter(({ kind }) => kind === "api").map((process) => `  ${of(process.id)}[["${labelProcess(process)}"]]`),
    ...groups.flatMap(({ title, nodes }, index) =>
      nodes.length === 0 ? [] : [`  subgraph g${index}["${title}"]`, ...nodes.map((node) => `    ${of(node.id)}${shape(node)}`), "  end"],
    ),
    ...edges.map(({ from, to, kind }) => `  ${of(from)} ${kind === "call" ? "-->" : "-.-"} ${of(to)}`),
    ...listClass("missing", processes.filter(({ kind }) => kind === "missing"), of, "stroke-dasharray: 5 5"),
    ...listClass("unwell", processes.filter(({ health }) => health === "unhealthy" || health === "no answer"), of, "stroke:#d1242f,stroke-width:2px"),
    "",
  ].join("\n");
}

function shape(node: TopologyProcess | TopologyDatastore): string {
  return "product" in node ? `[("${labelDatastore(node)}")]` : `["${labelProcess(node)}"]`;
}

function labelProcess({ name, port, kind, image, digest, health }: TopologyProcess): string {
  const lines = [
    name,
    port === undefined ? undefined : `:${port}`,
    kind === "missing" ? "no such module" : undefined,
    digest === undefined ? undefined : `${image ?? "image"} ${digest.slice(0, "sha256:".length + 12)}`,
    health,
  ];
  return join(lines);
}

function labelDatastore({ product, place, owner }: TopologyDatastore): string {
  return join([product, place ?? (owner === undefined ? undefined : `of ${owner}`)]);
}

function join(lines: readonly (string | undefined)[]): string {
  return lines.filter((line) => line !== undefined).map(escapeLabel).join("<br/>");
}

/** A text as a label that stands between double quotes. */
export function escapeLabel(text: string): string {
  return text.replace(PLAIN, (character) => (/\s|\p{Cc}/u.test(character) ? " " : `#${character.codePointAt(0) ?? 0};`));
}

function listClass(name: string, nodes: readonly TopologyProcess[], of: (id: string) => string, style: string): string[] {
  return nodes.length === 0 ? [] : [`  classDef ${name} ${style}`, `  class ${nodes.map(({ id }) => of(id)).join(",")} ${name}`];
}

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeNode, type NodeFacts } from "./describe.js";
import { fitText } from "./fit-text.js";
import { layOut, type Layout, type PlacedEdge, type PlacedNode } from "./layout.js";
import type { Topology, TopologyProcess } from "./model.js";

/** The first line of every page that this makes: what tells it from somebody's own. */
export const PAGE_MARK = "<!-- Written by `nx g @ooneex/nx:topology`. Changes are lost with the next run. -->";

const NAME_SIZE = 13;
const LINE_SIZE = 11;
const PADDING = 12;
/** How many names a cell of the table holds; more of them are counted. Those who are called name the caller too. */
const LONGEST_CELL = 8;
/** For the sign of the health, at a card's right. */
const SIGN = 18;

const SIGNS = { healthy: "✓", unhealthy: "✕", "no answer": "?", "not running": "–" } as const;

/**
 * Draws a topology as one web page that needs nothing else: style, script and data are in it, and its own content security
 * policy lets it load nothing. Without script it is the drawing and the table.
 */
export function renderPage(topology: Topology): string {
  const layout = layOut(topology);
  const facts = layout.nodes.map(({ node, column }) => ({ ...describeNode(node, topology), column }));
  const [style, script] = [readAsset("page.css"), readAsset("page.js")];
  const policy = `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return [
    PAGE_MARK,
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Topology of ${escapeHtml(topology.title)}</title>`,
    '<link rel="icon" href="data:,">',
    `<style>${style}</style>`,
    "</head>",
    "<body>",
    renderHeader(topology),
    "<main>",
    renderDrawing(layout, new Map(facts.map((node) => [node.id, node]))),
    '<aside id="details" tabindex="-1" aria-label="Details"><p>Choose a box to see what it is made of, what it calls and who calls it.</p></aside>',
    "</main>",
    renderTable(topology, facts),
    `<script type="application/json" id="data">${escapeJson({ nodes: facts })}</script>`,
    `<script>${script}</script>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

function renderHeader({ title, processes, datastores }: Topology): string {
  const services = processes.filter(({ kind }) => kind === "microservice").length;
  const counts = `${services} ${services === 1 ? "service" : "services"}, ${datastores.length} ${datastores.length === 1 ? "datastore" : "datastores"}`;
  return [
    "<header>",
    '<a class="skip" href="#details">Skip to the details</a>',
    `<h1>${escapeHtml(title)} <small>${counts}</small></h1>`,
    '<div class="tools" role="search">',
    '<label for="search">Search</label>',
    '<input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="name, port, variable" aria-describedby="found">',
    '<output id="found" aria-live="polite"></output>',
    '<button id="theme" type="button" aria-pressed="false">Dark</button>',
    "</div>",
    '<p class="keys"><kbd>/</kbd> searches, <kbd>Enter</kbd> goes to the next match, <kbd>Tab</kbd> and arrows go from box to box, <kbd>Esc</kbd> closes</p>',
    "</header>",
  ].join("\n");
}

function renderDrawing({ width, height, nodes, edges, titles, cuts }: Layout, facts: ReadonlyMap<string, NodeFacts>): string {
  return [
    '<div class="drawing">',
    `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="group" aria-label="Who calls whom">`,
    "<defs>",
    ...["tip", "tip-on"].map(
      (id) => `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>`,
    ),
    "</defs>",
    '<g id="drawing">',
    '<g aria-hidden="true">',
    ...titles.map(({ text, x, y }) => `<text class="title" x="${x}" y="${y + 18}">${escapeHtml(text)}</text>`),
    ...edges.map(renderEdge),
    "</g>",
    ...nodes.map((node) => renderNode(node, facts.get(node.node.id))),
    "</g>",
    "</svg>",
    // Paper cannot scroll: the same drawing in pieces, which a screen does not show.
    ...cuts.slice(1).map((end, index) => {
      const top = cuts[index] ?? 0;
      return `<svg class="sheet" viewBox="0 ${top} ${width} ${end - top}" aria-hidden="true"><use href="#drawing"/></svg>`;
    }),
    "</div>",
  ].join("\n");
}

function renderEdge({ edge, path }: PlacedEdge): string {
  return `<path class="edge ${edge.kind}" d="${path}" data-from="${escapeHtml(edge.from)}" data-to="${escapeHtml(edge.to)}"/>`;
}

function renderNode({ node, x, y, width, height }: PlacedNode, facts: NodeFacts | undefined): string {
  const isStore = "product" in node;
  const health = isStore ? undefined : node.health;
  const inner = width - 2 * PADDING - (health === undefined ? 0 : SIGN);
  const [name, line] = isStore ? [node.product, node.place ?? "place not known"] : [node.name, describeLine(node)];
  const [first, second] = isStore ? [15, 28] : [20, 36];
  const text = (kind: string, top: number, content: string, size: number): string =>
    `<text class="${kind}" x="${PADDING}" y="${top}">${escapeHtml(fitText(content, inner, size, kind === "name"))}</text>`;
  return [
    `<g class="node ${isStore ? "store" : node.kind}" transform="translate(${x} ${y})" tabindex="0" role="button" aria-pressed="false"`,
    ` aria-label="${escapeHtml(facts?.summary ?? name)}" data-id="${escapeHtml(node.id)}">`,
    `<rect width="${width}" height="${height}" rx="${isStore ? height / 2 : 8}"/>`,
    text("name", first, name, NAME_SIZE),
    line === "" ? "" : text("line", second, line, LINE_SIZE),
    health === undefined ? "" : `<text class="sign ${health.replace(" ", "-")}" x="${width - PADDING}" y="28" text-anchor="end">${SIGNS[health]}</text>`,
    "</g>",
  ].join("");
}

function describeLine({ port, urlVariable, kind }: TopologyProcess): string {
  const parts = [port === undefined ? undefined : `:${port}`, kind === "missing" ? "no such module" : undefined, urlVariable];
  return parts.filter((part) => part !== undefined).join("  ");
}

function renderTable({ title }: Topology, facts: readonly NodeFacts[]): string {
  const columns = ["Port", "URL variable", "Calls", "Called by", "Datastores", "Image", "Digest", "Health"];
  const processes = facts.filter(({ kind }) => kind !== "datastore");
  const used = columns.filter((column) => processes.some(({ rows }) => rows.some(([key]) => key === column)));
  const cell = ({ rows }: NodeFacts, column: string): string => {
    const values = rows.find(([key]) => key === column)?.[1] ?? [];
    return values.length > LONGEST_CELL ? String(values.length) : values.join(", ");
  };
  return [
    '<section class="table" aria-labelledby="table">',
    `<h2 id="table">What runs in ${escapeHtml(title)}</h2>`,
    "<div><table>",
    `<thead><tr><th scope="col">Name</th>${used.map((column) => `<th scope="col">${column}</th>`).join("")}</tr></thead>`,
    "<tbody>",
    ...processes.map(
      (process) =>
        `<tr data-id="${escapeHtml(process.id)}"><th scope="row">${escapeHtml(process.name)}</th>${used.map((column) => `<td>${escapeHtml(cell(process, column))}</td>`).join("")}</tr>`,
    ),
    "</tbody>",
    "</table></div>",
    "</section>",
  ].join("\n");
}

/** Line endings are the same on every machine, since the policy's hash is of these bytes. */
function readAsset(name: string): string {
  return readFileSync(join(import.meta.dirname, "files", name), "utf8").replaceAll("\r\n", "\n");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** A text as content or as an attribute's value in double quotes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`).replace(/\p{Cc}/gu, " ");
}

/** JSON that no HTML parser sees an end tag or a comment in. */
export function escapeJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

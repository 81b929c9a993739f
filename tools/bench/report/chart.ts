import { COLD, ROW_NAMES } from "../measure/row-names.js";
import { NX_DOCKER } from "../subjects/nx-docker.js";
import { PLAIN } from "../subjects/plain.js";
import { PLUGIN, PLUGIN_TASKS } from "../subjects/plugin.js";
import type { Figures } from "./figures.js";

/** Whose bars are drawn, and the class of their colour. */
const SERIES = [
  { subject: PLUGIN, label: "@ooneex/nx", style: "batch" },
  { subject: PLUGIN_TASKS, label: "@ooneex/nx --batch=false", style: "tasks" },
  { subject: NX_DOCKER, label: "@nx/docker", style: "peer" },
] as const;

/** In pixels. */
const WIDTH = 860;
const LEFT = 190;
const RIGHT = 40;
const BAR = 12;
const ROW_GAP = 12;
const ROW = SERIES.length * BAR + ROW_GAP;
const TOP = 92;
const PANEL_HEAD = 34;
const LABEL = 96;

/** Pixels that a character of a label takes, rather too many. */
const CHARACTER = 7.5;

/** One scale for all: equal lengths are equal ratios. */
const TICKS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20];

const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
  .paper { fill: #ffffff; } .title { font-size: 17px; font-weight: 600; } .panel { font-weight: 600; }
  .small { font-size: 11px; } .quiet { fill: #59636e; } .end { text-anchor: end; } .middle { text-anchor: middle; }
  .grid { stroke: #d1d9e0; } .one { stroke: #1f2328; stroke-width: 1.5; }
  .tasks { fill: #54aeff; } .batch { fill: #0550ae; } .peer { fill: #d4733a; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; } .paper { fill: #0d1117; } .quiet { fill: #9198a1; } .grid { stroke: #3d444d; }
    .one { stroke: #f0f6fc; } .tasks { fill: #a5d6ff; } .batch { fill: #388bfd; } .peer { fill: #f0883e; }
  }`;

/**
 * Draws the times of a run as multiples of the time of plain builds, one panel for each number of services: a bar to the
 * left is faster, one to the right slower.
 *
 * @returns an SVG document that follows the reader's light or dark scheme
 */
export function drawChart(figures: Figures): string {
  const names = [COLD, ...ROW_NAMES];
  const sizes = [...new Set(figures.all.filter(({ row }) => row === COLD).map(({ size }) => size))];
  const x = buildScale(figures, names, sizes);
  const body: string[] = [];
  let top = TOP;
  for (const size of sizes) {
    const rows = names.filter((row) => figures.get(row, size, PLAIN) !== undefined);
    body.push(...drawPanel(figures, size, rows, top, x));
    top += PANEL_HEAD + rows.length * ROW;
  }
  const height = top + 12;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    "<title>Time to build a set of images, as a multiple of plain docker builds</title>",
    `<style>${STYLE}\n</style>`,
    `<rect class="paper" width="${WIDTH}" height="${height}"/>`,
    '<text class="title" x="20" y="30">Time to build a set of images</text>',
    text(20, 50, "as a multiple of docker build, one service after the other: left is faster, right is slower; logarithmic", "quiet"),
    ...drawLegend(),
    ...body,
    "</svg>",
    "",
  ].join("\n");
}

interface Scale {
  (ratio: number): number;
  readonly ticks: readonly number[];
}

function buildScale(figures: Figures, names: readonly string[], sizes: readonly string[]): Scale {
  const ratios = names.flatMap((row) => sizes.flatMap((size) => SERIES.flatMap(({ subject }) => readRatio(figures, row, size, subject) ?? [])));
  const [low, high] = [Math.min(0.5, ...ratios), Math.max(2, ...ratios)];
  const from = TICKS.filter((tick) => tick <= low).at(-1) ?? low;
  const to = TICKS.find((tick) => tick >= high) ?? high;
  const [start, end] = [LEFT + LABEL, WIDTH - RIGHT - LABEL];
  const scale = (ratio: number) => start + ((end - start) * Math.log(ratio / from)) / Math.log(to / from);
  return Object.assign(scale, { ticks: TICKS.filter((tick) => tick >= from && tick <= to) });
}

function readRatio(figures: Figures, row: string, size: string, subject: string): number | undefined {
  const [value, plain] = [figures.get(row, size, subject), figures.get(row, size, PLAIN)];
  return value === undefined || plain === undefined ? undefined : value / plain;
}

function drawLegend(): string[] {
  let left = 20;
  return SERIES.flatMap(({ label, style }) => {
    const [swatch, name] = [left, left + 18];
    left = name + label.length * CHARACTER + 24;
    return [`<rect class="${style}" x="${swatch}" y="64" width="12" height="12" rx="2"/>`, text(name, 74, label)];
  });
}

function drawPanel(figures: Figures, size: string, names: readonly string[], top: number, x: Scale): string[] {
  const first = top + PANEL_HEAD;
  const bottom = first + names.length * ROW - ROW_GAP / 2;
  const grid = x.ticks.flatMap((tick) => [
    `<line class="${tick === 1 ? "one" : "grid"}" x1="${round(x(tick))}" x2="${round(x(tick))}" y1="${first - 6}" y2="${bottom}"/>`,
    text(x(tick), first - 11, `${tick} ×`, "small quiet middle"),
  ]);
  const title = text(20, first - 11, size === "1" ? "1 service" : `${size} services`, "panel");
  return [title, ...grid, ...names.flatMap((row, index) => drawRow(figures, row, size, first + index * ROW, x))];
}

function drawRow(figures: Figures, row: string, size: string, top: number, x: Scale): string[] {
  const bars = SERIES.flatMap(({ subject, style }, index) => {
    const ratio = readRatio(figures, row, size, subject);
    if (ratio === undefined) return [];
    const y = top + index * BAR;
    const [left, right] = [Math.min(x(ratio), x(1)), Math.max(x(ratio), x(1))];
    const isFaster = ratio < 1;
    const seconds = ((figures.get(row, size, subject) ?? 0) / 1000).toFixed(1);
    return [
      `<rect class="${style}" x="${round(left)}" y="${y}" width="${round(Math.max(right - left, 1))}" height="${BAR - 1}"/>`,
      text(isFaster ? left - 6 : right + 6, y + BAR - 2.5, `${ratio.toFixed(2)} × · ${seconds} s`, isFaster ? "small end" : "small"),
    ];
  });
  const plain = ((figures.get(row, size, PLAIN) ?? 0) / 1000).toFixed(1);
  const middle = top + (SERIES.length * BAR) / 2;
  return [text(20, middle, row), text(20, middle + 14, `plain ${plain} s`, "small quiet"), ...bars];
}

function text(x: number, y: number, content: string, style = ""): string {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text${style === "" ? "" : ` class="${style}"`} x="${round(x)}" y="${round(y)}">${escaped}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

import { IN_PLUGIN } from "../graph/steps.js";
import type { Measurement } from "../measurement.js";
import { stepsOf } from "../measure/images.js";
import { NX_DOCKER } from "../subjects/nx-docker.js";
import { PATH_FILTER, PATH_FILTER_SHARED } from "../subjects/path-filter.js";
import { PLUGIN, PLUGIN_TASKS } from "../subjects/plugin.js";
import { BASELINES, type Figures } from "./figures.js";
import { judge } from "./targets.js";

/** One table of texts: what was done, on how much, whose figures, their ratios, and what is aimed at. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const FILTERS: readonly string[] = [PATH_FILTER, PATH_FILTER_SHARED];

/** Builds the table of a run. Beside a time stands how many instructions ran. */
export function buildTable(figures: Figures): Table {
  const mark = (subject: string, label: string) => (subject === figures.winner ? `${label} *` : label);
  const head = ["", "n", mark(PLUGIN, "@ooneex"), mark(PLUGIN_TASKS, "no batch"), "plain", NX_DOCKER, "÷ plain", "÷ @nx", "target"];
  return { head, rows: listLines(figures.all).map((line) => buildRow(figures, line)) };
}

/** A line of the table: a row at a size, and who is its plain one. */
interface Line {
  readonly row: string;
  readonly size: string;
  readonly unit: Measurement["unit"];
  readonly baseline: string | undefined;
}

/**
 * Row by row, and in a row size by size, in the order in which they were measured. Each kind of path filter has a line of its
 * own, and the time within a plugin stands below that of the whole.
 */
function listLines(all: readonly Measurement[]): Line[] {
  const names = new Set(all.map(({ row }) => row));
  const isSteps = (row: string) => [...names].some((other) => stepsOf(other) === row);
  const lines = new Map<string, Line>();
  for (const { row, size, unit } of all.filter((found) => found.unit !== "ratio" && !isSteps(found.row))) {
    const subjects = all.filter((found) => found.row === row && found.size === size).map(({ subject }) => subject);
    const baselines = subjects.filter((subject) => BASELINES.includes(subject));
    const [baseline] = baselines;
    lines.set(`${row}\n${size}`, { row, size, unit, baseline });
    for (const filter of baselines.filter((subject) => FILTERS.includes(subject))) {
      lines.set(`${row}\n${size}\n${filter}`, { row, size, unit, baseline: filter });
    }
  }
  const whole = ({ row }: Line) => row.replace(IN_PLUGIN, "");
  const [rows, sizes] = [[...names], [...new Set(all.map(({ size }) => size))]];
  return [...lines.values()].sort(
    (left, right) =>
      rows.indexOf(whole(left)) - rows.indexOf(whole(right)) ||
      sizes.indexOf(left.size) - sizes.indexOf(right.size) ||
      rows.indexOf(left.row) - rows.indexOf(right.row),
  );
}

/** A line's name. One that is about a part or a variant of the line above it is set in. */
function nameLine({ row, size, baseline }: Line): string {
  if (baseline !== undefined && FILTERS.includes(baseline)) return `  ${baseline}`;
  if (row.endsWith(IN_PLUGIN)) return `  ${IN_PLUGIN.slice(2)}`;
  const [, variant] = size.split(", ");
  return variant === undefined ? row : `  ${variant}`;
}

function buildRow(figures: Figures, line: Line): string[] {
  const { row, size, unit, baseline } = line;
  const cell = (subject: string | undefined): string => {
    const value = subject === undefined ? undefined : figures.get(row, size, subject);
    const steps = subject === undefined ? undefined : figures.get(stepsOf(row), size, subject);
    return value === undefined ? "" : [formatValue(value, unit), ...(steps === undefined ? [] : [`(${steps})`.padStart(5)])].join(" ");
  };
  const ratio = (peer: string | undefined): string => {
    const value = peer === undefined || unit === "count" ? undefined : figures.ratio(row, size, peer);
    return value === undefined ? "" : value.toFixed(2);
  };
  const [name, n] = [nameLine(line), size.replace(/ .*$/, "")];
  if (baseline !== undefined && FILTERS.includes(baseline)) return [name, n, "", "", cell(baseline), "", "", "", ""];
  const verdict = judge(figures, row, size);
  const target = verdict === undefined ? "" : `${verdict.met ? "✓" : "✗"} ${verdict.text}`;
  const ours = [PLUGIN, PLUGIN_TASKS].map(cell);
  return [name, n, ...ours, cell(baseline), cell(NX_DOCKER), ratio(baseline), ratio(NX_DOCKER), target];
}

function formatValue(value: number, unit: Measurement["unit"]): string {
  switch (unit) {
    case "ms":
      return value < 100 ? `${value.toFixed(0)} ms` : `${(value / 1000).toPrecision(3)} s`;
    case "MB":
      return `${value.toFixed(value < 10 ? 2 : 0)} MB`;
    case "ratio":
      return `${value.toFixed(2)} ×`;
    case "count":
      return String(value);
  }
}

/** Writes a table for a terminal: names to the left, figures to the right, at most 120 columns wide. */
export function formatText({ head, rows }: Table): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? "").length)));
  const isText = (column: number) => column === 0 || column === head.length - 1;
  const format = (row: readonly string[]) =>
    row.map((text, column) => (isText(column) ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0))).join("  ").trimEnd();
  return [format(head), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(format)].join("\n");
}

/** Writes a table in Markdown. */
export function formatMarkdown({ head, rows }: Table): string {
  const format = (row: readonly string[]) => `| ${row.map((text) => text.trim().replace(/ {2,}/g, " ")).join(" | ")} |`;
  const rule = head.map((_, column) => (column === 0 || column === head.length - 1 ? "---" : "---:"));
  return [format(head), format(rule), ...rows.map(format)].join("\n");
}

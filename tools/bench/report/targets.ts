import { COLD_GRAPH, IN_PLUGIN, ONE_FILE, UNLIKE_EDGES, WARM_GRAPH } from "../graph/steps.js";
import { MISSED, NEEDLESS } from "../measure/counts.js";
import { NX_START, OVER_BASE, stepsOf } from "../measure/images.js";
import { COLD, NOTHING, OTHER, UNRELATED } from "../measure/row-names.js";
import { PLAIN } from "../subjects/plain.js";
import type { Figures } from "./figures.js";

/** What a figure of the plugin should be. */
interface Target {
  readonly row: string;
  /** The sizes that it is about; otherwise all. */
  readonly size?: RegExp;
  /** As a person reads it: a multiple is of the plain builds, but of a build without a change where other things changed. */
  readonly text: string;
  /** The figures that it is about, each with the most that it may be; `undefined` where one was not measured. */
  limits(figures: Figures, size: string): readonly Limit[];
}

interface Limit {
  readonly value: number | undefined;
  readonly most: number;
}

/** A target, and whether it is met. */
export interface Verdict {
  readonly text: string;
  readonly met: boolean;
}

const MB_OVER_BASE = 5;
const TIMES_NOTHING = 1.3;
const MS_OVER_NX = 2000;
const TIMES_NX = 1.15;
const MS_ONE_FILE = 50;

/** Where the plugin is in the same workspace as the Nx alone that it is held against. */
const LARGE_GRAPH = /^1000 modules(?:, TypeScript 6)?$/;

const TARGETS: readonly Target[] = [
  ...[OTHER, UNRELATED].map((row) => ({
    row,
    text: "0 steps, ≤1.3×",
    limits: (figures: Figures, size: string) => [
      { value: figures.ours(stepsOf(row), size), most: 0 },
      { value: figures.ours(row, size), most: TIMES_NOTHING * (figures.ours(NOTHING, size) ?? 0) },
    ],
  })),
  {
    row: NOTHING,
    size: /^50\b/,
    text: "≤0.3×, nx + 2 s",
    limits: (figures, size) => [
      { value: figures.ratio(NOTHING, size, PLAIN), most: 0.3 },
      { value: figures.ours(NOTHING, size), most: MS_OVER_NX + (figures.get(NOTHING, size, NX_START) ?? 0) },
    ],
  },
  {
    row: COLD,
    size: /^8\b/,
    text: "≤0.35×",
    limits: (figures, size) => [{ value: figures.ratio(COLD, size, PLAIN), most: 0.35 }],
  },
  ...[COLD_GRAPH, WARM_GRAPH].map((row) => ({
    row,
    size: LARGE_GRAPH,
    text: "≤1.15× nx",
    limits: (figures: Figures, size: string) => [{ value: figures.ratio(row, size, NX_START), most: TIMES_NX }],
  })),
  {
    row: ONE_FILE + IN_PLUGIN,
    size: LARGE_GRAPH,
    text: "≤50 ms",
    limits: (figures, size) => [{ value: figures.ours(ONE_FILE + IN_PLUGIN, size), most: MS_ONE_FILE }],
  },
  {
    row: OVER_BASE,
    text: "≤5 MB",
    limits: (figures, size) => [{ value: figures.ours(OVER_BASE, size), most: MB_OVER_BASE }],
  },
  ...[NEEDLESS, MISSED, UNLIKE_EDGES].map((row) => ({
    row,
    text: "0",
    limits: (figures: Figures, size: string) => [{ value: figures.ours(row, size), most: 0 }],
  })),
];

/** Holds what the plugin does in a row to what it should do there, where that is said at all. */
export function judge(figures: Figures, row: string, size: string): Verdict | undefined {
  const target = TARGETS.find((found) => found.row === row && found.size?.test(size) !== false);
  const limits = target?.limits(figures, size) ?? [];
  if (target === undefined || limits.some(({ value }) => value === undefined)) return undefined;
  return { text: target.text, met: limits.every(({ value, most }) => value !== undefined && value <= most) };
}

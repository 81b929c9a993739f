import { MOST, type ScaleRow } from "../scale/fit.js";
import type { Table } from "./table.js";

/** What the columns mean, for a reader of the table. */
export const SCALE_NOTES = [
  "Three modules in ten are services. The times are processor time of all processes without the daemon, and the memory is the most",
  "that all of them held with the most modules. `÷ Nx` is how much of both Nx takes without the plugin, for the same command or an empty",
  "generator, with the most modules. `power` is the power of the number of modules with which the plugin's own part, above Nx, grows between the",
  `last two sizes: 1 is linear, and the benchmark fails above ${MOST}. Own parts below 150 ms and 50 MB count as so much.`,
];

/** Builds the table of how the commands scale, one line a command. */
export function buildScaleTable(rows: readonly ScaleRow[]): Table {
  const sizes = rows[0]?.points.map(({ modules }) => modules) ?? [];
  const head = ["modules", ...sizes.map(String), "memory", "÷ Nx", "power of Nx", "power", "power of memory"];
  return { head, rows: rows.map(buildRow) };
}

function buildRow({ row, points, nx, exponents }: ScaleRow): string[] {
  const [last, alone] = [points.at(-1), nx.at(-1)];
  const ratio = (own = 0, theirs = 0) => (own / theirs).toFixed(1);
  const power = (value: number) => `${value > MOST ? "✗" : "✓"} ${value.toFixed(2)}`;
  return [
    row,
    ...points.map(({ cpu }) => `${(cpu / 1000).toFixed(1)} s`),
    `${(last?.peak ?? 0).toFixed(0)} MB`,
    `${ratio(last?.cpu, alone?.cpu)}, ${ratio(last?.peak, alone?.peak)}`,
    exponents.nx.toFixed(2),
    power(exponents.cpu),
    power(exponents.memory),
  ];
}

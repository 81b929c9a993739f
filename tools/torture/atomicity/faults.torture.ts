import { expect } from "vitest";
import { REGISTRIES } from "../../../packages/nx/src/testing/composed-workspace.js";
import { OONEEX_WORKSPACE } from "../../../packages/nx/src/testing/fake-workspace.js";
import { SCALE, torture } from "../torture.js";
import { dispose, type Files, type Kind, listLeftovers, readFiles, type Run, runInChild, writeFiles } from "./runs.js";

/** A generator, and those that run before it. */
interface Scenario {
  readonly generator: string;
  readonly options: object;
  readonly before?: readonly Omit<Run, "root">[];
  readonly files?: Files;
}

const WORKSPACE: Files = { ...OONEEX_WORKSPACE, ...REGISTRIES, "modules/app/.env.example.yml": 'app:\n  port: 3000\n' };

const billing = { generator: "microservice", options: { name: "billing" } };
const orders = { generator: "module", options: { name: "orders" } };

const SCENARIOS: readonly Scenario[] = [
  billing,
  { generator: "microservice-remove", options: { name: "billing", force: true }, before: [billing] },
  orders,
  { generator: "module-remove", options: { name: "orders", force: true }, before: [orders] },
  { generator: "extract", options: { name: "orders" }, before: [orders] },
  { generator: "inline", options: { name: "orders", force: true }, before: [orders, { generator: "extract", options: { name: "orders" } }] },
  { generator: "compose", options: {}, before: [billing] },
  { generator: "kubernetes", options: {}, before: [billing] },
  { generator: "ci", options: { provider: "github" } },
  { generator: "init", options: {} },
  { generator: "preset", options: { name: "acme", frameworkVersion: "^1.0.0" }, files: { "package.json": '{ "name": "acme" }\n', "keep.txt": "mine\n" } },
];

/** What the short run stops. */
const SHORT: readonly string[] = ["microservice"];

for (const scenario of SCENARIOS.filter(({ generator }) => SCALE >= 1 || SHORT.includes(generator))) {
  torture(`${scenario.generator} stopped at each write, and run again: the workspace is as after one run`, async (tally) => {
    const before = await prepare(scenario);
    const { after, writes } = await runOnce(scenario, before);
    const places = Array.from({ length: writes }, (_, index) => index + 1);
    const sampled = SCALE >= 1 ? places : places.filter((at) => at === 2 || at % 7 === 0);
    for (const kind of ["ENOSPC", "EACCES"] as const) {
      const roots = places.map(() => writeFiles(before));
      await runInChild(places.map((at, index) => run(roots[index] as string, scenario, { kind, at })));
      await expectRepaired(scenario, roots, after, kind);
      tally.cases += roots.length;
    }
    for (const kind of ["SIGKILL", "SIGINT"] as const) {
      const roots: string[] = [];
      for (const at of kind === "SIGINT" && SCALE < 1 ? [3] : sampled) {
        const root = writeFiles(before);
        roots.push(root);
        await runInChild([run(root, scenario, { kind, at })]);
      }
      await expectRepaired(scenario, roots, after, kind);
      tally.cases += roots.length;
    }
  });
}

async function prepare({ before = [], files = WORKSPACE }: Scenario): Promise<Files> {
  const root = writeFiles(files);
  const outcomes = await runInChild(before.map((step) => ({ ...step, root })));
  expect(outcomes.map(({ error }) => error)).toEqual(before.map(() => undefined));
  return takeFiles(root);
}

async function runOnce(scenario: Scenario, before: Files): Promise<{ after: Files; writes: number }> {
  const root = writeFiles(before);
  const [outcome] = await runInChild([run(root, scenario)]);
  expect(outcome?.error).toBeUndefined();
  const after = takeFiles(root);
  expect(after).not.toEqual(before);
  return { after, writes: outcome?.writes ?? 0 };
}

/** Runs again what was stopped. What was there is told apart from what is wanted only by the files. */
async function expectRepaired(scenario: Scenario, roots: readonly string[], after: Files, kind: Kind): Promise<void> {
  await runInChild(roots.map((root) => run(root, scenario)));
  for (const [index, root] of roots.entries()) {
    expect(listLeftovers(root), `${kind} at write ${index + 1}`).toEqual([]);
    expect(takeFiles(root), `${kind} at write ${index + 1}`).toEqual(after);
  }
}

function run(root: string, { generator, options }: Scenario, fault?: Run["fault"]): Run {
  return { root, generator, options, fault };
}

function takeFiles(root: string): Files {
  const files = readFiles(root);
  dispose(root);
  return files;
}

import type { Workspace } from "../../../e2e/workspace/workspace.js";
import { COMMAND } from "./steps.js";

const TIMED_PLUGIN = "timed-plugin";

/** Where the stand-in writes the time of each call, one a line, in milliseconds. */
const TIMES = ".nx/hook-times";

/**
 * Puts a stand-in for a plugin into a workspace, which Nx loads, calls and sends everything to as it does with the plugin,
 * and which calls the plugin and notes how long that takes.
 */
export async function timeHooks(workspace: Workspace, plugin: string): Promise<void> {
  const write = (file: string, text: string) => workspace.write(`node_modules/${TIMED_PLUGIN}/${file}`, text);
  await write("package.json", JSON.stringify({ name: TIMED_PLUGIN, version: "1.0.0", type: "module", main: "index.js" }));
  await write("index.js", STAND_IN.replace("PLUGIN", plugin));
  await workspace.write("nx.json", (await workspace.read("nx.json")).replace(`"${plugin}"`, `"${TIMED_PLUGIN}"`));
}

const STAND_IN = `
import { appendFileSync } from "node:fs";
import * as imported from "PLUGIN";

const plugin = { ...imported.default, ...imported };
const time = (hook) => async (...argv) => {
  const start = performance.now();
  const result = await hook(...argv);
  appendFileSync("${TIMES}", performance.now() - start + "\\n");
  return result;
};
const [pattern, create] = plugin.createNodes ?? plugin.createNodesV2;
export const createNodes = [pattern, time(create)];
export const createDependencies = plugin.createDependencies && time(plugin.createDependencies);
`;

/**
 * Builds the graph once.
 *
 * @returns milliseconds of the plugin's `createNodes` and `createDependencies` together, without what Nx takes to call them
 */
export async function readHookTimes(workspace: Workspace): Promise<number> {
  await workspace.remove(TIMES);
  await workspace.run(COMMAND);
  const times = (await workspace.read(TIMES)).trim().split("\n").map(Number);
  return times.reduce((sum, time) => sum + time, 0);
}

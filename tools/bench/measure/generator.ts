import type { Workspace } from "../../../e2e/workspace/workspace.js";
import type { Measurement } from "../measurement.js";
import { median, Samples } from "../statistics.js";
import { PLUGIN } from "../subjects/plugin.js";
import { openCopy } from "../workspace/copy.js";
import type { Bench } from "./bench.js";

const GENERATE = "nx g microservice";
export const EMPTY_GENERATOR = "empty generator";

/** Package of the empty generator, which is called `file`. */
export const EMPTY_PACKAGE = "empty-generator";

/**
 * Generates services beside a generator that writes one file and installs nothing: what Nx itself takes.
 *
 * @param from - absolute path of a generated workspace
 */
export async function measureGenerator(bench: Bench, from: string, services: number, rounds: number): Promise<Measurement[]> {
  const workspace = await openCopy(from, bench.host, "qg", (path) => path);
  try {
    await writeEmptyGenerator(workspace);
    const samples = new Samples();
    for (let round = 0; round < rounds; round += 1) {
      const commands = { [PLUGIN]: "@ooneex/nx:microservice", [EMPTY_GENERATOR]: `${EMPTY_PACKAGE}:file` };
      for (const [subject, generator] of Object.entries(commands)) {
        const start = performance.now();
        await workspace.run(["nx", "g", generator, `svcqgnew${round}`]);
        samples.add(subject, performance.now() - start);
      }
    }
    return [PLUGIN, EMPTY_GENERATOR].map((subject) => {
      const value = median(samples.of(subject));
      bench.log(`  ${GENERATE.padEnd(24)} ${subject.padEnd(20)} ${(value / 1000).toFixed(2)} s`);
      return { row: GENERATE, size: String(services), subject, value, unit: "ms" };
    });
  } finally {
    await workspace.dispose();
  }
}

/** Puts a generator into a workspace's node_modules that writes one file. */
export async function writeEmptyGenerator(workspace: Workspace): Promise<void> {
  const write = (file: string, text: string) => workspace.write(`node_modules/${EMPTY_PACKAGE}/${file}`, text);
  const properties = { name: { type: "string", $default: { $source: "argv", index: 0 } } };
  await write("package.json", JSON.stringify({ name: EMPTY_PACKAGE, version: "1.0.0", generators: "./generators.json" }));
  await write("generators.json", JSON.stringify({ generators: { file: { factory: "./file", schema: "./schema.json" } } }));
  await write("schema.json", JSON.stringify({ $id: "File", type: "object", properties }));
  await write("file.js", 'module.exports = async (tree, { name }) => tree.write(`generated/${name}.txt`, "");\n');
}

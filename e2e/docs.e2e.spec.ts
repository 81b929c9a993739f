import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Block, readBlocks, readCommands } from "../tools/docs/blocks.js";
import { listPages, REPOSITORY } from "../tools/docs/pages.js";
import { type GuideWorkspace, openGuideWorkspace } from "./docs/guide-workspace.js";
import { startImageRegistry, type ImageRegistry } from "./registry/image-registry.js";
import { registrySuite } from "./registry/registry-suite.js";

const read = (path: string): string => readFileSync(join(REPOSITORY, path), "utf8");

const BLOCKS = listPages().flatMap((page) => readBlocks(page, read(page)).filter(({ language }) => language === "sh"));
const isNowhere = ({ test }: Block): boolean => test?.startsWith("none, ") === true;
const isElsewhere = ({ test }: Block): boolean => test !== undefined && /^[\w./-]+\/[\w.-]+$/.test(test);
const isHere = (block: Block): boolean => !isNowhere(block) && !isElsewhere(block);

/** What stands on several pages is run on the first. */
const COMMANDS = BLOCKS.filter((block, index) => isHere(block) && BLOCKS.findIndex(({ text }) => text === block.text) === index);

describe("the commands of the user guide", () => {
  it("are run below, or say who runs them, or why nobody does", () => {
    expect(BLOCKS.filter((block) => isHere(block) && ![undefined, "undone"].includes(block.test)).map(({ where, test }) => `${where}: ${test}`)).toEqual([]);
    expect(COMMANDS.length).toBeGreaterThan(20);
  });

  it.each(BLOCKS.filter(isElsewhere).map((block) => [block.where, block.test, block] as const))("at %s are those of %s", (_where, _test, block) => {
    const text = read(block.test ?? "");
    for (const command of readCommands(block)) expect(text).toContain(command.split(/\s+/).at(-1));
  });
});

/** Compose is a plugin of its own. With `REQUIRE_ENGINE=1` the tests fail without it. */
const hasCompose = await promisify(execFile)("docker", ["compose", "version"]).then(
  () => true,
  () => process.env["REQUIRE_ENGINE"] === "1",
);

registrySuite("the user guide, followed from its first line to its last", (program) => {
  if (!hasCompose) return void it.skip("needs docker's plugin compose", () => undefined);
  let registry: ImageRegistry;
  let guide: GuideWorkspace;

  beforeAll(async () => {
    registry = await startImageRegistry(program);
    guide = await openGuideWorkspace(inject("host"), registry);
  });

  afterAll(async () => {
    await guide.dispose();
    await registry.stop();
  });

  it.each(COMMANDS.map((block) => [block.where, block] as const))("does what it says at %s", async (_where, block) => {
    const restore = block.test === "undone" ? await guide.snapshot() : undefined;
    for (const command of readCommands(block)) await guide.run(command);
    await restore?.();
  });
});

import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { writeWorkspace } from "../../../testing/temporary-workspace.js";
import { locateContexts, nameStage, type StagedContexts, writeStage } from "./staged-contexts.js";

const HASH = "0123456789abcdef".repeat(4);

const stage: StagedContexts = {
  folder: nameStage("billing", HASH),
  contexts: {
    manifests: new Map([["package.json", { content: Buffer.from("{}"), kind: "file" }]]),
    runtime: new Map(),
    sources: new Map([
      ["modules/billing/run.sh", { content: Buffer.from("#!"), kind: "executable" }],
      ["modules/billing/link.sh", { content: Buffer.from("run.sh"), kind: "link" }],
    ]),
  },
};

describe("writeStage", () => {
  it("writes each context into a folder of its own, named by the content", () => {
    const root = writeWorkspace({});
    writeStage(root, stage);
    expect(locateContexts(stage)).toEqual({
      manifests: ".nx/ooneex/billing-0123456789abcdef/manifests",
      runtime: ".nx/ooneex/billing-0123456789abcdef/runtime",
      sources: ".nx/ooneex/billing-0123456789abcdef/sources",
    });
    expect(readFileSync(join(root, stage.folder, "manifests/package.json"), "utf8")).toBe("{}");
    expect(readdirSync(join(root, stage.folder, "runtime"))).toEqual([]);
    expect(statSync(join(root, stage.folder, "sources/modules/billing/run.sh")).mode & 0o777).toBe(0o755);
    expect(readlinkSync(join(root, stage.folder, "sources/modules/billing/link.sh"))).toBe("run.sh");
    expect(readdirSync(join(root, ".nx/ooneex"))).toEqual(["billing-0123456789abcdef"]);
  });

  it("gives every folder and file the same permissions, whatever the user's mask", () => {
    const root = writeWorkspace({});
    const mask = process.umask(0o077);
    onTestFinished(() => void process.umask(mask));
    writeStage(root, stage);
    const modes = ["", "sources", "sources/modules/billing", "runtime"].map((path) => statSync(join(root, stage.folder, path)).mode & 0o777);
    expect(modes).toEqual([0o755, 0o755, 0o755, 0o755]);
    expect(statSync(join(root, stage.folder, "manifests/package.json")).mode & 0o777).toBe(0o644);
  });

  it("leaves nothing of a context that cannot be written", () => {
    const root = writeWorkspace({});
    const clash = new Map([
      ["a", { content: Buffer.from("1"), kind: "file" as const }],
      ["a/b", { content: Buffer.from("2"), kind: "file" as const }],
    ]);
    expect(() => writeStage(root, { ...stage, contexts: { sources: clash } })).toThrow();
    expect(readdirSync(join(root, ".nx/ooneex"))).toEqual([]);
  });

  it("keeps its own when it is old, since it is used now", () => {
    const root = writeWorkspace({});
    writeStage(root, stage);
    const old = new Date(Date.now() - 25 * 3_600_000);
    utimesSync(join(root, stage.folder), old, old);
    const other = { ...stage, folder: nameStage("other", HASH) };
    writeStage(root, stage);
    writeStage(root, other);
    expect(readdirSync(join(root, ".nx/ooneex")).sort()).toEqual(["billing-0123456789abcdef", "other-0123456789abcdef"]);
  });

  it("leaves one that is there as it is, since another build may be reading it", () => {
    const root = writeWorkspace({ [`${stage.folder}/manifests/package.json`]: "there already" });
    writeStage(root, stage);
    expect(readFileSync(join(root, stage.folder, "manifests/package.json"), "utf8")).toBe("there already");
  });

  it("removes what no build has used for a day, and keeps what one uses", () => {
    const root = writeWorkspace({});
    const old = join(root, ".nx/ooneex/old-1");
    const recent = join(root, ".nx/ooneex/recent-1");
    for (const folder of [old, recent]) mkdirSync(folder, { recursive: true });
    const before = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    utimesSync(old, before(25), before(25));
    utimesSync(recent, before(23), before(23));
    writeStage(root, stage);
    expect([existsSync(old), existsSync(recent)]).toEqual([false, true]);
  });
});

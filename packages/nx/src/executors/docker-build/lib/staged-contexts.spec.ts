import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ContextFile } from "../../../image/context-files.js";
import { writeWorkspace } from "../../../testing/temporary-workspace.js";
import { layOutStage, locateContexts, locateDockerfileCopy, type StagedContexts, writeStage } from "./staged-contexts.js";

const CONTEXTS: StagedContexts["contexts"] = {
  manifests: new Map([["package.json", { content: Buffer.from("{}"), kind: "file" }]]),
  runtime: new Map(),
  sources: new Map([
    ["modules/billing/run.sh", { content: Buffer.from("#!"), kind: "executable" }],
    ["modules/billing/link.sh", { content: Buffer.from("run.sh"), kind: "link" }],
  ]),
};

const dockerfile = (text: string): ContextFile => ({ content: Buffer.from(text), kind: "file" });

const stage: StagedContexts = { folder: ".nx/ooneex/billing-0123456789abcdef", contexts: CONTEXTS, dockerfile: undefined };

/** Without the file that keeps git out. */
const listStages = (root: string): string[] => readdirSync(join(root, ".nx/ooneex")).filter((name) => name !== ".gitignore");

describe("layOutStage", () => {
  it("names the folder by all that is in it, the Dockerfile too", () => {
    const stages = [undefined, dockerfile("FROM scratch\n"), dockerfile("FROM scratch\n# é\n")].map((file) => layOutStage("billing", CONTEXTS, file));
    expect(new Set(stages.map(({ folder }) => folder)).size).toBe(3);
    expect(new Set(stages.map(({ hash }) => hash)).size).toBe(3);
    for (const { folder, hash } of stages) expect(folder).toBe(`.nx/ooneex/billing-${hash.slice(0, 16)}`);
    expect(stages.map(locateDockerfileCopy)).toEqual([undefined, ...stages.slice(1).map(({ folder }) => `${folder}/Dockerfile`)]);
  });
});

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
    expect(listStages(root)).toEqual(["billing-0123456789abcdef"]);
  });

  it("says why the file system refuses, and leaves nothing half-written", () => {
    const root = writeWorkspace({ ".nx/ooneex": "in the way\n" });
    const error = { code: "STAGE_UNWRITABLE", where: stage.folder, what: expect.not.stringContaining(root) as string };
    expect(() => writeStage(root, stage)).toThrow(expect.objectContaining(error));
    const taken = writeWorkspace({});
    const contexts = { manifests: new Map([["a", dockerfile("")], ["a/b", dockerfile("")]]) };
    expect(() => writeStage(taken, { ...stage, contexts })).toThrow(expect.objectContaining({ code: "STAGE_UNWRITABLE" }));
    expect(listStages(taken)).toEqual([]);
  });

  it("writes the Dockerfile beside them, to the byte", () => {
    const root = writeWorkspace({});
    const content = Buffer.from([0x46, 0xff, 0x0d, 0x0a]);
    const whole = layOutStage("billing", CONTEXTS, { content, kind: "file" });
    writeStage(root, whole);
    expect(readdirSync(join(root, whole.folder)).sort()).toEqual(["Dockerfile", "manifests", "runtime", "sources"]);
    expect(readFileSync(join(root, locateDockerfileCopy(whole) ?? ""))).toEqual(content);
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
    expect(listStages(root)).toEqual([]);
  });

  it("keeps its own when it is old, since it is used now", () => {
    const root = writeWorkspace({});
    writeStage(root, stage);
    const old = new Date(Date.now() - 25 * 3_600_000);
    utimesSync(join(root, stage.folder), old, old);
    const other = { ...stage, folder: ".nx/ooneex/other-0123456789abcdef" };
    writeStage(root, stage);
    writeStage(root, other);
    expect(listStages(root).sort()).toEqual(["billing-0123456789abcdef", "other-0123456789abcdef"]);
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
    const note = join(root, ".nx/ooneex/ooneex-nx-1.json");
    writeFileSync(note, "{}");
    utimesSync(note, before(25), before(25));
    writeStage(root, stage);
    expect([existsSync(old), existsSync(recent), existsSync(note)]).toEqual([false, true, true]);
  });
});

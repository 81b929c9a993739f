import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildCommands } from "../../../image/build-command.js";
import { createExecutorContext } from "../../../testing/executor-context.js";
import { writeWorkspace } from "../../../testing/temporary-workspace.js";
import { readProject } from "../../project.js";
import type { DockerBuildOptions } from "../schema.js";
import { openBuildWorkspace } from "./build-workspace.js";
import { type PreparationFacts, prepareBuild, type PreparedBuild } from "./prepare-build.js";
import { writeStage } from "./staged-contexts.js";

const DOCKERFILE = `ARG EXTERNAL=""
FROM oven/bun:1.4.5 AS base
FROM base AS context
WORKDIR /repo
COPY . .
FROM scratch AS manifests
COPY --from=context /repo /
FROM scratch AS sources
COPY --from=context /repo /
FROM manifests AS runtime
FROM base AS production
ARG EXTERNAL
COPY --from=manifests / /
COPY --from=runtime / /
COPY --from=sources / /
ONBUILD LABEL dev.ooneex.nx.key=""
`;

const FILES: Record<string, string> = {
  "package.json": JSON.stringify({ name: "acme", workspaces: ["modules/*"], dependencies: { ms: "2.1.2", zod: "3.0.0", bcrypt: "5.1.0" } }),
  "bun.lock": `{
    "lockfileVersion": 1,
    "workspaces": {
      "": { "name": "acme", "dependencies": { "ms": "2.1.2", "zod": "3.0.0", "bcrypt": "5.1.0" } },
      "modules/billing": { "name": "@module/billing" },
    },
    "packages": {
      "@module/billing": ["@module/billing@workspace:modules/billing"],
      "bcrypt": ["bcrypt@5.1.0", "", { "dependencies": { "node-addon-api": "5.0.0" } }, "sha512-b"],
      "ms": ["ms@2.1.2", "", {}, "sha512-m"],
      "node-addon-api": ["node-addon-api@5.0.0", "", {}, "sha512-n"],
      "zod": ["zod@3.0.0", "", {}, "sha512-z"],
    }
  }`,
  "modules/billing/package.json": '{ "name": "@module/billing" }',
  "modules/billing/billing.yml": "type: microservice\n",
  "modules/billing/roles.yml": "roles: {}\n",
  "modules/billing/Dockerfile": DOCKERFILE,
  "modules/billing/src/index.ts": 'import ms from "ms";\nconsole.log(ms("1m"));\n',
  "modules/billing/src/other.ts": "export {};\n",
};

const NOW = Date.UTC(2026, 0, 1);

interface Given {
  readonly options?: DockerBuildOptions;
  readonly files?: Record<string, string> | undefined;
  readonly facts?: Partial<PreparationFacts>;
}

function prepare({ options = {}, files = {}, facts = {} }: Given = {}): Promise<PreparedBuild> {
  const context = createExecutorContext(writeWorkspace({ ...FILES, ...files }));
  const workspace = openBuildWorkspace(context);
  return prepareBuild(options, readProject(context), { workspace, builder: "buildx", now: NOW, ...facts });
}

const list = ({ stage }: PreparedBuild, name: string): string[] => [...(stage?.contexts[name]?.keys() ?? [])].sort();

const keyOf = async (given: Given = {}): Promise<string | undefined> => (await prepare(given)).key;

describe("prepareBuild", () => {
  it("stages what the service reaches, and says where", async () => {
    const build = await prepare();
    expect(list(build, "sources")).toEqual([
      "modules/billing/billing.yml",
      "modules/billing/package.json",
      "modules/billing/roles.yml",
      "modules/billing/src/index.ts",
    ]);
    expect(list(build, "manifests")).toEqual(["bun.lock", "package.json"]);
    expect(list(build, "runtime")).toEqual([]);
    expect(build.plan.buildContexts).toEqual({
      manifests: `${build.stage?.folder}/manifests`,
      runtime: `${build.stage?.folder}/runtime`,
      sources: `${build.stage?.folder}/sources`,
    });
    expect(build.plan.labels).toEqual({ "dev.ooneex.nx.key": build.key });
    expect(build.notices).toEqual([]);
  });

  it("stages the Dockerfile too where nothing else is read, so that what happens to it later reaches no build", async () => {
    const root = writeWorkspace(FILES);
    const context = createExecutorContext(root);
    const build = await prepareBuild({}, readProject(context), { workspace: openBuildWorkspace(context), builder: "buildx", now: NOW });
    writeFileSync(join(root, "modules/billing/Dockerfile"), "FROM scratch AS production\n");
    if (build.stage !== undefined) writeStage(root, build.stage);
    const [command] = buildCommands(build.plan, "buildx");
    const file = command?.argv[command.argv.indexOf("--file") + 1] ?? "";
    expect(file).toBe(`${build.stage?.folder}/Dockerfile`);
    expect(readFileSync(join(root, file), "utf8")).toBe(DOCKERFILE);
    expect(build).toMatchObject({ readsWorkspace: false, keyTags: [] });
  });

  it("hands packages with native code to the Dockerfile, and stages them for the image", async () => {
    const build = await prepare({ files: { "modules/billing/src/index.ts": 'import "bcrypt";\nimport "ms";\n' } });
    expect(build.plan.buildArgs).toEqual({ SOURCE_DATE_EPOCH: "0", EXTERNAL: "bcrypt" });
    expect(list(build, "runtime")).toEqual(["bun.lock", "package.json"]);
  });

  it("takes EXTERNAL from a command line too, and stages what it names", async () => {
    const build = await prepare({ options: { buildArgs: { EXTERNAL: "zod" } } });
    expect(build.plan.buildArgs["EXTERNAL"]).toBe("zod");
    expect(list(build, "runtime")).toEqual(["bun.lock", "package.json"]);
  });

  describe("keeps the key for", () => {
    it.each([
      ["a source that is not reached", { files: { "modules/billing/src/other.ts": "export const changed = 1;\n" } }],
      ["names", { options: { tags: [":2"] } }],
      ["a moment later", { facts: { now: NOW + 60_000 } }],
      ["scripts of the root manifest", { files: { "package.json": FILES["package.json"]?.replace("{", '{ "scripts": { "a": "b" },') ?? "" } }],
    ] satisfies [string, Given][])("%s", async (_title, given) => {
      expect(await keyOf(given)).toBe(await keyOf());
    });
  });

  describe("has another key for", () => {
    it.each([
      ["a source", { files: { "modules/billing/src/index.ts": 'import "ms";\n' } }],
      ["its manifest", { files: { "modules/billing/billing.yml": "type: microservice\nlocales: [en]\n" } }],
      ["its Dockerfile", { files: { "modules/billing/Dockerfile": `${DOCKERFILE}USER bun\n` } }],
      ["bunfig.toml", { files: { "bunfig.toml": "[install]\n" } }],
      ["a build argument", { options: { buildArgs: { A: "1" } } }],
      ["a package that is included", { options: { include: ["npm:zod"] } }],
      ["a base image that may be newer by now", { facts: { now: NOW + 8 * 86_400_000 } }],
    ] satisfies [string, Given][])("%s", async (_title, given) => {
      expect(await keyOf(given)).not.toBe(await keyOf());
    });
  });

  it("is good for ever with a base image that is pinned, or with maxAge never", async () => {
    const later = { now: NOW + 1_000 * 86_400_000 };
    const pinned = { "modules/billing/Dockerfile": DOCKERFILE.replace("bun:1.4.5", `bun:1.4.5@sha256:${"a".repeat(64)}`) };
    expect(await keyOf({ files: pinned, facts: later })).toBe(await keyOf({ files: pinned }));
    expect((await prepare({ files: pinned })).floatingImages).toEqual([]);
    expect(await keyOf({ options: { maxAge: "never" }, facts: later })).toBe(await keyOf({ options: { maxAge: "never" } }));
    expect((await prepare()).floatingImages).toEqual(["oven/bun:1.4.5"]);
  });

  describe("with a Dockerfile of somebody's own", () => {
    const own = (text: string): Given => ({ files: { "modules/billing/Dockerfile": text, "notes/a.txt": "1" } });

    it("counts what it copies of the repository", async () => {
      const text = `${DOCKERFILE}COPY notes/*.txt ./\n`;
      const { files } = own(text);
      const before = await keyOf({ files: { ...files } });
      expect(await keyOf({ files: { ...files, "notes/b.txt": "2" } })).not.toBe(before);
      expect(await keyOf({ files: { ...files, "other/b.txt": "2" } })).toBe(before);
    });

    it("knows no key where a variable says what is copied, and says so", async () => {
      const build = await prepare(own(`${DOCKERFILE}COPY $NOTES ./\n`));
      expect(build.key).toBeUndefined();
      expect(build.plan.labels).toEqual({ "dev.ooneex.nx.key": "" });
      expect(build.keyTags).toEqual([]);
      expect(build.notices).toEqual(["modules/billing/Dockerfile is built each time: only a build can tell what it reads ($NOTES)"]);
    });

    it("names the image by its key where nothing else tells it from one that is based on it", async () => {
      const build = await prepare(own(DOCKERFILE.replace(/ONBUILD.*\n/, "")));
      expect(build.plan.tags).toEqual(["billing:latest", `billing:ooneex-${build.key?.slice(0, 32)}`]);
      expect((await prepare()).plan.tags).toEqual(["billing:latest"]);
    });

    it.each<[string, Given]>([
      ["copies more", own(`${DOCKERFILE}COPY notes ./\n`)],
      ["is not pruned", { options: { prune: false } }],
      ["has no stages for it", own('FROM oven/bun:1.4.5 AS production\nCOPY notes ./\nONBUILD LABEL dev.ooneex.nx.key=""\n')],
    ])("leaves it where it is, and the names that stand for the key to what sees the end, where it %s", async (_title, given) => {
      const options = { ...given.options, push: true, repository: "ghcr.io/acme/billing", tags: [":1", ":2"] };
      for (const each of [given, { ...given, options }]) {
        const build = await prepare(each);
        const [repository] = each === given ? ["billing"] : ["ghcr.io/acme/billing"];
        expect(build).toMatchObject({ readsWorkspace: true, keyTags: [`${repository}:ooneex-${build.key?.slice(0, 32)}`] });
        expect(build.plan.tags).toEqual(build.references);
        expect([build.plan.stagedFile, build.stage?.dockerfile]).toEqual([undefined, undefined]);
      }
    });

    it("knows no key where what it copies is not there", async () => {
      expect(await keyOf(own(`${DOCKERFILE}COPY gone ./\n`))).toBeUndefined();
    });

    it("sees what changes after the key was computed, and nothing else", async () => {
      const { files } = own(`${DOCKERFILE}COPY notes ./\n`);
      const root = writeWorkspace({ ...FILES, ...files });
      const context = createExecutorContext(root);
      const open = (): Promise<PreparedBuild> => prepareBuild({}, readProject(context), { workspace: openBuildWorkspace(context), builder: "buildx", now: NOW });
      const build = await open();
      writeFileSync(join(root, "modules/billing/src/index.ts"), "export {};\n");
      expect(build.isCurrent()).toBe(true);
      writeFileSync(join(root, "notes/new.txt"), "1");
      expect(build.isCurrent()).toBe(false);
      const next = await open();
      expect(next.isCurrent()).toBe(true);
      writeFileSync(join(root, "modules/billing/Dockerfile"), `${DOCKERFILE}COPY notes ./\n# changed\n`);
      expect(next.isCurrent()).toBe(false);
    });

    it("leaves out what the ignore file leaves out, and takes the one beside the Dockerfile for it", async () => {
      const { files } = own(`${DOCKERFILE}COPY notes ./\n`);
      const before = await keyOf({ files });
      expect(await keyOf({ files: { ...files, ".dockerignore": "**/b.txt\n", "notes/b.txt": "2" } })).toBe(before);
      expect(await keyOf({ files: { ...files, ".dockerignore": "**/a.txt\n" } })).not.toBe(before);
      const beside = { "modules/billing/Dockerfile.dockerignore": "**/b.txt\n", ".dockerignore": "**/a.txt\n", "notes/b.txt": "2" };
      expect(await keyOf({ files: { ...files, ...beside } })).toBe(before);
    });

    it("counts what else a build copies: packages that are installed there, and empty folders", async () => {
      const { files } = own(`${DOCKERFILE}COPY notes ./\n`);
      expect(await keyOf({ files: { ...files, "notes/node_modules/x": "2" } })).not.toBe(await keyOf({ files }));
      expect(await keyOf({ files: { ...files, ".dockerignore": "notes/x/y\n", "notes/x/y": "2" } })).not.toBe(await keyOf({ files }));
    });

    it("names its stages where it has none of the target's name", async () => {
      await expect(prepare({ options: { target: "nope" } })).rejects.toThrow(/^STAGE_MISSING: there is no stage called nope\n[^]*base, context, manifests/);
    });

    it("takes the packages that it names as external for the manifest's", async () => {
      const build = await prepare(own(DOCKERFILE.replace('EXTERNAL=""', 'EXTERNAL="zod"')));
      expect(build.plan.buildArgs["EXTERNAL"]).toBe("zod");
      expect(list(build, "runtime")).toEqual(["bun.lock", "package.json"]);
    });

    it("builds from everything where the stages are gone, and counts just what it copies", async () => {
      const given = own("FROM oven/bun:1.4.5 AS production\nCOPY modules/billing notes ./\n");
      const build = await prepare(given);
      expect(build.stage).toBeUndefined();
      expect(build.plan.buildContexts).toEqual({});
      expect(build.notices).toEqual([expect.stringMatching(/no use of stages called manifests and sources$/)]);
      const change = (path: string) => keyOf({ files: { ...given.files, [path]: "changed" } });
      expect(await change("notes/a.txt")).not.toBe(build.key);
      expect(await change("modules/billing/README.md")).not.toBe(build.key);
      expect(await change("README.md")).toBe(build.key);
    });
  });

  it("builds from everything without buildx, which named contexts need", async () => {
    const build = await prepare({ facts: { builder: "docker-buildkit" } });
    expect(build.stage).toBeUndefined();
    expect(build.notices[0]).toContain("named contexts need docker buildx");
  });
});

import { logger, type Tree } from "@nx/devkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createWorkspace,
  expectIdempotent,
  expectRefusal,
  readChanges,
  readFiles,
} from "../../testing/fake-workspace.js";
import { ensureDockerIgnore } from "../../workspace/docker-ignore.js";
import { initGenerator } from "./generator.js";

const TYPESCRIPT_6 = { "node_modules/typescript/package.json": '{ "version": "6.0.3" }' };

/** Sets a workspace up, and returns what has changed. */
function init(files: Parameters<typeof createWorkspace>[0] = {}): Readonly<Record<string, string | undefined>> {
  const tree = createWorkspace({ "nx.json": "{}\n", ...TYPESCRIPT_6, ...files });
  const before = readFiles(tree);
  initGenerator(tree);
  return readChanges(before, readFiles(tree));
}

beforeEach(() => {
  vi.spyOn(logger, "info").mockReturnValue();
  vi.spyOn(logger, "warn").mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("init", () => {
  it("registers the plugin and makes a .dockerignore, and touches nothing else", () => {
    const changes = init();
    expect(Object.keys(changes)).toEqual([".dockerignore", "nx.json"]);
    expect(JSON.parse(changes["nx.json"] ?? "")).toEqual({
      plugins: ["@ooneex/nx"],
      pluginsConfig: { "@nx/js": { projectsAffectedByDependencyUpdates: "auto" } },
    });
    for (const line of [".git", ".nx", "**/node_modules", "**/.env.*"]) {
      expect(changes[".dockerignore"]?.split("\n")).toContain(line);
    }
    expect(logger.info).toHaveBeenCalledWith("nx.json: registered @ooneex/nx");
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it("makes an nx.json where there is none", () => {
    expect(init({ "nx.json": undefined })["nx.json"]).toMatch(/^\{\n {2}"plugins": \["@ooneex\/nx"\],\n/);
  });

  it.each([
    ["7.0.2", "TypeScript 7.0.2"],
    [undefined, "no TypeScript"],
  ])("takes the analysis of imports over from Nx with TypeScript %s", (version, name) => {
    const manifest = version === undefined ? undefined : JSON.stringify({ version });
    const changes = init({ "node_modules/typescript/package.json": manifest });
    expect(changes["nx.json"]).toContain('"analyzeSourceFiles": false');
    expect(logger.info).toHaveBeenCalledWith(expect.stringContaining(`cannot analyse imports with ${name};`));
  });

  it("extends a .dockerignore, and keeps what is there", () => {
    expect(init({ ".dockerignore": "# ours\nnode_modules\n" })[".dockerignore"]).toMatch(
      /^# ours\nnode_modules\n\n# Added by @ooneex\/nx\./,
    );
  });

  it("keeps a .dockerignore that lets nothing through", () => {
    expect(Object.keys(init({ ".dockerignore": ensureDockerIgnore(undefined) }))).toEqual(["nx.json"]);
  });

  it("says what a tsconfig with comments costs", () => {
    init({ "tsconfig.json": "{ /* ours */ }" });
    expect(logger.warn).toHaveBeenCalledWith(expect.stringMatching(/^tsconfig\.json holds comments/));
  });

  it("changes nothing when run again", async () => {
    await expectIdempotent(createWorkspace({ "nx.json": '{\r\n  // ours\r\n  "plugins": []\r\n}' }), initGenerator);
  });

  it("refuses an nx.json that has to be mended first, and leaves the workspace as it was", async () => {
    const generate = (tree: Tree) => initGenerator(tree);
    await expectRefusal(createWorkspace({ "nx.json": "{" }), generate, { code: "JSON_INVALID", where: "nx.json:1" });
  });
});

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createExecutorContext } from "../../testing/executor-context.js";
import { installFakeEngine, removeEngines } from "../../testing/fake-engine.js";
import { installScriptedEngine } from "../../testing/scripted-engine.js";
import { readScriptedStore, SCRIPTED_STORE } from "../../testing/scripted-store.js";
import { writeWorkspace } from "../../testing/temporary-workspace.js";
import { logger } from "../logger.js";
import dockerBuild from "./executor.js";

const FILES = { "modules/billing/Dockerfile": 'FROM scratch AS production\nONBUILD LABEL dev.ooneex.nx.key=""\n' };
const GIT = "BUILDX_GIT_INFO=0";
const BUILD = "docker buildx build --file modules/billing/Dockerfile --target production --tag billing:latest";

const EPOCH = "--build-arg SOURCE_DATE_EPOCH=0";

const LABEL = "--label dev.ooneex.nx.key=KEY";

/** Keeps images. While it builds a file changes that the build reads, as long as there is one called `changing`. */
const CHANGING = `${SCRIPTED_STORE}
if (fs.existsSync(__dirname + "/../changing")) fs.appendFileSync(__dirname + "/../notes/a.txt", "x");
done();
`;

/** Reads a file of the repository itself. */
const COPYING = 'FROM scratch AS production\nCOPY notes /\nONBUILD LABEL dev.ooneex.nx.key=""\n';

/** A command with its keys taken out, which other specs are about. */
const withoutKeys = (command: string | undefined): string => (command ?? "").replaceAll(/[0-9a-f]{64}/g, "KEY").replaceAll(/ooneex-[0-9a-f]{32}/g, "ooneex-KEY");

/** What is said of a Dockerfile without stages to replace. */
const WHOLE =
  "modules/billing/Dockerfile is built from the whole repository: it makes no use of stages called manifests and sources";

/** What was logged, level by level. */
let logged: Record<"info" | "warn" | "error", string[]>;

beforeEach(() => {
  logged = { info: [], warn: [], error: [] };
  for (const level of ["info", "warn", "error"] as const) {
    vi.spyOn(logger, level).mockImplementation((line: string) => void logged[level].push(line));
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("docker-build", () => {
  it("builds the module's image", async () => {
    const engine = installFakeEngine();
    const root = writeWorkspace(FILES);
    expect(await dockerBuild({ tags: [":1.0"], buildArgs: { A: "1 2" } }, createExecutorContext(root))).toEqual({
      success: true,
    });
    expect(engine.readCommands().map(withoutKeys)).toEqual([
      "docker image inspect billing:ooneex-KEY",
      "docker image inspect billing:latest",
      `${BUILD} --tag billing:1.0 ${EPOCH} --build-arg A=1 2 ${LABEL} --load .`,
      "docker image inspect billing:latest",
    ]);
    expect(logged.error).toEqual([]);
  });

  it("finds an image that was built from the workspace itself by the name that it gets in the end, and by nothing else", async () => {
    const { root, readCommands } = installScriptedEngine(CHANGING, { ...FILES, "modules/billing/Dockerfile": COPYING, "notes/a.txt": "", changing: "" });
    const build = async (): Promise<{ key: string | null; built: boolean }> => {
      expect(await dockerBuild({ prune: false, digestFile: "digest.json" }, createExecutorContext(root))).toEqual({ success: true });
      return JSON.parse(readFileSync(join(root, "digest.json"), "utf8")) as { key: string | null; built: boolean };
    };
    const builds = (): number => readCommands().filter((command) => command === "buildx build billing:latest").length;

    expect(await build()).toMatchObject({ key: null, built: true });
    expect(logged.info).toEqual([
      "What modules/billing/Dockerfile reads changed while the image was built; it counts for nothing and is built again the next time",
    ]);
    expect([builds(), readCommands().filter((command) => command.startsWith("rmi"))]).toEqual([1, []]);
    const [first] = readScriptedStore(root);
    expect(first?.RepoTags).toEqual(["billing:latest"]);
    expect(first?.Config.Labels["dev.ooneex.nx.key"]).toMatch(/^[0-9a-f]{64}$/);

    // Back to what the label says, which is not what is in the image.
    writeFileSync(join(root, "notes/a.txt"), "");
    rmSync(join(root, "changing"));
    const { key, built } = await build();
    expect([key, built, builds()]).toEqual([first?.Config.Labels["dev.ooneex.nx.key"], true, 2]);
    expect(readScriptedStore(root).map(({ RepoTags }) => RepoTags)).toEqual([[], ["billing:latest", `billing:ooneex-${key?.slice(0, 32)}`]]);

    logged.info = [];
    expect(await build()).toMatchObject({ key, built: false });
    expect([builds(), logged.info]).toEqual([2, [expect.stringContaining("up to date, found in the engine")]]);
  });

  it("says why a registry was of no help, and nothing where it has no such image", async () => {
    const answers = [["401 Unauthorized", 1], ["ghcr.io/acme/billing:1.0: not found", 0]] as const;
    for (const [answer, lines] of answers) {
      const { root } = installScriptedEngine(`if (args[1] !== "imagetools") { ${SCRIPTED_STORE} done(); } say("ERROR: " + ${JSON.stringify(answer)}.replace("1.0", args.at(-1).split(":")[1])); process.exit(1)`, FILES);
      logged.info = [];
      expect(await dockerBuild({ prune: false, tags: ["ghcr.io/acme/billing:1.0"] }, createExecutorContext(root))).toEqual({ success: true });
      expect(logged.info).toHaveLength(lines);
      if (lines > 0) expect(logged.info[0]).toMatch(/^The registry is of no help: ghcr\.io\/acme\/billing:ooneex-[0-9a-f]{32}: 401 Unauthorized$/);
    }
  });

  describe("with --dry-run", () => {
    it("prints the command in a form that a shell takes, and runs nothing", async () => {
      const engine = installFakeEngine();
      const root = writeWorkspace(FILES);
      const options = { dryRun: true, buildArgs: { A: "1 2" } };
      expect(await dockerBuild(options, createExecutorContext(root))).toEqual({ success: true });
      expect(logged.info.map(withoutKeys)).toEqual([WHOLE, `Would run in ${root}:`, `  ${GIT} ${BUILD} ${EPOCH} --build-arg 'A=1 2' ${LABEL} --load .`]);
      expect(engine.readCommands()).toEqual([]);
    });

    it.each([
      ["auto" as const, `${GIT} ${BUILD} ${EPOCH} ${LABEL} --load .`],
      ["podman" as const, BUILD.replace("docker buildx build", "podman build --format docker")],
    ])("and the engine %s says what it assumes where there is none", async (engine, command) => {
      removeEngines();
      const result = await dockerBuild({ dryRun: true, engine }, createExecutorContext(writeWorkspace(FILES)));
      expect(result).toEqual({ success: true });
      expect(logged.warn).toEqual([expect.stringContaining("on the PATH; with an engine this would run:")]);
      expect(withoutKeys(logged.info.at(-1))).toContain(command);
    });
  });

  it("passes over a project that may have no Dockerfile, and says so", async () => {
    const engine = installFakeEngine();
    expect(await dockerBuild({ optional: true }, createExecutorContext(writeWorkspace({})))).toEqual({ success: true });
    expect(engine.readCommands()).toEqual([]);
    expect(logged.info).toEqual(["There is no modules/billing/Dockerfile, so there is no image to build."]);
  });

  it("pushes bare tags to the service's repository, and to no registry that everybody shares", async () => {
    const engine = installFakeEngine();
    const context = createExecutorContext(writeWorkspace(FILES));
    const options = { push: true, tags: [":1.0"], repository: "ghcr.io/acme/billing" };
    expect(await dockerBuild(options, context)).toEqual({ success: true });
    const [asked, built, pushed] = engine.readCommands().map(withoutKeys);
    expect(asked).toMatch(/^docker buildx imagetools inspect .* ghcr\.io\/acme\/billing:ooneex-KEY$/);
    expect(built).toContain(` --tag ghcr.io/acme/billing:1.0 ${EPOCH} ${LABEL} --push .`);
    expect(pushed).toMatch(/^docker buildx imagetools inspect .* ghcr\.io\/acme\/billing:1\.0$/);
    expect(await dockerBuild({ push: true, tags: [":1.0"] }, context)).toEqual({ success: false });
    expect(logged.error[0]).toContain("TAG_LOCAL: billing:1.0 names no registry");
  });

  describe("fails with one clear error", () => {
    it.each([
      [
        "no Dockerfile",
        {},
        {},
        "DOCKERFILE_MISSING: there is no Dockerfile to build\n  where:  modules/billing/Dockerfile\n",
      ],
      [
        "no such file",
        FILES,
        { file: "other/Dockerfile" },
        "DOCKERFILE_MISSING: there is no Dockerfile to build\n  where:  other/Dockerfile\n",
      ],
      ["a bad tag", FILES, { tags: ["UPPER"] }, 'TAG_ILLEGAL: "UPPER" is not an image reference\n  where:  tags\n'],
      ["nowhere to push to", FILES, { push: true }, "TAG_MISSING: "],
    ])("for %s", async (_title, files, options, message) => {
      const engine = installFakeEngine();
      expect(await dockerBuild(options, createExecutorContext(writeWorkspace(files)))).toEqual({ success: false });
      expect(logged.error).toEqual([expect.stringContaining(message)]);
      expect(engine.readCommands()).toEqual([]);
    });

    it("where there is no engine", async () => {
      removeEngines();
      expect(await dockerBuild({}, createExecutorContext(writeWorkspace(FILES)))).toEqual({ success: false });
      expect(logged.error).toEqual([
        expect.stringMatching(/^ENGINE_MISSING: neither docker nor podman is on the PATH\n/),
      ]);
    });

    it("where the build fails", async () => {
      installFakeEngine(17);
      expect(await dockerBuild({}, createExecutorContext(writeWorkspace(FILES)))).toEqual({ success: false });
      expect(logged.error).toEqual([expect.stringMatching(/^BUILD_FAILED: docker ended with exit code 17\n/)]);
    });
  });
});

import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { buildFrameworkFiles, FRAMEWORK_ENVIRONMENT, FRAMEWORK_SERVICES } from "../packages/nx/src/testing/framework-workspace.js";
import { openContainers } from "./image/containers.js";
import { dockerSuite } from "./image/docker-suite.js";
import { makeWorkspace } from "./workspace/make-workspace.js";
import type { WorkspaceOptions } from "./workspace/manifest.js";
import type { Workspace } from "./workspace/workspace.js";

const host = inject("host");

/** In the order of the list; a pipeline of one service goes once there is one for all. */
const RULES = ["port-duplicate", "port-missing", "env-key-unmatched", "url-leftover", "dockerfile-broken", "pipeline-leftover", "pipeline-per-service"];

/** A workspace with two services of the framework's command, and what it left of a third. */
async function makeFrameworkWorkspace(options: WorkspaceOptions, services = FRAMEWORK_SERVICES): Promise<Workspace> {
  const workspace = await makeWorkspace(host, options);
  for (const [path, text] of Object.entries(buildFrameworkFiles(options.framework, services))) await workspace.write(path, text);
  await workspace.write("modules/app/.env.yml", `${await workspace.read("modules/app/.env.yml")}${FRAMEWORK_ENVIRONMENT}`);
  const names = services.map(({ kebab }) => kebab);
  const aliases = names.map((name) => `"@module/${name}/*": ["./modules/${name}/src/*"],\n      `).join("");
  await workspace.write("tsconfig.json", (await workspace.read("tsconfig.json")).replace('"@module/app/*"', `${aliases}"@module/app/*"`));
  await workspace.write(".commitlintrc.ts", (await workspace.read(".commitlintrc.ts")).replace('"common",', `"common",\n        ${names.map((name) => `"${name}",`).join("\n        ")}`));
  await workspace.run(["bun", "install"]);
  await workspace.commit("feat: services of the framework's command");
  return workspace;
}

async function list(workspace: Workspace): Promise<string> {
  return (await workspace.run(["nx", "g", "@ooneex/nx:adopt"])).stdout;
}

/** Mends one rule and commits it by the line that is printed, as a person pastes it. */
async function mend(workspace: Workspace, rule: string): Promise<void> {
  const { stdout } = await workspace.run(["nx", "g", "@ooneex/nx:adopt", `--mend=${rule}`]);
  expect(stdout).toContain(`mended ${rule}: `);
  const line = /^ {2}(git add .+)$/m.exec(stdout)?.[1];
  if (line === undefined) expect(stdout).toContain("which git leaves out");
  else await workspace.run(["sh", "-c", line]);
  expect(await workspace.gitStatus()).toBe("");
}

describe.each<WorkspaceOptions>([
  { nx: "23.2", typescript: "7" },
  { nx: "22.7", bun: "1.3", framework: "@talosjs" },
])("a workspace of the framework's command on Nx $nx", (kind) => {
  let workspace: Workspace;
  let before: Record<string, string>;

  beforeAll(async () => {
    workspace = await makeFrameworkWorkspace(kind);
    before = await workspace.tree();
    await workspace.run(["nx", "add", "@ooneex/nx"]);
  });

  afterAll(() => workspace.dispose());

  it("has its targets from `nx add` on, and no file of a module is rewritten", async () => {
    const after = await workspace.tree();
    const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
    expect([...paths].filter((path) => before[path] !== after[path]).sort()).toEqual([".dockerignore", "bun.lock", "nx.json", "package.json"]);
    for (const name of ["billing", "order-history", "app"]) {
      const { stdout } = await workspace.run(["nx", "show", "project", name, "--json"]);
      const { targets } = JSON.parse(stdout) as { targets: Record<string, unknown> };
      expect(Object.keys(targets)).toEqual(expect.arrayContaining(["build", "serve", "docker-build", "docker-run", "docker-push", "test"]));
    }
    await workspace.run(["nx", "run-many", "-t", "build", "-p", "billing", "order-history"]);
    expect(workspace.exists("modules/billing/dist/index.js")).toBe(true);
    await workspace.remove("modules/billing/dist");
    await workspace.remove("modules/order-history/dist");
    await workspace.commit("chore: the plugin");
  });

  it("is listed with what is broken in it, and nothing is written", async () => {
    const found = await list(workspace);
    expect([...found.matchAll(/^([a-z-]+): /gm)].map(([, rule]) => rule).filter((rule) => RULES.includes(rule ?? ""))).toEqual(RULES);
    expect(found).toContain("  modules/billing/Dockerfile:22  bun run build is run, and package.json has no script build");
    expect(found).toContain("  mend it: nx g @ooneex/nx:adopt --mend=port-duplicate");
    expect(await workspace.gitStatus()).toBe("");
  });

  it("is mended one rule at a time, each in a commit of its own, until nothing is found", async () => {
    for (const rule of RULES.slice(0, -1)) await mend(workspace, rule);
    await workspace.run(["nx", "g", "@ooneex/nx:ci"]);
    await workspace.commit("ci: one pipeline for all services");
    await mend(workspace, "pipeline-per-service");
    expect(await list(workspace)).toContain("nothing to mend");
    expect((await workspace.run(["nx", "g", "@ooneex/nx:adopt", "--mend=dockerfile-broken"])).stdout).toContain("dockerfile-broken finds nothing");
    expect(await workspace.gitStatus()).toBe("");
    await workspace.run(["nx", "sync:check"]);
    await workspace.run(["nx", "g", "@ooneex/nx:doctor"]);
    expect(await workspace.read("modules/app/.env.yml")).toContain('url: "http://localhost:3001"');
  });

  it("is taken back by git, a mend at a time", async () => {
    const { stdout } = await workspace.run(["git", "log", "--format=%H", "--grep=replace Dockerfiles that cannot build"]);
    await workspace.run(["git", "revert", "--no-edit", stdout.trim()]);
    expect((await workspace.tree())["modules/billing/Dockerfile"]).toBe(before["modules/billing/Dockerfile"]);
    expect(await list(workspace)).toContain("--mend=dockerfile-broken");
  });

  it("keeps a Dockerfile that somebody has written into", async () => {
    const own = (await workspace.read("modules/billing/Dockerfile")).replace("USER bun", "ENV OURS=1\nUSER bun");
    await workspace.write("modules/billing/Dockerfile", own);
    const { stdout } = await workspace.run(["nx", "g", "@ooneex/nx:adopt", "--mend=dockerfile-broken"]);
    expect(await workspace.read("modules/billing/Dockerfile")).toBe(own);
    expect(await workspace.read("modules/order-history/Dockerfile")).not.toContain("bun run build");
    expect(stdout).toMatch(/^mended dockerfile-broken: modules\/order-history\//m);
  });

  it("refuses a rule that nobody can mend for it, before it writes", async () => {
    const tree = await workspace.tree();
    const { stdout, stderr } = await workspace.run(["nx", "g", "@ooneex/nx:adopt", "--mend=no-such-rule"], { expect: "failure" });
    expect(stdout + stderr).toContain("no-such-rule");
    expect(await workspace.tree()).toEqual(tree);
  });
});

dockerSuite("a service of the framework's command", () => {
  it("builds to an image once its Dockerfile is mended, and not before", async () => {
    // Another suite may build an image of a usual name at the same time.
    const kebab = `billing-${randomBytes(3).toString("hex")}`;
    const image = `${kebab.replace("-", "_")}:latest`;
    const workspace = await makeFrameworkWorkspace({}, [{ kebab, pascal: "Billing", port: "3001" }]);
    const containers = openContainers(workspace.root);
    try {
      await workspace.run(["nx", "add", "@ooneex/nx"]);
      const nxJson = JSON.parse(await workspace.read("nx.json")) as { targetDefaults: Record<string, unknown> };
      // The packages come from a registry on this machine, so builds have to use this machine's network.
      nxJson.targetDefaults["docker-build"] = { options: { network: "host" } };
      await workspace.write("nx.json", JSON.stringify(nxJson, null, 2));
      await workspace.commit("chore: the plugin");
      await workspace.run(["nx", "docker-build", kebab], { expect: "failure" });
      await mend(workspace, "dockerfile-broken");
      await workspace.run(["nx", "docker-build", kebab]);
      expect(await containers.inspect(image, "{{.Config.User}}")).toBe("bun");
    } finally {
      await containers.remove([image]);
      await workspace.dispose();
    }
  });
});

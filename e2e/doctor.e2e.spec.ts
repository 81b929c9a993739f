import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { makeWorkspace } from "./workspace/make-workspace.js";
import type { WorkspaceOptions } from "./workspace/manifest.js";
import type { Workspace } from "./workspace/workspace.js";

const host = inject("host");

const KINDS: WorkspaceOptions[] = [
  { nx: "23.2", typescript: "7" },
  { nx: "22.7", typescript: "5.9", bun: "1.3", framework: "@talosjs" },
  { nx: "24.0", typescript: "7" },
];

interface Diagnosis {
  readonly version: number;
  readonly errors: number;
  readonly findings: readonly { rule: string; where: string; remedy: string; mendable: boolean }[];
}

/** Runs the doctor as a pipeline does: what it prints is the document alone. */
async function diagnose(workspace: Workspace, expected: "success" | "failure"): Promise<Diagnosis> {
  const { stdout } = await workspace.run(["nx", "g", "@ooneex/nx:doctor", "--quiet", "--json"], { expect: expected });
  return JSON.parse(stdout) as Diagnosis;
}

/** Two branches that each add a service, by people who do not have each other's files, and both merged. */
async function mergeTwoServices(workspace: Workspace): Promise<void> {
  const environment = await workspace.read("modules/app/.env.yml");
  const shared = ["modules/app/app.yml", "tsconfig.json", ".commitlintrc.ts"].map((path) => `${path} merge=union`);
  await workspace.write(".git/info/attributes", [...shared, "bun.lock merge=ours", "modules/app/.env.example.yml merge=ours", ""].join("\n"));
  await workspace.run(["git", "config", "merge.ours.driver", "true"]);
  for (const name of ["billing", "orders"]) {
    await workspace.run(["git", "checkout", "--quiet", "-b", name, "main"]);
    await workspace.run(["nx", "g", "@ooneex/nx:microservice", name]);
    await workspace.commit(`feat(${name}): a service`);
    await workspace.run(["git", "checkout", "--quiet", "main"]);
    await workspace.remove(`modules/${name}`);
    await workspace.write("modules/app/.env.yml", environment);
  }
  await workspace.run(["git", "merge", "--quiet", "--no-edit", "billing"]);
  await workspace.run(["git", "merge", "--quiet", "--no-edit", "orders"]);
  await workspace.run(["bun", "install"]);
  await workspace.write("modules/app/src/invoices.ts", 'export const invoices = () => fetch("http://localhost:3001/api/v1/invoices");\n');
  await workspace.commit("feat(app): invoices");
}

describe.each(KINDS)("the wiring of services on Nx $nx", (kind) => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await makeWorkspace(host, kind);
    await workspace.run(["nx", "add", "@ooneex/nx"]);
    await workspace.write("modules/app/.env.example.yml", "app:\n  port: 3000\n");
    await workspace.commit("chore: the plugin");
  });

  afterAll(() => workspace.dispose());

  it("is found in order, before and after a service is made", async () => {
    expect(await diagnose(workspace, "success")).toMatchObject({ version: 1, errors: 0, findings: [] });
    await workspace.run(["nx", "sync:check"]);
  });

  it("is reported after a merge, with an exit code, and nothing is written", async () => {
    await mergeTwoServices(workspace);
    const { findings, errors } = await diagnose(workspace, "failure");
    expect(findings.map(({ rule, where }) => `${rule} ${where}`)).toEqual([
      "port-duplicate modules/orders/orders.yml:2",
      "url-missing modules/app/.env.yml",
      "url-missing modules/app/.env.example.yml",
      "url-missing modules/app/.env.yml",
      "address-literal modules/app/src/invoices.ts:1",
    ]);
    expect(errors).toBe(5);
    const { stdout, stderr } = await workspace.run(["nx", "g", "@ooneex/nx:doctor"], { expect: "failure" });
    expect(stdout + stderr).toContain("DOCTOR_FOUND_ERRORS: 5 errors");
    expect(stdout + stderr).not.toMatch(/^\s+at /m);
    expect(await workspace.gitStatus()).toBe("");
  });

  it("is held up by sync:check, and no service is started from it", async () => {
    const checked = await workspace.run(["nx", "sync:check"], { expect: "failure" });
    expect(checked.stdout + checked.stderr).toContain("MICROSERVICE_ORDERS_URL has no value");
    // In CI, Nx leaves that to sync:check.
    const served = await workspace.run(["nx", "serve", "billing"], { expect: "failure", env: { CI: "false" } });
    expect(served.stdout + served.stderr).toContain("The workspace is out of sync");
  });

  it("is mended by sync as far as that takes no judgement, once", async () => {
    await workspace.run(["nx", "sync"]);
    expect(await workspace.gitStatus()).toBe(" M modules/app/.env.example.yml\n");
    await workspace.run(["nx", "sync:check"]);
    const tree = await workspace.tree();
    await workspace.run(["nx", "sync"]);
    expect(await workspace.tree()).toEqual(tree);
    expect((await diagnose(workspace, "failure")).findings.map(({ rule }) => rule)).toEqual([
      "port-duplicate",
      "url-missing",
      "url-missing",
      "address-literal",
    ]);
  });

  it("is mended by the doctor where that is asked for, and the rest is told", async () => {
    const { stdout, stderr } = await workspace.run(["nx", "g", "@ooneex/nx:doctor", "--fix", "port-duplicate,url-missing"], { expect: "failure" });
    expect(stdout + stderr).toContain("DOCTOR_FOUND_ERRORS: 1 error");
    expect(await workspace.read("modules/orders/orders.yml")).toContain("port: 3002");
    expect(await workspace.read("modules/app/.env.yml")).toContain('url: "http://localhost:3002"');
    await workspace.remove("modules/app/src/invoices.ts");
    await workspace.run(["nx", "g", "@ooneex/nx:doctor"]);
    await workspace.run(["nx", "sync:check"]);
  });

  it("tells a service's internals in another module, and a secret that git has", async () => {
    await workspace.write("modules/app/src/orders.ts", 'export { OrdersModule } from "@module/orders/OrdersModule";\n');
    await workspace.run(["git", "add", "--force", "modules/app/.env.yml"]);
    const { findings } = await diagnose(workspace, "failure");
    expect(findings.map(({ rule, where }) => `${rule} ${where}`)).toEqual([
      "internal-import modules/app/src/orders.ts:1",
      "secret-tracked modules/app/.env.yml",
    ]);
  });
});

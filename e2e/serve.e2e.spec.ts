import { readdir, readlink } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { findFreePort } from "../tools/registry/free-port.js";
import { waitForAnswer } from "./process.js";
import { makeWorkspace } from "./workspace/make-workspace.js";
import type { WorkspaceOptions } from "./workspace/manifest.js";
import type { Workspace } from "./workspace/workspace.js";

const host = inject("host");

const KINDS: WorkspaceOptions[] = [{ nx: "23.2" }, { nx: "22.7", bun: "1.3" }, { nx: "24.0", typescript: "7" }];

/** The processes of this machine that run in a folder or below it. */
async function listProcesses(root: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(pids.map((pid) => readlink(join("/proc", pid, "cwd")).catch(() => "")));
  return pids.filter((_pid, index) => folders[index] === root || folders[index]?.startsWith(`${root}/`));
}

describe.each(KINDS)("an app and its services on Nx $nx", (kind) => {
  let workspace: Workspace;
  let ports: Record<"app" | "billing" | "orders", number>;

  const address = (name: keyof typeof ports) => `http://localhost:${ports[name]}/api/v1/healthcheck`;

  /** Nx 22 ends at a signal without waiting for what it has handed it on to, and no Nx can at SIGKILL. */
  const expectNoProcess = () => expect.poll(() => listProcesses(workspace.root), { timeout: 15_000 }).toEqual([]);

  beforeAll(async () => {
    workspace = await makeWorkspace(host, kind);
    ports = { app: await findFreePort(), billing: await findFreePort(), orders: await findFreePort() };
    await workspace.write("modules/app/.env.yml", (await workspace.read("modules/app/.env.yml")).replace("port: 3000", `port: ${ports.app}`));
    await workspace.run(["nx", "add", "@ooneex/nx"]);
    for (const name of ["billing", "orders"] as const) await workspace.run(["nx", "g", "@ooneex/nx:microservice", name, `--port=${ports[name]}`]);
    await workspace.commit("feat: two services");
  });

  afterAll(() => workspace.dispose());

  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)("answer together with one command, and leave no process after %s", async (signal) => {
    const server = workspace.start(["nx", "serve", "app", "--with-services"]);
    for (const name of ["app", "billing", "orders"] as const) expect((await waitForAnswer(address(name), server)).status).toBe(200);
    expect(server.output()).toContain(`billing listens on http://localhost:${ports.billing}`);
    // Not by `stop`, which kills whatever is left.
    process.kill(server.pid, signal);
    await expectNoProcess();
    for (const name of ["app", "billing", "orders"] as const) await expect(fetch(address(name))).rejects.toThrow();
  });

  it("serves the app alone without the flag", async () => {
    const server = workspace.start(["nx", "serve", "app"]);
    expect((await waitForAnswer(address("app"), server)).status).toBe(200);
    await expect(fetch(address("billing"))).rejects.toThrow();
    process.kill(server.pid, "SIGINT");
    await expectNoProcess();
  });

  it("starts nothing where a port is taken, and says whose it is", async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => void squatter.listen(ports.orders, "localhost", resolve));
    const { stdout, stderr } = await workspace.run(["nx", "serve", "app", "--with-services"], { expect: "failure" });
    expect(stdout + stderr).toContain(`PORT_TAKEN: port ${ports.orders} of orders is taken`);
    expect(stdout + stderr).not.toMatch(/^\s+at /m);
    await new Promise<void>((resolve) => void squatter.close(() => resolve()));
    await expectNoProcess();
  });

  it("stops all where one does not boot, and says which", async () => {
    const roles = await workspace.read("modules/orders/roles.yml");
    await workspace.write("modules/orders/roles.yml", "roles: {}\n");
    const { stdout, stderr } = await workspace.run(["nx", "serve", "app", "--with-services"], { expect: "failure" });
    expect(stdout + stderr).toMatch(/^\[orders\] .*hierarchy is not a map/m);
    expect(stdout + stderr).toContain("SERVICE_NOT_STARTED: orders ended with exit code 1");
    await expectNoProcess();
    await workspace.write("modules/orders/roles.yml", roles);
  });

  // On Nx 23 alone the exit code depends on who waits.
  it.runIf(kind.nx === "23.2")("fails with the task that waits for it", async () => {
    const roles = await workspace.read("modules/orders/roles.yml");
    await workspace.write("modules/orders/roles.yml", "roles: {}\n");
    const manifest = await workspace.read("modules/app/package.json");
    const check = { command: "sleep 15", dependsOn: [{ projects: ["@module/app"], target: "serve" }] };
    await workspace.write("modules/app/package.json", JSON.stringify({ ...(JSON.parse(manifest) as object), nx: { targets: { serve: { options: { withServices: true } } } } }));
    const waiting = await workspace.read("modules/billing/package.json");
    await workspace.write("modules/billing/package.json", JSON.stringify({ ...(JSON.parse(waiting) as object), nx: { targets: { check } } }));
    const failed = await workspace.run(["nx", "run", "@module/billing:check"], { expect: "failure" });
    // A task that waits for it fails, and is not told as stopped.
    expect(failed.stdout + failed.stderr).toContain('Task "@module/app:serve" is continuous but exited with code 1');
    expect(failed.code).toBe(1);
    await expectNoProcess();
    await workspace.write("modules/app/package.json", manifest);
    await workspace.write("modules/billing/package.json", waiting);
    await workspace.write("modules/orders/roles.yml", roles);
  });
});

import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { makeAcme } from "./acme.js";
import type { Workspace } from "./workspace/workspace.js";

const host = inject("host");

const CONTROLLER = "modules/billing/src/controllers/HealthController.ts";

describe.each(["23.2", "24.0"] as const)("nx build on Nx %s", (nx) => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await makeAcme(host, { nx, typescript: "7" });
    await workspace.write("libs/tax/package.json", '{ "name": "@acme/tax", "version": "0.0.1", "main": "index.ts" }\n');
    await workspace.write("libs/tax/index.ts", 'export const rate = "rate-one";\n');
    await workspace.write("modules/billing/src/mail.md", "mail-one\n");
    const imports = 'import { rate } from "@acme/tax";\nimport mail from "../mail.md" with { type: "text" };\n';
    const controller = (await workspace.read(CONTROLLER)).replace('"ok"', "rate + mail");
    await workspace.write(CONTROLLER, imports + controller);
    const manifest = await workspace.read("package.json");
    await workspace.write("package.json", manifest.replace('"@acme/money"', '"@acme/tax": "workspace:*",\n    "@acme/money"'));
    await workspace.run(["bun", "install"]);
    await workspace.commit("feat: taxes and mail");
  });

  afterAll(() => workspace.dispose());

  /** The bundle, and whether it came out of Nx's cache. */
  async function build(): Promise<{ bundle: string; cached: boolean }> {
    const { stdout } = await workspace.run(["nx", "build", "billing"]);
    return { bundle: await workspace.read("modules/billing/dist/index.js"), cached: stdout.includes('local cache') };
  }

  it("takes from the cache what has not changed, and nothing else", async () => {
    const first = await build();
    expect(first.bundle).toContain("rate-one");
    expect(first.bundle).toContain("mail-one");
    expect(first.cached).toBe(false);
    expect(await build()).toEqual({ ...first, cached: true });

    await workspace.write("modules/notifications/src/other.ts", "export const other = 1;\n");
    await workspace.write("modules/billing/README.md", "# Billing\n");
    expect((await build()).cached).toBe(true);

    await workspace.write("libs/tax/index.ts", 'export const rate = "rate-two";\n');
    expect((await build()).bundle).toContain("rate-two");
    await workspace.write("modules/billing/src/mail.md", "mail-two\n");
    expect((await build()).bundle).toContain("mail-two");
  });
});

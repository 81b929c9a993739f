import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { makeAcme } from "./acme.js";
import type { WorkspaceOptions } from "./workspace/manifest.js";
import type { Workspace } from "./workspace/workspace.js";

const host = inject("host");

/** Where Nx draws the edges itself (5.9, 6) and where the plugin does (7). What may change is in changes.e2e.spec.ts. */
const KINDS: (WorkspaceOptions & { comments?: boolean })[] = [
  { nx: "23.2", typescript: "7" },
  { nx: "23.2", typescript: "5.9", comments: true },
  { nx: "24.0", typescript: "6" },
];

describe.each(KINDS)("on Nx $nx with TypeScript $typescript, an image is rebuilt for", (kind) => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await makeAcme(host, kind);
  });

  afterEach(async () => {
    await workspace.run(["git", "checkout", "--quiet", "."]);
    await workspace.run(["git", "clean", "--quiet", "-fd"]);
  });

  afterAll(() => workspace.dispose());

  /** Services that `nx affected -t docker-build` is about for what has changed since the last commit. */
  async function affected(): Promise<string[]> {
    const { stdout } = await workspace.run([
      ...["nx", "affected", "-t", "docker-build", "--base=HEAD"],
      ...["--dry-run", "--engine=docker", "--output-style=stream"],
    ]);
    const images = [...stdout.matchAll(/\b(\w+):latest\b/g)].map(([, image = ""]) => image.replaceAll("_", "-"));
    // The app has no Dockerfile, and is passed over by name.
    const missing = [...stdout.matchAll(/There is no modules\/([\w-]+)\/Dockerfile/g)].map(([, name = ""]) => name);
    return [...new Set([...images, ...missing])].sort();
  }

  const append = async (path: string, text = "// changed\n"): Promise<void> =>
    workspace.write(path, `${await workspace.read(path)}${text}`);

  it("its own source, and not for the app that calls it over HTTP", async () => {
    await append("modules/billing/src/index.ts");
    expect(await affected()).toEqual(["billing"]);
  });

  it("a shared file, in exactly the services that import the module", async () => {
    await append("modules/shared/src/identifiers.ts");
    expect(await affected()).toEqual(["app", "billing"]);
  });

  it("a workspace package outside of modules, in exactly the services that import it", async () => {
    await append("libs/money/src/index.ts");
    expect(await affected()).toEqual(["billing"]);
  });

  it("a new import, from then on", async () => {
    await append("modules/order-history/src/index.ts", 'import "@module/shared/identifiers";\n');
    await workspace.run(["git", "commit", "--quiet", "--all", "--message", "import"]);
    await append("modules/shared/src/identifiers.ts");
    expect(await affected()).toEqual(["app", "billing", "order-history"]);
    await workspace.run(["git", "reset", "--quiet", "--hard", "HEAD~1"]);
  });

  // Where Nx draws the edges it forgets such an import until its file changes.
  if (kind.typescript === "7") {
    it("an import that was written before what it imports was there", async () => {
      await append("modules/order-history/src/index.ts", 'import "@acme/tax";\n');
      await workspace.run(["git", "commit", "--quiet", "--all", "--message", "import"]);
      expect(await affected()).toEqual([]);
      await workspace.write("libs/tax/package.json", '{ "name": "@acme/tax", "version": "0.0.1", "exports": "./src/index.ts" }\n');
      await workspace.write("libs/tax/src/index.ts", "export const rate = 20;\n");
      await workspace.run(["bun", "install"]);
      await workspace.commit("tax");
      await append("libs/tax/src/index.ts");
      expect(await affected()).toEqual(["order-history"]);
      await workspace.run(["git", "reset", "--quiet", "--hard", "HEAD~2"]);
      await workspace.run(["bun", "install"]);
    });
  }

  it("its declaration: the app's, when a service is new, and the new service's", async () => {
    const { stdout, stderr } = await workspace.run(["nx", "g", "@ooneex/nx:microservice", "payments"]);
    const services = ["app", "payments"];
    // Nx 23 cannot tell what changes in a tsconfig.json with comments: too many, none missed.
    expect(await affected()).toEqual(kind.comments === true ? expect.arrayContaining(services) : services);
    expect((stdout + stderr).includes("tsconfig.json holds comments")).toBe(kind.comments === true);
  });

  it("another version of a package, in exactly the services that import it", async () => {
    await workspace.run(["bun", "add", "--exact", "ms@2.1.3"]);
    expect(await affected()).toEqual(["notifications"]);
    await workspace.run(["git", "checkout", "--quiet", "package.json", "bun.lock"]);
    await workspace.run(["bun", "install"]);
  });
});

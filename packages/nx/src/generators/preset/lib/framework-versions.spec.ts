import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readLatestVersions } from "./framework-versions.js";

describe("the newest versions of the framework", () => {
  let root: string;
  let registry: Server;

  beforeAll(async () => {
    registry = createServer(({ url = "" }, response) => {
      const name = decodeURIComponent(url.slice(1));
      if (name === "@acme/absent") return response.writeHead(404).end("{}");
      const versions = Object.fromEntries(["1.4.0", "2.0.0-beta.1"].map((version) => [version, { name, version, dist: { tarball: `http://localhost/${version}.tgz` } }]));
      return response.setHeader("content-type", "application/json").end(JSON.stringify({ name, "dist-tags": { latest: "1.4.0" }, versions }));
    }).listen(0, "127.0.0.1");
    await once(registry, "listening");
    root = await mkdtemp(join(tmpdir(), "ooneex-nx-versions-"));
    await writeFile(join(root, "package.json"), "{}\n");
    await writeFile(join(root, ".npmrc"), `@acme:registry=http://127.0.0.1:${(registry.address() as AddressInfo).port}/\n`);
  });

  afterAll(async () => {
    registry.close();
    await rm(root, { recursive: true, force: true });
  });

  it("come from the registry that the folder names for their scope", async () => {
    const versions = await readLatestVersions(root, ["@acme/app", "@acme/cache"]);
    expect([...versions]).toEqual([["@acme/app", "1.4.0"], ["@acme/cache", "1.4.0"]]);
  });

  it("are refused where the registry has no such package", async () => {
    await expect(readLatestVersions(root, ["@acme/app", "@acme/absent"])).rejects.toMatchObject({
      code: "FRAMEWORK_UNAVAILABLE",
      where: "@acme/absent",
      remedy: expect.stringContaining("--frameworkVersion"),
    });
  });

  it("are refused where there is no Bun to ask", async () => {
    vi.stubEnv("PATH", root);
    await expect(readLatestVersions(root, ["@acme/app"])).rejects.toMatchObject({ code: "BUN_MISSING" });
    vi.unstubAllEnvs();
  });
});

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { browserSuite } from "../packages/nx/src/testing/browser.js";
import { waitForAnswer } from "./process.js";
import { makeWorkspace } from "./workspace/make-workspace.js";
import type { Workspace } from "./workspace/workspace.js";

const host = inject("host");

browserSuite("the topology of a workspace", (launch) => {
  let workspace: Workspace;
  const readme = async (): Promise<string> => await workspace.read("README.md");

  beforeAll(async () => {
    workspace = await makeWorkspace(host, { nx: "23.2", typescript: "7" });
    await workspace.run(["nx", "add", "@ooneex/nx"]);
    await workspace.run(["nx", "g", "@ooneex/nx:microservice", "billing", "--port=39211"]);
    await workspace.run(["nx", "g", "@ooneex/nx:microservice", "order history", "--port=39212"]);
    await workspace.write("modules/order-history/src/invoices.ts", "export const invoices = () => fetch(`${process.env.MICROSERVICE_BILLING_URL}/invoices`);\n");
    await workspace.commit("feat: two services");
  });

  afterAll(() => workspace.dispose());

  it("is drawn at the end of the README and as a page, and the same the second time", async () => {
    const before = await readme();
    await workspace.run(["nx", "g", "@ooneex/nx:topology"]);
    const after = await readme();
    expect(after.startsWith(before)).toBe(true);
    expect(after.slice(before.length)).toMatch(/^\s*## Topology\n\n<!-- topology -->[^]*```mermaid\nflowchart LR[^]*<!-- \/topology -->\n$/);
    expect(await workspace.gitStatus()).toBe(" M README.md\n?? topology.html\n");
    await workspace.commit("docs: the topology");
    await workspace.run(["nx", "g", "@ooneex/nx:topology"]);
    await workspace.run(["nx", "topology", "app"]);
    expect(await workspace.gitStatus()).toBe("");
  });

  it("shows in a browser who calls whom", async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("request", (request) => void (/^(?:file|data):/.test(request.url()) || problems.push(request.url())));
      await page.goto(pathToFileURL(join(workspace.root, "topology.html")).href);
      await page.fill("#search", "billing");
      await page.press("#search", "Enter");
      expect(await page.textContent("#details h2")).toBe("billing");
      const details = await page.innerText("#details");
      expect(details).toMatch(/Port\s+39211/);
      expect(details).toMatch(/Called by\s+app\s+MICROSERVICE_BILLING_URL, modules\/app\/app.yml\s+order-history\s+MICROSERVICE_BILLING_URL, modules\/order-history\/src\/invoices.ts/);
      expect(details).toContain("Redis localhost:6379");
      expect(problems).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  it("follows the workspace", async () => {
    await workspace.run(["nx", "g", "@ooneex/nx:microservice", "shipment"]);
    await workspace.run(["nx", "g", "@ooneex/nx:topology"]);
    expect(await readme()).toContain("shipment<br/>:3001");
    expect((await readme()).match(/## Topology/g)).toHaveLength(1);
  });

  it("asks with --live how the services are", async () => {
    const server = workspace.start(["nx", "serve", "billing"]);
    await waitForAnswer("http://localhost:39211/api/v1/healthcheck", server);
    await workspace.run(["nx", "g", "@ooneex/nx:topology", "--live"]);
    await server.stop();
    const drawing = await readme();
    expect(drawing).toMatch(/"billing<br\/>:39211(?:<br\/>[^"]*)?<br\/>healthy"/);
    expect(drawing).toMatch(/"order-history<br\/>:39212(?:<br\/>[^"]*)?<br\/>not running"/);
  });

  it("refuses a page of somebody else's", async () => {
    await workspace.write("docs/index.html", "<p>ours</p>\n");
    const { code, stdout, stderr } = await workspace.run(["nx", "g", "@ooneex/nx:topology", "--page=docs/index.html"], { expect: "failure" });
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain("PAGE_NOT_OURS");
    expect(await workspace.read("docs/index.html")).toBe("<p>ours</p>\n");
  });
});

import type { Tree } from "@nx/devkit";
import { describe, expect, it } from "vitest";
import { createWorkspace, expectIdempotent, expectRefusal, flush, readChanges, readFiles } from "../../testing/fake-workspace.js";
import { planMend } from "../../workspace/rules/mend.js";
import { RULES } from "../../workspace/rules/rules.js";
import { composeGenerator } from "../compose/generator.js";
import { readRuleWorkspace } from "../doctor/lib/rule-workspace.js";
import { kubernetesGenerator } from "../kubernetes/generator.js";
import { microserviceGenerator } from "../microservice/generator.js";
import { resolveService } from "../microservice/lib/service.js";
import { renderServiceFiles } from "../microservice/lib/service-files.js";
import { microserviceRemoveGenerator } from "../microservice-remove/generator.js";
import { applyEdits, planRegistration } from "../registrations.js";
import { syncGenerator } from "./generator.js";

const APP = "modules/app/app.yml";
const COMPOSE = "docker-compose.production.yml";
const EXAMPLE = "modules/app/.env.example.yml";

/** A workspace with a service, of which some files have forgotten it. */
async function forget(paths: readonly string[]): Promise<Tree> {
  const tree = createWorkspace({ [EXAMPLE]: "app:\n  port: 3000\n" });
  const before = readFiles(tree);
  await microserviceGenerator(tree, { name: "billing" });
  for (const path of paths) tree.write(path, before[path] ?? "");
  return flush(tree);
}

/** Adds a service with a name that its generator refuses, as a person may have given it. */
function addByHand(tree: Tree, name: string): void {
  const service = resolveService(tree, { name });
  for (const [path, text] of renderServiceFiles(service)) tree.write(path, text);
  applyEdits(tree, planRegistration(tree, service));
}

describe("sync", () => {
  it("has nothing to say of a workspace in step", async () => {
    const tree = await forget([]);
    const before = readFiles(tree);
    expect(syncGenerator(tree)).toBeUndefined();
    expect(syncGenerator(createWorkspace())).toBeUndefined();
    expect(readChanges(before, readFiles(tree))).toEqual({});
  });

  it("writes what every file lost, as the generator wrote it, and says what that was", async () => {
    const whole = readFiles(await forget([]));
    const tree = await forget([APP, EXAMPLE, "tsconfig.json", ".commitlintrc.ts"]);
    const result = syncGenerator(tree);
    expect(readChanges(whole, readFiles(tree))).toEqual({});
    expect(result?.outOfSyncMessage).toContain(APP);
    expect(result?.outOfSyncDetails.map((line) => /\((.+)\)$/.exec(line)?.[1])).toEqual(["service-undeclared", "url-missing", "alias-missing", "scope-missing"]);
  });

  it("changes nothing in a second run", async () => {
    await expectIdempotent(await forget([APP, EXAMPLE, "tsconfig.json"]), syncGenerator);
  });

  it("leaves files alone that git does not have, and ports that take judgement", async () => {
    const tree = await forget(["modules/app/.env.yml"]);
    tree.write(APP, `${tree.read(APP, "utf8")}port: 3001\n`);
    tree.write(EXAMPLE, (tree.read(EXAMPLE, "utf8") ?? "").replace("3000", "3001"));
    const before = readFiles(tree);
    expect(syncGenerator(tree)).toBeUndefined();
    expect(readChanges(before, readFiles(tree))).toEqual({});
  });

  it("leaves manifests of Kubernetes that a person wrote, edited ones apart", async () => {
    const base = "deploy/kubernetes/base";
    const tree = await forget([]);
    kubernetesGenerator(tree, {});
    tree.write(`${base}/billing/config.properties`, "PORT=8080\n");
    tree.write(`${base}/billing/service.yaml`, "spec:\n  ports:\n    - port: 80\n      targetPort: http\n");
    tree.write(`${base}/kustomization.yaml`, "resources: none\n");
    const edited = tree.read(`${base}/app/config.properties`, "utf8") ?? "";
    tree.write(`${base}/app/config.properties`, edited.replace("http://billing:3001", "http://billing:3009"));
    const before = readFiles(tree);
    syncGenerator(tree);
    expect(readChanges(before, readFiles(tree))).toEqual({ [`${base}/app/config.properties`]: edited });
  });

  it("reads no manifest where none was generated", async () => {
    const tree = await forget([]);
    tree.write("deploy/kubernetes/base/billing/config.properties", "PORT=8080\n");
    tree.write("deploy/kubernetes/base/billing/deployment.yaml", "{{ template: not yet YAML\n");
    tree.write("deploy/kubernetes/overlays/Eu_West/kustomization.yaml", "images: [\n");
    expect(syncGenerator(tree)).toBeUndefined();
  });

  it.each([
    ["a compose file that a person wrote", "services:\n  billing:\n    image: acme/billing:7\n"],
    ["its ports", 'services:\n  app:\n    image: acme/app\n  billing:\n    image: acme/billing:7\n    environment:\n      PORT: "8080"\n'],
  ])("leaves %s", async (_what, text) => {
    const tree = await forget([]);
    tree.write(COMPOSE, text);
    expect(syncGenerator(tree)).toBeUndefined();
    expect(tree.read(COMPOSE, "utf8")).toBe(text);
  });

  it("brings addresses of a generated compose file in step, and neither adds a block nor takes one out", async () => {
    const tree = await forget([]);
    composeGenerator(tree, {});
    const whole = tree.read(COMPOSE, "utf8") ?? "";
    tree.write(COMPOSE, whole.replace("http://billing:3001", "http://billing:3009"));
    expect(syncGenerator(tree)?.outOfSyncDetails).toHaveLength(1);
    expect(tree.read(COMPOSE, "utf8")).toBe(whole);

    const gone = flush(tree);
    await microserviceRemoveGenerator(gone, { name: "billing", force: true });
    syncGenerator(gone);
    expect(gone.read(COMPOSE, "utf8")).toBe(whole);

    const without = whole.replace(/^ {2}app:\n[^]*?(?=^ {2}[\w-]+:\n)/m, "");
    expect(without).not.toContain("APP_IMAGE");
    tree.write(COMPOSE, without);
    syncGenerator(tree);
    expect(tree.read(COMPOSE, "utf8")).toBe(without);
  });

  it("keeps two services in step of which one is called as the other's datastore, once no datastores are written", async () => {
    const tree = await forget([]);
    addByHand(tree, "billing-redis");
    expect(() => composeGenerator(tree, {})).toThrow(expect.objectContaining({ code: "NAME_CLASH", remedy: expect.stringContaining("--datastores=false") as string }) as Error);
    composeGenerator(tree, { datastores: false });
    const whole = tree.read(COMPOSE, "utf8") ?? "";
    expect(syncGenerator(tree)).toBeUndefined();
    tree.write(COMPOSE, whole.replace("http://billing:3001", "http://billing:3009"));
    expect(syncGenerator(tree)?.outOfSyncDetails).toHaveLength(1);
    expect(tree.read(COMPOSE, "utf8")).toBe(whole);
    composeGenerator(tree, {});
    expect(tree.read(COMPOSE, "utf8")).toBe(whole);
    expect(() => composeGenerator(tree, { datastores: true })).toThrow(expect.objectContaining({ code: "NAME_CLASH" }) as Error);
  });

  it("asks for a Dockerfile beside a service of any name", async () => {
    const tree = await forget([APP]);
    addByHand(tree, "service-postgres");
    tree.delete("modules/billing/Dockerfile");
    expect(syncGenerator(tree)?.outOfSyncDetails).toHaveLength(1);
    const plan = planMend(readRuleWorkspace(tree), RULES, ({ rule }) => rule === "dockerfile-missing");
    expect(plan.edits.get("modules/billing/Dockerfile")).toContain("AS production");
  });

  it("mends the rest where the compose file has the datastore that another service is called as", async () => {
    const tree = await forget([]);
    composeGenerator(tree, {});
    addByHand(tree, "billing-redis");
    const text = tree.read(COMPOSE, "utf8") ?? "";
    tree.write(APP, "type: \"api\"\n");
    expect(syncGenerator(tree)?.outOfSyncDetails).toEqual([expect.stringContaining("billing"), expect.stringContaining("billing-redis")]);
    expect(tree.read(COMPOSE, "utf8")).toBe(text);
    const findings = planMend(readRuleWorkspace(tree), RULES).remaining;
    expect(findings).toMatchObject([{ rule: "deployment-outdated", where: COMPOSE, what: expect.stringContaining("modules/billing-redis") as string, remedy: expect.stringContaining("rename the service") as string }]);
  });

  it("mends the rest where a compose file is right and cannot be edited", async () => {
    const tree = await forget([APP]);
    const text = 'name: acme\nservices:\n  app: { image: acme/app:1 }\n  billing: &billing\n    image: acme/billing:1\n    environment: { PORT: "3999" }\n  copy: *billing\n';
    tree.write(COMPOSE, text);
    expect(syncGenerator(tree)?.outOfSyncDetails).toEqual([expect.stringContaining("(service-undeclared)")]);
    expect(tree.read(COMPOSE, "utf8")).toBe(text);
    const findings = planMend(readRuleWorkspace(tree), RULES).remaining;
    expect(findings).toMatchObject([{ rule: "deployment-outdated", severity: "warning", where: `${COMPOSE}:6`, remedy: expect.stringContaining("PORT") as string, mend: undefined }]);
  });

  it("ends where a file has to be mended first", async () => {
    await expectRefusal(createWorkspace({ [APP]: "microservices: {" }), syncGenerator, { code: "SYNC_BLOCKED", where: `${APP}:1` });
  });
});

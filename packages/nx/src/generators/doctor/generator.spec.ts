import type { Tree } from "@nx/devkit";
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../workspace/rules/rule.js";
import { buildFrameworkDockerfile } from "../../testing/framework-workspace.js";
import { createWorkspace, expectIdempotent, expectRefusal, flush, readChanges, readFiles } from "../../testing/fake-workspace.js";
import { writeWorkspace } from "../../testing/temporary-workspace.js";
import { createTreeWithEmptyWorkspace } from "@nx/devkit/testing";
import { BEFORE_DEPLOY, CI_FILES } from "../../workspace/ci-facts.js";
import { signFile } from "../../workspace/signed-file.js";
import { ciGenerator } from "../ci/generator.js";
import { composeGenerator } from "../compose/generator.js";
import { kubernetesGenerator } from "../kubernetes/generator.js";
import { extractGenerator } from "../extract/generator.js";
import { microserviceGenerator } from "../microservice/generator.js";
import { microserviceRemoveGenerator } from "../microservice-remove/generator.js";
import { moduleGenerator } from "../module/generator.js";
import { presetGenerator } from "../preset/generator.js";
import { syncGenerator } from "../sync/generator.js";
import { doctorGenerator } from "./generator.js";
import type { DoctorOptions } from "./schema.js";

interface Document {
  readonly errors: number;
  readonly warnings: number;
  readonly findings: readonly (Omit<Finding, "mend"> & { mendable: boolean; mendedBy: string })[];
  readonly mended: readonly { rule: string }[];
  readonly ignored: readonly object[];
}

/** Runs the doctor for a program, and reads what it prints. */
function diagnose(tree: Tree, options: DoctorOptions = {}): Document & { failed: boolean } {
  let text = "";
  let failed = false;
  doctorGenerator(tree, { ...options, json: true }, { write: (piece) => void (text += piece), fail: () => void (failed = true) });
  return { ...(JSON.parse(text) as Document), failed };
}

/** Two branches added a service each, on the same port, and were merged. */
async function mergeBranches(): Promise<Tree> {
  const tree = createWorkspace({ "modules/app/.env.example.yml": "app:\n  port: 3000\n" });
  await microserviceGenerator(tree, { name: "billing" });
  await microserviceGenerator(tree, { name: "orders" });
  for (const path of ["modules/orders/orders.yml", "modules/orders/.env.example.yml", "modules/orders/.env.yml", "modules/app/.env.yml", "modules/app/.env.example.yml"]) {
    tree.write(path, (tree.read(path, "utf8") ?? "").replace("3002", "3001"));
  }
  return tree;
}

describe("doctor", () => {
  it("finds nothing in a workspace whose services were generated", async () => {
    const tree = createWorkspace({ "modules/app/.env.example.yml": "app:\n  port: 3000\n" });
    expect(diagnose(tree).findings).toEqual([]);
    await microserviceGenerator(tree, { name: "billing" });
    await microserviceGenerator(tree, { name: "order history" });
    expect(diagnose(tree)).toEqual({ version: 1, errors: 0, warnings: 0, findings: [], mended: [], ignored: [], failed: false });
  });

  it("reads what is deployed where nx.json says, and sync keeps it in step there", async () => {
    const options = { composeFile: "./ops/compose.yaml", kubernetesFolder: "ops/k8s/" };
    const tree = createWorkspace({ "modules/app/.env.example.yml": "app:\n  port: 3000\n", "nx.json": JSON.stringify({ plugins: [{ plugin: "@ooneex/nx", options }] }) });
    await microserviceGenerator(tree, { name: "billing" });
    composeGenerator(tree, {});
    kubernetesGenerator(tree, {});
    expect([tree.exists("ops/compose.yaml"), tree.exists("ops/k8s/base/billing/deployment.yaml"), tree.exists("docker-compose.production.yml"), tree.exists("deploy")]).toEqual([true, true, false, false]);
    expect(diagnose(tree).findings.filter(({ rule }) => rule !== "tag-mutable")).toEqual([]);

    const [manifest, settings] = ["modules/billing/billing.yml", "ops/k8s/base/billing/config.properties"];
    tree.write(manifest, (tree.read(manifest, "utf8") ?? "").replace("3001", "3009"));
    expect(diagnose(tree).findings.filter(({ rule }) => rule === "deployment-outdated").map(({ where }) => where.replace(/:.*/, ""))).toEqual(expect.arrayContaining(["ops/compose.yaml", settings]));
    syncGenerator(tree);
    expect([tree.read("ops/compose.yaml", "utf8"), tree.read(settings, "utf8")]).toEqual([expect.stringContaining('PORT: "3009"'), expect.stringContaining("PORT=3009")]);

    tree.write(settings, `${tree.read(settings, "utf8") ?? ""}CORS_ORIGINS=*\nCORS_CREDENTIALS=true\n`);
    tree.write("ops/billing.env", "CORS_ORIGINS=*\n");
    const cors = diagnose(tree).findings.filter(({ rule }) => rule.startsWith("cors-"));
    expect(cors.map(({ rule, where }) => `${rule} ${where.replace(/:\d+$/, "")}`)).toEqual([`cors-wildcard-with-credentials ${settings}`, "cors-service-open ops/billing.env"]);
  });

  it.each([{ composeFile: "../compose.yml" }, { kubernetesFolder: "/etc" }])("finds that nx.json leads out of the workspace with %j", (options) => {
    const tree = createWorkspace({ "nx.json": JSON.stringify({ plugins: [{ plugin: "@ooneex/nx", options }] }) });
    const [name = ""] = Object.keys(options);
    expect(diagnose(tree).findings).toEqual([expect.objectContaining({ rule: "file-invalid", where: `${name} in nx.json` })]);
  });

  it("finds nothing in what the other generators make of an empty folder", async () => {
    const tree = createTreeWithEmptyWorkspace({ formatter: "none" });
    for (const { path } of tree.listChanges()) tree.delete(path);
    await presetGenerator(tree, { name: "acme", frameworkVersion: "1.0.0" });
    expect(diagnose(tree).findings).toEqual([]);
    await moduleGenerator(tree, { name: "catalog" });
    await microserviceGenerator(tree, { name: "billing" });
    await extractGenerator(tree, { name: "catalog" });
    composeGenerator(tree, {});
    kubernetesGenerator(tree, {});
    expect(diagnose(tree).findings).toEqual([]);
  });

  it("tells a duplicate port with its line and the command that mends it, and writes nothing", async () => {
    const tree = await mergeBranches();
    const before = readFiles(tree);
    const { findings, failed } = diagnose(tree);
    expect(failed).toBe(true);
    expect(findings).toEqual([
      {
        rule: "port-duplicate",
        severity: "error",
        what: "orders is on port 3001, which is billing's",
        where: "modules/orders/orders.yml:2",
        remedy: "nx g @ooneex/nx:doctor --fix=port-duplicate",
        mendable: true,
        mendedBy: "fix",
      },
    ]);
    expect(readChanges(before, readFiles(tree))).toEqual({});
  });

  it("moves the later of two services on one port, everywhere that names it", async () => {
    const tree = await mergeBranches();
    const before = readFiles(tree);
    expect(diagnose(tree, { fix: "port-duplicate" })).toMatchObject({ errors: 0, warnings: 0, mended: [{ rule: "port-duplicate" }] });
    const changes = readChanges(before, readFiles(tree));
    expect(Object.keys(changes)).toEqual([
      "modules/app/.env.example.yml",
      "modules/app/.env.yml",
      "modules/orders/.env.example.yml",
      "modules/orders/.env.yml",
      "modules/orders/orders.yml",
    ]);
    expect(changes["modules/orders/orders.yml"]).toContain("port: 3002 # in development");
    expect(changes["modules/app/.env.yml"]).toMatch(/billing:\n\s+url: "http:\/\/localhost:3001"\n[^]*orders:\n\s+url: "http:\/\/localhost:3002"/);
  });

  it("names the files that git leaves out, with what changed in them", async () => {
    const tree = await mergeBranches();
    const local = "modules/orders/.env.yml";
    tree.write(local, `${tree.read(local, "utf8")}mailer:\n  dsn: "smtp://a:hunter2@localhost"\n`);
    const root = writeWorkspace({ ".gitignore": ".env.yml\n" });
    execFileSync("git", ["init", "--quiet", root]);
    const { ignored } = diagnose(Object.assign(tree, { root }), { fix: "port-duplicate" });
    expect(ignored).toEqual([
      { path: local, removed: [expect.stringContaining("3001")], added: [expect.stringContaining("3002")] },
      { path: "modules/app/.env.yml", removed: ['url: "http://localhost:3001"'], added: ['url: "http://localhost:3002"'] },
    ]);
  });

  it("changes nothing in a second run", async () => {
    await expectIdempotent(await mergeBranches(), (tree) => diagnose(tree, { fix: true }));
  });

  it("ends with an error for a person, once what can be mended is written", async () => {
    const tree = await mergeBranches();
    expect(() => doctorGenerator(tree, {})).toThrow(expect.objectContaining({ code: "DOCTOR_FOUND_ERRORS", what: "1 error" }) as Error);
    tree.delete("modules/billing/roles.yml");
    const finish = doctorGenerator(tree, { fix: ["port-duplicate"] });
    expect(tree.read("modules/orders/orders.yml", "utf8")).toContain("port: 3002");
    expect(finish).toThrow(expect.objectContaining({ where: "modules/billing/billing.yml" }) as Error);
  });

  it("replaces the Dockerfile that the framework's command writes only where that is asked for", async () => {
    const tree = createWorkspace();
    await microserviceGenerator(tree, { name: "billing" });
    const good = tree.read("modules/billing/Dockerfile", "utf8");
    tree.write("modules/billing/Dockerfile", buildFrameworkDockerfile("billing"));
    tree.write("bun.lock", '{\n  "lockfileVersion": 2,\n}\n');
    const { findings } = diagnose(tree, { fix: "port-duplicate" });
    expect(findings.map(({ rule, where }) => `${rule} ${where}`)).toEqual([
      "dockerfile-broken modules/billing/Dockerfile:22",
      "dockerfile-broken modules/billing/Dockerfile:31",
      "dockerfile-broken modules/billing/Dockerfile:4",
      "dockerfile-broken modules/billing/Dockerfile:9",
    ]);
    expect(diagnose(tree, { fix: "dockerfile-broken" })).toMatchObject({ errors: 0, failed: false });
    expect(tree.read("modules/billing/Dockerfile", "utf8")).toBe(good);
  });

  it("keeps a compose file in step: addresses by sync, a new service's block where that is asked for", async () => {
    const tree = createWorkspace();
    await microserviceGenerator(tree, { name: "billing" });
    composeGenerator(tree, { publish: ["billing"] });
    expect(diagnose(tree).findings).toEqual([]);
    const file = "docker-compose.production.yml";
    const whole = tree.read(file, "utf8") ?? "";
    tree.write(file, whole.replace("http://billing:3001", "http://billing:3009"));
    expect(diagnose(tree, { fix: true }).mended).toMatchObject([{ rule: "deployment-outdated", mendedBy: "sync" }]);
    expect(tree.read(file, "utf8")).toBe(whole);
    await microserviceGenerator(tree, { name: "orders" });
    expect(diagnose(tree).findings).toMatchObject([{ rule: "deployment-outdated", what: "there is no block for orders", mendedBy: "fix" }]);
  });

  it("takes the block of a service that is gone out where that is asked for, and mends no compose file that a person wrote", async () => {
    const tree = createWorkspace();
    await microserviceGenerator(tree, { name: "billing" });
    composeGenerator(tree, { datastores: false });
    const file = "docker-compose.production.yml";
    const removed = flush(tree);
    await microserviceRemoveGenerator(removed, { name: "billing", force: true });
    expect(diagnose(removed).findings).toMatchObject([{ rule: "deployment-outdated", what: "billing is of no service of the workspace any more", mendedBy: "fix" }]);
    diagnose(removed, { fix: "deployment-outdated" });
    expect(removed.read(file, "utf8")).not.toContain("billing");
    const own = "services:\n  app:\n    image: acme/app:7\n";
    tree.write(file, own);
    const { findings } = diagnose(tree, { fix: true });
    expect(findings).toMatchObject([{ rule: "deployment-outdated", what: "there is no block for billing", mendedBy: "hand", remedy: expect.stringContaining("nx g @ooneex/nx:compose") as string }]);
    expect(tree.read(file, "utf8")).toBe(own);
  });

  it("keeps ports and addresses of Kubernetes' manifests in step, and leaves a new service's to their generator", async () => {
    const tree = createWorkspace();
    await microserviceGenerator(tree, { name: "billing" });
    kubernetesGenerator(tree, {});
    const settings = "deploy/kubernetes/base/app/config.properties";
    const whole = tree.read(settings, "utf8") ?? "";
    tree.write(settings, whole.replace("http://billing:3001", "http://billing:3009"));
    expect(diagnose(tree).findings).toMatchObject([{ rule: "deployment-outdated", where: settings, mendedBy: "sync" }]);
    expect(diagnose(tree, { fix: true }).mended).toMatchObject([{ rule: "deployment-outdated" }]);
    expect(tree.read(settings, "utf8")).toBe(whole);
    await microserviceGenerator(tree, { name: "orders" });
    diagnose(tree, { fix: true });
    expect(tree.read(settings, "utf8")).toContain("MICROSERVICE_ORDERS_URL=http://orders:3002");
    expect(tree.exists("deploy/kubernetes/base/orders")).toBe(false);
  });

  it.each(["github", "gitlab", "bitbucket"] as const)("keeps the pipeline of %s in step with nx.json and Bun, unless somebody has edited it", (provider) => {
    const file = CI_FILES[provider];
    const tree = createWorkspace({ "package.json": '{ "workspaces": ["modules/*"], "packageManager": "bun@1.4.5" }' });
    ciGenerator(tree, { provider });
    const first = tree.read(file, "utf8") ?? "";
    expect(diagnose(tree).findings).toEqual([]);
    tree.write(file, first.replaceAll("\n", "\r\n"));
    expect(diagnose(tree).findings).toEqual([]);
    // Whatever is installed here: nobody's machine decides what another one finds.
    tree.write("package.json", '{ "workspaces": ["modules/*"] }');
    expect(diagnose(tree).findings).toEqual([]);
    tree.write("package.json", '{ "workspaces": ["modules/*"], "packageManager": "bun@1.3.12" }');
    tree.write("nx.json", JSON.stringify({ defaultBase: "trunk", plugins: [{ plugin: "@ooneex/nx", options: { registry: "ghcr.io/acme" } }] }));
    expect(diagnose(tree).findings).toMatchObject([{ rule: "pipeline-outdated", severity: "warning", where: file, mendedBy: "sync", remedy: "nx sync" }]);
    expect(syncGenerator(tree)?.outOfSyncMessage).toContain(file);
    const second = tree.read(file, "utf8") ?? "";
    expect(second).toContain("ghcr.io/acme");
    expect(second).not.toBe(first);
    ciGenerator(tree, { provider });
    expect(tree.read(file, "utf8")).toBe(second);
    expect(syncGenerator(tree)).toBeUndefined();
    for (const own of [`${first}# ours\n`, "name: ours\n"]) {
      tree.write(file, own);
      expect(diagnose(tree).findings).toEqual([]);
    }
  });

  it("brings what a pipeline of before did not read with the one that does, and never a second time", () => {
    const tree = createWorkspace({ "package.json": '{ "workspaces": ["modules/*"], "packageManager": "bun@1.4.5" }' });
    const files = [CI_FILES.github, CI_FILES.gitlab];
    for (const file of files) tree.write(file, signFile("# of the generation before\n", "ci"));
    expect(syncGenerator(tree)).toBeDefined();
    for (const file of files) expect(tree.read(file, "utf8")).toContain(BEFORE_DEPLOY);
    expect(tree.read(BEFORE_DEPLOY, "utf8")).toContain("This file is yours");
    tree.delete(BEFORE_DEPLOY);
    tree.write("nx.json", JSON.stringify({ defaultBase: "trunk" }));
    expect(syncGenerator(tree)).toBeDefined();
    expect(tree.exists(BEFORE_DEPLOY)).toBe(false);
    tree.write(BEFORE_DEPLOY, "mine\n");
    tree.write(CI_FILES.github, signFile("# of the generation before\n", "ci"));
    syncGenerator(tree);
    expect(tree.read(BEFORE_DEPLOY, "utf8")).toBe("mine\n");
  });

  it("finds what is deployed by a tag that moves, and the URLs that lead out of the private network", async () => {
    const tree = createWorkspace({ "modules/app/.env.example.yml": "app:\n  port: 3000\n" });
    for (const name of ["billing", "orders"]) await microserviceGenerator(tree, { name });
    composeGenerator(tree, {});
    kubernetesGenerator(tree, {});
    expect(diagnose(tree).findings).toEqual([]);
    const [file, overlay] = ["docker-compose.production.yml", "deploy/kubernetes/overlays/staging/kustomization.yaml"];
    const edit = (path: string, ...edits: [string, string][]): void => tree.write(path, edits.reduce((text, [from, to]) => text.replace(from, to), tree.read(path, "utf8") ?? ""));
    const found = (): string[] => diagnose(tree).findings.map(({ rule, where, severity }) => `${severity} ${rule} ${where.replace(/\d+$/, "N")}`);
    edit(file, ["${BILLING_IMAGE:-billing:latest}", "localhost:5000/billing"], ["${ORDERS_IMAGE:-orders:latest}", "orders:7"], ["http://billing:3001", "https://billing.acme.com"]);
    edit(overlay, ["newName: billing\n    newTag: unset", "newName: billing\n    newTag: latest"]);
    edit("modules/app/.env.example.yml", ["http://localhost:3002", "https://orders.internal.example.com"]);
    expect(found()).toEqual([`warning tag-mutable ${file}:N`, `warning tag-mutable ${overlay}:N`, `warning address-public ${file}:N`]);
  });

  it("finds two services that production puts on one store, by the compose file or the settings beside it", async () => {
    const tree = createWorkspace();
    for (const name of ["billing", "orders"]) await microserviceGenerator(tree, { name });
    composeGenerator(tree, {});
    const file = "docker-compose.production.yml";
    const found = (): string[] => diagnose(tree).findings.map(({ rule, where, what }) => `${rule} ${where.replace(/yml:\d+$/, "yml:N")} ${what}`);
    tree.write("billing.env", "# settings\nDATABASE_URL=postgres://a:hunter2@db.acme.lan/main # ours\nCACHE_REDIS_URL=redis://localhost:6379\n");
    tree.write("orders.env", "export DATABASE_URL=\"postgres://b:hunter2@db.acme.lan/main\"\nCACHE_REDIS_URL=redis://localhost:6379\n");
    expect(found()).toEqual(["database-shared orders.env:1 orders uses the database of billing (billing.env)"]);
    tree.write("orders.env", "DATABASE_URL=postgres://b@db.acme.lan/orders\n");
    expect(found()).toEqual([]);
    const block = (tree.read(file, "utf8") ?? "").replace(/( {2}orders:\n[^]*?environment:\n(\s+))/, (all: string, head: string, indent: string) => `${head}DATABASE_URL: postgres://db.acme.lan/main\n${indent}`);
    tree.write(file, block);
    expect(found()).toEqual([`database-shared ${file}:N orders uses the database of billing (billing.env)`]);
    tree.write(file, block.replace("db.acme.lan/main", "${DB}/main"));
    expect(found()).toEqual([]);
  });

  it("takes a host of compose's network for none of the same name on Kubernetes, and finds two services on one there, too", async () => {
    const tree = createWorkspace();
    for (const name of ["billing", "orders"]) await microserviceGenerator(tree, { name });
    composeGenerator(tree, {});
    kubernetesGenerator(tree, {});
    const settings = (name: string): string => `deploy/kubernetes/base/${name}/config.properties`;
    const stores = "DATABASE_URL=postgres://postgres:5432/main\nCACHE_REDIS_URL=redis://redis:6379/0\n";
    tree.write("billing.env", stores);
    const own = tree.read(settings("billing"), "utf8") ?? "";
    tree.write(settings("orders"), `${tree.read(settings("orders"), "utf8")}${stores}`);
    const found = (): string[] => diagnose(tree).findings.map(({ rule, where }) => `${rule} ${where.replace(/:\d+$/, "")}`);
    expect(found()).toEqual([]);
    tree.write(settings("billing"), `${own}${stores}`);
    expect(found()).toEqual([`database-shared ${settings("orders")}`, `redis-shared ${settings("orders")}`]);
  });

  it("tells of a pipeline that cannot be written anew, and blocks no sync by it", () => {
    const tree = createWorkspace();
    ciGenerator(tree, { provider: "github" });
    tree.write("nx.json", JSON.stringify({ defaultBase: "a b" }));
    expect(diagnose(tree).findings).toMatchObject([{ rule: "pipeline-outdated", mendable: false, remedy: expect.stringContaining("name of the branch") as string }]);
    expect(syncGenerator(tree)).toBeUndefined();
  });

  it("finds the services that Kubernetes' manifests lack, and those that are gone, until their generator has run", async () => {
    const tree = createWorkspace();
    const base = "deploy/kubernetes/base";
    const overlay = "deploy/kubernetes/overlays/staging/kustomization.yaml";
    const found = (at: Tree): string[] => diagnose(at).findings.map(({ what, where, remedy }) => `${where}: ${what}; ${remedy}`);
    for (const name of ["billing", "orders"]) await microserviceGenerator(tree, { name });
    kubernetesGenerator(tree, {});
    expect(found(tree)).toEqual([]);
    await microserviceGenerator(tree, { name: "payments" });
    const added = flush(tree);
    await microserviceRemoveGenerator(added, { name: "orders", force: true });
    const renew = "nx g @ooneex/nx:kubernetes";
    expect(found(added)).toEqual(expect.arrayContaining([
      `${base}/kustomization.yaml: there are no manifests of payments; ${renew}`,
      `${base}/orders/kustomization.yaml: orders is no service of the workspace any more; ${renew}`,
    ]));
    kubernetesGenerator(added, {});
    expect(found(added)).toEqual([]);
    const list = added.read(`${base}/kustomization.yaml`, "utf8") ?? "";
    const images = added.read(overlay, "utf8") ?? "";
    added.write(`${base}/kustomization.yaml`, list.replace("  - billing\n", ""));
    added.write(overlay, images.replace(/ {2}- name: payments\n.*\n.*\n/, "  - name: orders\n    newTag: v1\n").replace("patches:\n", "replicas:\n  - { name: orders, count: 1 }\n  - { name: billing, count: 1 }\npatches:\n  - target: { kind: Service, name: orders }\n    path: node-port.yaml\n"));
    expect(found(added)).toEqual([
      `${base}/kustomization.yaml: it does not list billing, so nothing deploys it; ${renew}`,
      `${overlay}: it does not say which image of payments is deployed; ${renew}`,
      ...["images", "replicas", "patches"].map((key) => expect.stringMatching(new RegExp(`^${overlay}:\\d+: ${key} names orders, which no manifest here has; take orders out of ${key}`)) as string),
    ]);
  });

  it.each([
    ["no-such-rule", "RULE_UNKNOWN"],
    ["database-shared", "RULE_NOT_MENDABLE"],
  ])("refuses to mend %s", async (fix, code) => {
    await expectRefusal(createWorkspace(), (tree) => doctorGenerator(tree, { fix }), { code, where: "--fix" });
  });
});

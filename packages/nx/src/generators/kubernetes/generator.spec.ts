import { logger, type Tree } from "@nx/devkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { createWorkspace, editFile, expectIdempotent, expectRefusal, flush, readChanges, readFiles } from "../../testing/fake-workspace.js";
import { checkObjects, type KubernetesObject, readAt } from "../../testing/manifests.js";
import { createServiceWorkspace } from "../../testing/service-workspace.js";
import { microserviceGenerator } from "../microservice/generator.js";
import { microserviceRemoveGenerator } from "../microservice-remove/generator.js";
import { kubernetesGenerator } from "./generator.js";

const FOLDER = "deploy/kubernetes";
const BASE = `${FOLDER}/base`;

let said: string[];

beforeEach(() => {
  said = [];
  vi.spyOn(logger, "info").mockImplementation((line: string) => void said.push(line));
  vi.spyOn(logger, "warn").mockImplementation((line: string) => void said.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** The workspace with services, of which order-history calls billing. */
async function workspaceWithServices(files: Parameters<typeof createServiceWorkspace>[0] = {}): Promise<Tree> {
  const tree = await createServiceWorkspace(files);
  tree.write("modules/order-history/src/invoices.ts", "export const invoices = () => fetch(`${process.env.MICROSERVICE_BILLING_URL}/invoices`);\n");
  said = [];
  return tree;
}

const read = (tree: Tree, path: string): string => tree.read(path, "utf8") ?? "";
/** A part of an object in a file of the base. */
const readPart = (tree: Tree, path: string, ...keys: (string | number)[]): unknown => readAt(parse(read(tree, `${BASE}/${path}`)), ...keys);
const settingsOf = (tree: Tree, service: string): string[] => read(tree, `${BASE}/${service}/config.properties`).split("\n").slice(1, -1);

describe("kubernetes", () => {
  it("leaves out of the settings what app.yml names that is no variable", async () => {
    const tree = await workspaceWithServices();
    tree.write("modules/app/app.yml", 'type: api\nmicroservices:\n  - name: billing\n    url: "X\\nEVIL"\n');
    kubernetesGenerator(tree, {});
    expect(settingsOf(tree, "app").filter((line) => !/^[A-Z_]+=|^#/.test(line) || line.startsWith("EVIL"))).toEqual([]);
  });

  it.each([
    ["a folder out of the workspace", {}, { folder: "../k8s" }, "PATH_ILLEGAL"],
    ["a registry that is more than a name", { "nx.json": JSON.stringify({ plugins: [{ plugin: "@ooneex/nx", options: { registry: "a b" } }] }) }, {}, "REPOSITORY_ILLEGAL"],
    ["a repository that is more than a name", { "modules/billing2/billing2.yml": 'type: microservice\nport: 3009\nimage: { repository: "a\\nb" }\n' }, {}, "REPOSITORY_ILLEGAL"],
  ])("refuses %s", async (_, files, options, code) => {
    await expectRefusal(await workspaceWithServices(files), (tree) => kubernetesGenerator(tree, options), { code });
  });

  it("writes a base for each service and an overlay for each environment, and nothing else", async () => {
    const tree = await workspaceWithServices();
    const before = readFiles(tree);
    kubernetesGenerator(tree, {});
    const files = ["config.properties", "deployment.yaml", "hpa.yaml", "kustomization.yaml", "networkpolicy.yaml", "pdb.yaml", "service.yaml", "serviceaccount.yaml"];
    expect(Object.keys(readChanges(before, readFiles(tree)))).toEqual(
      [
        ...["app", "billing", "order-history"].flatMap((service) => files.map((file) => `${BASE}/${service}/${file}`)),
        `${BASE}/kustomization.yaml`,
        `${FOLDER}/overlays/production/kustomization.yaml`,
        `${FOLDER}/overlays/staging/kustomization.yaml`,
      ].sort(),
    );
    expect(parse(read(tree, `${BASE}/kustomization.yaml`))).toMatchObject({ resources: ["app", "billing", "order-history"] });
  });

  it("writes objects that the schemas of Kubernetes take", async () => {
    const tree = await workspaceWithServices();
    await microserviceGenerator(tree, { name: "on" });
    tree.write("modules/on/src/keys.ts", "export const url = process.env.MICROSERVICE_BILLING_URL;\n");
    kubernetesGenerator(tree, {});
    expect(parse(read(tree, `${BASE}/kustomization.yaml`), { version: "1.1" })).toMatchObject({ resources: ["app", "billing", "on", "order-history"] });
    const paths = Object.keys(readFiles(tree)).filter((path) => path.startsWith(`${BASE}/`) && path.endsWith(".yaml") && !path.endsWith("kustomization.yaml"));
    const objects = paths.map((path) => parse(read(tree, path), { version: "1.1" }) as KubernetesObject);
    expect(objects).toHaveLength(24);
    expect(await checkObjects(objects)).toEqual([]);
    const [deployment] = objects.filter(({ kind }) => kind === "Deployment");
    const misspelt = JSON.parse(JSON.stringify(deployment).replace("readinessProbe", "readynessProbe")) as KubernetesObject;
    expect((await checkObjects([misspelt])).join()).toContain("readynessProbe");
    const mistyped = JSON.parse(JSON.stringify(deployment).replace('"runAsUser":1000', '"runAsUser":"bun"')) as KubernetesObject;
    expect((await checkObjects([mistyped])).join()).toContain("runAsUser");
  });

  it("runs a service with no right that it does not need, and asks it what its image's health check asks", async () => {
    const tree = await workspaceWithServices();
    kubernetesGenerator(tree, {});
    const pod = readPart(tree, "order-history/deployment.yaml", "spec", "template", "spec");
    expect(pod).toMatchObject({
      serviceAccountName: "order-history",
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    });
    const container = readAt(pod, "containers", 0);
    expect(container).toMatchObject({
      image: "order_history",
      ports: [{ name: "http", containerPort: 3002 }],
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
      volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
      resources: { requests: expect.any(Object), limits: expect.any(Object) },
    });
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) expect(readAt(container, probe, "httpGet")).toEqual({ path: "/api/v1/healthcheck", port: "http" });
  });

  it("tells settings from secrets, and has no value of a secret", async () => {
    const tree = await workspaceWithServices();
    tree.write(
      "modules/billing/.env.example.yml",
      'app:\n  port: 3001\nlog:\n  level: "info"\ncors:\n  origins: "http://localhost:5173"\nstripe:\n  secret_key: "sk_test_4242"\ndatabase:\n  url: "postgres://billing:hunter2@localhost:5433/billing"\nmailer:\n  token: ""\n',
    );
    tree.write("modules/billing/src/cache.ts", "export const cache = process.env.CACHE_REDIS_URL;\n");
    await kubernetesGenerator(tree, {})();
    expect(settingsOf(tree, "billing")).toEqual([
      "# No secret belongs here. A changed value starts new pods.",
      "NODE_ENV=production",
      "APP_ENV=production",
      "HOST_NAME=0.0.0.0",
      "PORT=3001",
      "LOG_LEVEL=info",
      "# Without a value for a cluster yet:",
      "# CORS_ORIGINS=",
    ]);
    const container = readPart(tree, "billing/deployment.yaml", "spec", "template", "spec", "containers", 0);
    expect(readAt(container, "envFrom")).toEqual([{ configMapRef: { name: "billing-config" } }]);
    const reference = (key: string, optional: boolean): object => ({ name: key, valueFrom: { secretKeyRef: { name: "billing-secrets", key, optional } } });
    expect(readAt(container, "env")).toEqual([reference("CACHE_REDIS_URL", false), reference("DATABASE_URL", false), reference("STRIPE_SECRET_KEY", false), reference("MAILER_TOKEN", true)]);
    const written = Object.entries(readFiles(tree)).filter(([path]) => path.startsWith(FOLDER));
    expect(written.filter(([, text]) => /hunter2|sk_test|localhost/.test(text))).toEqual([]);
    expect(said.join("\n")).toContain("billing starts once its namespace has a Secret billing-secrets with CACHE_REDIS_URL, DATABASE_URL, STRIPE_SECRET_KEY.");
    expect(said.join("\n")).toMatch(/CORS_ORIGINS of billing had no value for a cluster.*config\.properties, or a secret into the Secret billing-secrets/);
  });

  it("wires callers to the names of services, and lets in and out who calls whom", async () => {
    const tree = await workspaceWithServices();
    kubernetesGenerator(tree, {});
    expect(settingsOf(tree, "app")).toEqual(expect.arrayContaining(["MICROSERVICE_BILLING_URL=http://billing:3001", "MICROSERVICE_ORDER_HISTORY_URL=http://order-history:3002"]));
    expect(settingsOf(tree, "order-history")).toContain("MICROSERVICE_BILLING_URL=http://billing:3001");
    expect(settingsOf(tree, "billing").join()).not.toContain("_URL");
    const policy = (service: string, ...keys: (string | number)[]): unknown => readPart(tree, `${service}/networkpolicy.yaml`, "spec", ...keys);
    const pod = (name: string): object => ({ podSelector: { matchLabels: { "app.kubernetes.io/name": name } } });
    expect(policy("billing", "ingress")).toEqual([{ from: [pod("app"), pod("order-history")], ports: [{ protocol: "TCP", port: "http" }] }]);
    expect(policy("order-history", "ingress", 0, "from")).toEqual([pod("app")]);
    expect(policy("app", "ingress", 0, "from")).toEqual([{ namespaceSelector: {} }]);
    const dns = policy("app", "egress", 0);
    const datastores = { ports: [{ protocol: "TCP", port: 5432 }, { protocol: "TCP", port: 6379 }] };
    expect(policy("order-history", "egress")).toEqual([dns, datastores, { to: [pod("billing")] }]);
    expect(policy("billing", "egress")).toEqual([dns, datastores]);
  });

  it("lets nobody in where nobody calls", async () => {
    const tree = await workspaceWithServices();
    tree.write("modules/app/app.yml", 'type: "api"\n');
    kubernetesGenerator(tree, {});
    expect(readPart(tree, "order-history/networkpolicy.yaml", "spec", "ingress")).toEqual([]);
  });

  it("names images as they are pushed, without a tag that a push makes", async () => {
    const tree = await workspaceWithServices({
      "nx.json": JSON.stringify({ plugins: [{ plugin: "@ooneex/nx", options: { registry: "ghcr.io/Acme/" } }], cli: { packageManager: "bun" } }),
    });
    editFile(tree, "modules/billing/billing.yml", /$/, 'image:\n  repository: "quay.io/acme/bills"\n');
    kubernetesGenerator(tree, {});
    expect(parse(read(tree, `${FOLDER}/overlays/staging/kustomization.yaml`))).toMatchObject({
      namespace: "acme-staging",
      images: [
        { name: "app", newName: "ghcr.io/acme/app", newTag: "unset" },
        { name: "billing", newName: "quay.io/acme/bills", newTag: "unset" },
        { name: "order_history", newName: "ghcr.io/acme/order_history", newTag: "unset" },
      ],
    });
  });

  it("changes nothing when it runs again, on a checkout with other line endings either", async () => {
    await expectIdempotent(await workspaceWithServices(), (tree) => kubernetesGenerator(tree, {}));
    const tree = await workspaceWithServices();
    kubernetesGenerator(tree, {});
    for (const [path, text] of Object.entries(readFiles(tree))) if (path.startsWith(FOLDER)) tree.write(path, text.replaceAll("\n", "\r\n"));
    const before = readFiles(tree);
    kubernetesGenerator(tree, {});
    expect(readChanges(before, readFiles(tree))).toEqual({});
  });

  it("follows the workspace where nobody has edited, and in what somebody has with ports and addresses alone", async () => {
    const tree = await workspaceWithServices();
    kubernetesGenerator(tree, {});
    editFile(tree, `${BASE}/billing/deployment.yaml`, "memory: 512Mi", "memory: 2Gi # measured");
    editFile(tree, `${BASE}/app/config.properties`, "NODE_ENV=production\n", "NODE_ENV=production\nLOG_LEVEL=debug\n");
    editFile(tree, `${BASE}/app/config.properties`, "http://order-history:3002", "https://orders.internal.example.com");
    const before = readFiles(tree);
    kubernetesGenerator(tree, {});
    expect(readChanges(before, readFiles(tree))).toEqual({});
    editFile(tree, "modules/billing/billing.yml", "port: 3001", "port: 3009");
    editFile(tree, "modules/order-history/order-history.yml", "port: 3002", "port: 3008");
    kubernetesGenerator(tree, {});
    const { [`${BASE}/billing/deployment.yaml`]: deployment = "", [`${BASE}/app/config.properties`]: settings = "" } = before;
    expect(read(tree, `${BASE}/billing/deployment.yaml`)).toBe(deployment.replace("containerPort: 3001", "containerPort: 3009"));
    expect(read(tree, `${BASE}/app/config.properties`)).toBe(settings.replace("http://billing:3001", "http://billing:3009"));
    expect(settingsOf(tree, "order-history")).toEqual(expect.arrayContaining(["PORT=3008", "MICROSERVICE_BILLING_URL=http://billing:3009"]));
    expect(readPart(tree, "billing/service.yaml", "spec", "ports")).toEqual([{ name: "http", port: 3009, targetPort: "http" }]);
    editFile(tree, `${BASE}/billing/service.yaml`, "type: ClusterIP", "type: LoadBalancer");
    editFile(tree, "modules/billing/billing.yml", "port: 3009", "port: 3010");
    kubernetesGenerator(tree, {});
    expect(readPart(tree, "billing/service.yaml", "spec")).toMatchObject({ type: "LoadBalancer", ports: [{ port: 3010 }] });
  });

  it("leaves manifests that somebody else wrote, and says so", async () => {
    const tree = await workspaceWithServices();
    kubernetesGenerator(tree, {});
    const foreign = {
      [`${BASE}/billing/config.properties`]: "PORT=8080\nMICROSERVICE_ORDER_HISTORY_URL=http://order-history:80\n",
      [`${BASE}/billing/deployment.yaml`]: read(tree, `${BASE}/billing/deployment.yaml`).replace(/^.*\n/, "").replace("containerPort: 3001", "containerPort: 8080"),
      [`${BASE}/billing/service.yaml`]: "{{ template: not yet YAML\n",
    };
    for (const [path, text] of Object.entries(foreign)) tree.write(path, text);
    said = [];
    await kubernetesGenerator(tree, {})();
    expect(readFiles(tree)).toMatchObject(foreign);
    for (const path of Object.keys(foreign)) expect(said).toContain(`${path} was not written by this generator, so it was left: its port and addresses are yours to keep in step. To have it written, delete it.`);
  });

  it.each([
    ["beside the services' folders", "billing.yaml", "", "billing.yaml"],
    ["in a folder of its own", "shop/all.yaml", "", "shop"],
    ["in another one's place", "billing/deployment.yaml", "---\napiVersion: v1\nkind: Service\nmetadata: { name: billing }\n", undefined],
  ])("refuses what a person describes %s, and leaves it", async (_, file, more, resource) => {
    const text = `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: billing\n${more}`;
    const tree = await workspaceWithServices({ [`${BASE}/${file}`]: text });
    if (resource !== undefined) {
      // What kustomize does not read is in nobody's way.
      kubernetesGenerator(tree, {});
      editFile(tree, `${BASE}/kustomization.yaml`, "  - app\n", `  - app\n  - ${resource}\n`);
    }
    const place = more === "" ? "deployment.yaml" : "service.yaml";
    await expectRefusal(flush(tree), (again) => kubernetesGenerator(again, {}), { code: "KUBERNETES_CONFLICT", where: `${BASE}/${file}`, remedy: expect.stringContaining(`${BASE}/billing/${place}`) as string });
  });

  it("says what an edited file lacks", async () => {
    const tree = await workspaceWithServices();
    kubernetesGenerator(tree, {});
    editFile(tree, `${BASE}/billing/networkpolicy.yaml`, "port: 5432", "port: 25060");
    editFile(tree, `${BASE}/billing/deployment.yaml`, "cpu: 100m", "cpu: 50m");
    await microserviceGenerator(tree, { name: "payments" });
    tree.write("modules/payments/src/invoices.ts", "export const url = process.env.MICROSERVICE_BILLING_URL;\n");
    tree.write("modules/billing/src/store.ts", "export const url = process.env.ARCHIVE_DATABASE_URL;\n");
    said = [];
    await kubernetesGenerator(tree, {})();
    expect(said).toContain(`payments calls billing, and ${BASE}/billing/networkpolicy.yaml does not let it in. It was edited by hand, so it was left.`);
    expect(said).toContain(`billing needs ARCHIVE_DATABASE_URL, which ${BASE}/billing/deployment.yaml does not name. It was edited by hand, so it was left.`);
    expect(said.filter((line) => line.includes("does not let"))).toHaveLength(1);
  });

  it("makes no file again that was taken out of the list", async () => {
    const tree = await workspaceWithServices();
    kubernetesGenerator(tree, {});
    editFile(tree, `${BASE}/billing/kustomization.yaml`, "  - hpa.yaml\n", "");
    tree.delete(`${BASE}/billing/hpa.yaml`);
    tree.delete(`${BASE}/billing/pdb.yaml`);
    kubernetesGenerator(tree, {});
    expect(tree.exists(`${BASE}/billing/hpa.yaml`)).toBe(false);
    expect(tree.exists(`${BASE}/billing/pdb.yaml`)).toBe(true);
  });

  it("is undone by the service's removal and a second run", async () => {
    const tree = await workspaceWithServices();
    kubernetesGenerator(tree, {});
    const before = readFiles(tree);
    await microserviceGenerator(tree, { name: "payments" });
    kubernetesGenerator(tree, {});
    expect(tree.exists(`${BASE}/payments/deployment.yaml`)).toBe(true);
    expect(read(tree, `${FOLDER}/overlays/staging/kustomization.yaml`)).toContain("  - name: payments\n    newName: payments\n    newTag: unset\n");
    const added = flush(tree);
    await microserviceRemoveGenerator(added, { name: "payments", force: true });
    kubernetesGenerator(added, {});
    expect(readChanges(before, readFiles(added))).toEqual({});
  });

  it("leaves the edited manifests of a removed service where they are and listed, and says so", async () => {
    const tree = await workspaceWithServices();
    kubernetesGenerator(tree, {});
    editFile(tree, `${BASE}/billing/pdb.yaml`, "maxUnavailable: 1", "maxUnavailable: 2");
    const removed = flush(tree);
    await microserviceRemoveGenerator(removed, { name: "billing", force: true });
    said = [];
    await kubernetesGenerator(removed, {})();
    expect(read(removed, `${BASE}/billing/pdb.yaml`)).toContain("maxUnavailable: 2");
    expect(parse(read(removed, `${BASE}/kustomization.yaml`))).toMatchObject({ resources: ["app", "billing", "order-history"] });
    expect(said.join("\n")).toContain(`billing is no service of the workspace any more. ${BASE}/billing was changed by hand`);
  });

  it("leaves overlays to their reader, but for the images of new services", async () => {
    const tree = await workspaceWithServices();
    kubernetesGenerator(tree, {});
    const overlay = `${FOLDER}/overlays/production/kustomization.yaml`;
    const digest = `sha256:${"a".repeat(64)}`;
    tree.write(overlay, `# ours\nresources: [../../base, ingress.yaml]\nimages:\n- digest: ${digest}\n  name: billing\n  newName: ghcr.io/acme/billing\n- name: app\n  newTag: "7"\nnamespace: shop\nkind: Kustomization\n`);
    const before = read(tree, overlay);
    kubernetesGenerator(tree, {});
    expect(read(tree, overlay)).toBe(before.replace('  newTag: "7"\n', '  newTag: "7"\n- name: order_history\n  newName: order_history\n  newTag: unset\n'));
    const after = readFiles(tree);
    kubernetesGenerator(tree, { environments: ["preview"], namespace: "acme-{environment}-eu" });
    const changes = readChanges(after, readFiles(tree));
    expect(Object.keys(changes)).toEqual([`${FOLDER}/overlays/preview/kustomization.yaml`]);
    expect(parse(Object.values(changes)[0] ?? "")).toMatchObject({ namespace: "acme-preview-eu" });
  });

  it("adds services to a list that somebody has edited, and takes them out", async () => {
    const tree = await workspaceWithServices();
    kubernetesGenerator(tree, {});
    editFile(tree, `${BASE}/kustomization.yaml`, "  - app\n", "  - namespace.yaml # ours\n  - app\n");
    await microserviceGenerator(tree, { name: "payments" });
    kubernetesGenerator(tree, {});
    const added = flush(tree);
    await microserviceRemoveGenerator(added, { name: "billing", force: true });
    kubernetesGenerator(added, {});
    expect(read(added, `${BASE}/kustomization.yaml`)).toContain("resources:\n  - namespace.yaml # ours\n  - app\n  - order-history\n  - payments\n");
  });

  it("has the overlays that are named deploy what was pushed, and changes nothing else", async () => {
    const tree = await workspaceWithServices();
    kubernetesGenerator(tree, {});
    await microserviceGenerator(tree, { name: "payments" });
    const digest = `sha256:${"b".repeat(64)}`;
    tree.write(".nx/images/order_history.json", JSON.stringify({ references: ["localhost:5000/acme/order_history:sha-1", "x"], digest }));
    const before = readFiles(tree);
    kubernetesGenerator(tree, { environments: ["staging"], pushed: ["@module/order-history,@module/app", ""] });
    const overlay = `${FOLDER}/overlays/staging/kustomization.yaml`;
    const text = before[overlay]?.replace("    newName: order_history\n    newTag: unset\n", `    newName: localhost:5000/acme/order_history\n    digest: ${digest}\n`);
    expect(readChanges(before, readFiles(tree))).toEqual({ [overlay]: text });
    kubernetesGenerator(tree, {});
    expect(read(tree, overlay)).toContain(digest);
  });

  it.each([
    ["no environment", { pushed: ["billing"] }, { code: "ENVIRONMENT_MISSING", remedy: "name some of production, staging" }],
    ["an environment that has no overlay", { pushed: ["billing"], environments: ["preview"] }, { code: "ENVIRONMENT_MISSING", where: `${FOLDER}/overlays/preview/kustomization.yaml` }],
    ["a service that is none", { pushed: ["nothing"], environments: ["staging"] }, { code: "SERVICE_MISSING", where: "--pushed" }],
    ["what nobody has pushed", { pushed: ["billing"], environments: ["staging"] }, { code: "PUSHED_MISSING", where: ".nx/images/billing.json", remedy: "push it first: nx docker-push billing" }],
  ])("refuses to deploy what was pushed with %s", async (_, options, error) => {
    const tree = await workspaceWithServices();
    kubernetesGenerator(tree, {});
    await expectRefusal(flush(tree), (written) => kubernetesGenerator(written, options), error);
  });

  it.each([
    ["an environment that no namespace can be called after", { environments: ["Staging"] }, {}, { code: "ENVIRONMENT_ILLEGAL", where: "--environments" }],
    ["an environment that leads out of the folder", { environments: ["../../modules"] }, {}, { code: "ENVIRONMENT_ILLEGAL" }],
    ["a namespace that is none", { namespace: "acme_{environment}" }, {}, { code: "NAMESPACE_ILLEGAL", where: "--namespace" }],
    ["an overlay that is not YAML", {}, { [`${FOLDER}/overlays/staging/kustomization.yaml`]: "images: [\n" }, { code: "KUBERNETES_INVALID" }],
    ["an overlay whose images are no list", {}, { [`${FOLDER}/overlays/staging/kustomization.yaml`]: "images: none\n" }, { code: "KUBERNETES_UNSUPPORTED" }],
  ])("refuses %s, and writes nothing", async (_, options, files, error) => {
    await expectRefusal(await workspaceWithServices(files), (tree) => kubernetesGenerator(tree, options), error);
  });

  it("refuses a workspace with nothing to deploy", async () => {
    await expectRefusal(createWorkspace({ "modules/app/app.yml": "type: module\n" }), (tree) => kubernetesGenerator(tree, {}), { code: "KUBERNETES_EMPTY" });
  });
});

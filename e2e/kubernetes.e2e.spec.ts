import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { checkObjects, type KubernetesObject, parseObjects, readAt } from "../packages/nx/src/testing/manifests.js";
import { runProcess } from "./process.js";
import { makeWorkspace } from "./workspace/make-workspace.js";
import type { Workspace } from "./workspace/workspace.js";

const host = inject("host");
const DIGEST = `sha256:${"4".repeat(64)}`;

describe("Kubernetes' manifests of a workspace", () => {
  let workspace: Workspace;
  let kubectl: string;

  const generate = (...argv: string[]) => workspace.run(["nx", "g", "@ooneex/nx:kubernetes", ...argv]);

  /** Every object of an environment, as `kubectl apply -k` would send it. */
  async function build(environment: string): Promise<KubernetesObject[]> {
    const { stdout } = await workspace.run([kubectl, "kustomize", `deploy/kubernetes/overlays/${environment}`]);
    return parseObjects(stdout);
  }

  async function edit(path: string, from: string, to: string): Promise<void> {
    const before = await workspace.read(path);
    expect(before).toContain(from);
    await workspace.write(path, before.replace(from, to));
  }

  beforeAll(async () => {
    const script = join(import.meta.dirname, "..", "tools", "engine", "kubectl.sh");
    kubectl = (await runProcess([script], { cwd: tmpdir(), env: process.env, timeout: 300_000 })).stdout.trim();
    workspace = await makeWorkspace(host, { nx: "23.2", typescript: "7" });
    await workspace.run(["nx", "add", "@ooneex/nx"]);
    await workspace.run(["nx", "g", "@ooneex/nx:microservice", "billing"]);
    await workspace.run(["nx", "g", "@ooneex/nx:microservice", "order history"]);
    await workspace.write("modules/order-history/src/invoices.ts", "export const invoices = () => fetch(`${process.env.MICROSERVICE_BILLING_URL}/invoices`);\n");
    await workspace.commit("feat: two services");
    await generate();
    await workspace.commit("feat: Kubernetes");
  });

  afterAll(() => workspace.dispose());

  it("build with kubectl into objects that the schemas of Kubernetes take", async () => {
    for (const environment of ["staging", "production"]) {
      const objects = await build(environment);
      const services = ["app", "billing", "order-history"];
      const kinds = ["ConfigMap", "Deployment", "HorizontalPodAutoscaler", "NetworkPolicy", "PodDisruptionBudget", "Service", "ServiceAccount"];
      expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.labels?.["app.kubernetes.io/name"]}`).sort()).toEqual(kinds.flatMap((kind) => services.map((name) => `${kind} ${name}`)));
      expect(await checkObjects(objects)).toEqual([]);
      expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set([`acme-${environment}`]));
    }
  });

  it("lead from every address to a port that a container listens on", async () => {
    const objects = await build("production");
    const find = (kind: string, name: string): KubernetesObject | undefined => objects.find((object) => object.kind === kind && object.metadata.name === name);
    const addresses = objects.filter(({ kind }) => kind === "ConfigMap").flatMap((object) => Object.entries(object["data"] as Record<string, string>).filter(([name]) => name.startsWith("MICROSERVICE_")));
    expect(addresses.map(([name]) => name).sort()).toEqual(["MICROSERVICE_BILLING_URL", "MICROSERVICE_BILLING_URL", "MICROSERVICE_ORDER_HISTORY_URL"]);
    for (const [, address] of addresses) {
      const { hostname, port } = new URL(address);
      expect(readAt(find("Service", hostname), "spec", "ports", 0)).toEqual({ name: "http", port: Number(port), targetPort: "http" });
      const container = readAt(find("Deployment", hostname), "spec", "template", "spec", "containers", 0);
      expect(readAt(container, "ports")).toEqual([{ name: "http", containerPort: Number(port) }]);
      const settings = readAt(container, "envFrom", 0, "configMapRef", "name");
      expect(readAt(find("ConfigMap", String(settings)), "data")).toMatchObject({ PORT: port, APP_ENV: "production" });
    }
  });

  it("are the same after a second run, and follow a port", async () => {
    await generate();
    expect(await workspace.gitStatus()).toBe("");
    const settings = (objects: KubernetesObject[]): string[] => objects.filter(({ kind }) => kind === "ConfigMap").map(({ metadata }) => metadata.name);
    const before = settings(await build("staging"));
    await edit("modules/billing/billing.yml", "port: 3001", "port: 3101");
    await workspace.run(["nx", "sync"]);
    await generate();
    const after = settings(await build("staging"));
    // Each of them has the port in it, and a name of its own for each content, which starts new pods.
    expect(after.filter((name) => before.includes(name))).toEqual([]);
    expect(await workspace.read("deploy/kubernetes/base/app/config.properties")).toContain("MICROSERVICE_BILLING_URL=http://billing:3101\n");
    await workspace.commit("chore: another port");
  });

  it("deploy what an overlay says by digest, and keep what somebody has edited", async () => {
    const overlay = "deploy/kubernetes/overlays/production/kustomization.yaml";
    await edit(overlay, "    newName: billing\n    newTag: unset\n", `    newName: ghcr.io/acme/billing\n    digest: ${DIGEST}\n`);
    await edit("deploy/kubernetes/base/billing/deployment.yaml", "memory: 512Mi", "memory: 1Gi");
    await workspace.commit("chore: deploy billing");
    await generate();
    expect(await workspace.gitStatus()).toBe("");
    const deployment = (await build("production")).find(({ kind, metadata }) => kind === "Deployment" && metadata.name === "billing");
    expect(readAt(deployment, "spec", "template", "spec", "containers", 0)).toMatchObject({ image: `ghcr.io/acme/billing@${DIGEST}`, resources: { limits: { memory: "1Gi" } } });
  });

  it("take in a new service, and let it go with its module", async () => {
    await workspace.run(["nx", "g", "@ooneex/nx:microservice", "shipment"]);
    await generate();
    const objects = await build("staging");
    expect(objects.filter(({ metadata }) => metadata.labels?.["app.kubernetes.io/name"] === "shipment")).toHaveLength(7);
    expect(await checkObjects(objects)).toEqual([]);
    await workspace.run(["nx", "g", "@ooneex/nx:microservice-remove", "shipment", "--force"]);
    await generate();
    expect(await workspace.gitStatus()).toBe("");
  });

  it("are not written for an environment that Kubernetes cannot name", async () => {
    const { code, stdout, stderr } = await workspace.run(["nx", "g", "@ooneex/nx:kubernetes", "--environments=Staging"], { expect: "failure" });
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain("ENVIRONMENT_ILLEGAL");
    expect(await workspace.gitStatus()).toBe("");
  });
});

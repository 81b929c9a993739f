import { randomBytes } from "node:crypto";
import { openContainers, type Containers } from "../image/containers.js";
import { makeWorkspace } from "../workspace/make-workspace.js";
import type { WorkspaceOptions } from "../workspace/manifest.js";
import type { WorkspaceHost } from "../workspace/template.js";
import type { Workspace } from "../workspace/workspace.js";

/** A workspace with the plugin and three services, whose images no other suite on this engine has names for. */
export interface BatchWorkspace {
  readonly workspace: Workspace;
  readonly containers: Containers;
  /** Names of the services, and of their images' repositories. */
  readonly services: readonly string[];
  /** Image that theirs are built from. */
  readonly base: string;
  /** PATH of the workspace's commands. */
  readonly path: string;
  /** Id of a service's image. */
  id(service: string): Promise<string>;
  /** Ids of all services' images by the service. */
  ids(): Promise<Record<string, string>>;
  /** Makes a service's bundle another. */
  change(service: string): Promise<void>;
  /** Undoes every change since the services were made. */
  restore(): Promise<void>;
  dispose(): Promise<void>;
}

/** Label of every image that a suite's services have. */
const LABEL = "dev.ooneex.nx.e2e";

export async function makeBatchWorkspace(host: WorkspaceHost, options: WorkspaceOptions = {}): Promise<BatchWorkspace> {
  const letters = randomBytes(3).toString("hex").replaceAll(/\d/g, (digit) => "ghijklmnop"[Number(digit)] ?? "");
  const services = ["one", "two", "three"].map((name) => `${name}${letters}`);
  const workspace = await makeWorkspace(host, { typescript: "7", ...options });
  await workspace.run(["nx", "add", "@ooneex/nx"]);
  for (const service of services) {
    await workspace.run(["nx", "g", "@ooneex/nx:microservice", service]);
    const entrypoint = `modules/${service}/src/index.ts`;
    await workspace.write(entrypoint, `import "./domain";\n${await workspace.read(entrypoint)}`);
    await workspace.write(`modules/${service}/src/domain.ts`, 'console.log("first");\n');
  }
  // The packages come from a registry on this machine, so builds have to use this machine's network. The label is for
  // images that lose their name to a later build.
  const nxJson = JSON.parse(await workspace.read("nx.json")) as { targetDefaults: Record<string, unknown> };
  nxJson.targetDefaults["docker-build"] = { options: { network: "host", labels: { [LABEL]: letters } } };
  await workspace.write("nx.json", JSON.stringify(nxJson, null, 2));
  await workspace.commit("feat: three services");
  const containers = openContainers(workspace.root);
  const [base = ""] = /^FROM \S+/m.exec(await workspace.read(`modules/${services[0]}/Dockerfile`)) ?? [];
  const id = (service: string): Promise<string> => containers.inspect(`${service}:latest`, "{{.Id}}");
  const { stdout: path } = await workspace.run(["sh", "-c", "printf %s \"$PATH\""]);
  let changes = 0;
  return {
    workspace,
    containers,
    services,
    base: base.slice("FROM ".length),
    path,
    id,
    ids: async () => Object.fromEntries(await Promise.all(services.map(async (service) => [service, await id(service)] as const))),
    change: (service) => workspace.write(`modules/${service}/src/domain.ts`, `console.log("change ${++changes} of ${letters}");\n`),
    async restore() {
      await workspace.run(["git", "checkout", "--quiet", "."]);
      await workspace.run(["git", "clean", "--quiet", "--force", "modules"]);
    },
    async dispose() {
      const { stdout } = await containers.docker(["image", "ls", "--quiet", "--no-trunc", "--filter", `label=${LABEL}=${letters}`]);
      const ids = stdout.split("\n").filter((line) => line !== "");
      await containers.remove([...new Set(ids)]);
      await workspace.dispose();
    },
  };
}

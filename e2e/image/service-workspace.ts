import { randomBytes } from "node:crypto";
import type { Workspace } from "../workspace/workspace.js";
import { makeWorkspace } from "../workspace/make-workspace.js";
import type { WorkspaceHost } from "../workspace/template.js";
import { openContainers, type Containers } from "./containers.js";

/** A workspace with the plugin and one service, whose image no other suite on this engine has a name for. */
export interface ServiceWorkspace {
  readonly workspace: Workspace;
  readonly containers: Containers;
  /** Name of the service, and of its image's repository. */
  readonly service: string;
  /** `<service>:latest` */
  readonly image: string;
  /** Runs `nx docker-build` and returns what it printed. */
  build(...flags: string[]): Promise<string>;
  /** Runs it expecting it to fail. */
  refuse(...flags: string[]): Promise<string>;
  /** Id of the image that the name stands for. */
  id(): Promise<string>;
  /** Writes a file of the service that its entrypoint imports. */
  use(text: string): Promise<void>;
  dispose(): Promise<void>;
}

/** Label of every image that a suite's service has, by which those are found that lose their name to a later build. */
export const LABEL = "dev.ooneex.nx.e2e";

/**
 * @param prefix - what the service's name begins with, lower-case letters
 * @param variables - added to the environment of what runs in the workspace
 */
export async function makeServiceWorkspace(
  host: WorkspaceHost,
  prefix: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<ServiceWorkspace> {
  const service = `${prefix}${randomBytes(3).toString("hex").replaceAll(/\d/g, (digit) => "ghijklmnop"[Number(digit)] ?? "")}`;
  const image = `${service}:latest`;
  const workspace = await makeWorkspace(host, { typescript: "7" }, variables);
  await workspace.run(["nx", "add", "@ooneex/nx"]);
  await workspace.run(["nx", "g", "@ooneex/nx:microservice", service]);
  // The packages come from a registry on this machine, so builds have to use this machine's network.
  const nxJson = JSON.parse(await workspace.read("nx.json")) as { targetDefaults: Record<string, unknown> };
  nxJson.targetDefaults["docker-build"] = { options: { network: "host", labels: { [LABEL]: service } } };
  await workspace.write("nx.json", JSON.stringify(nxJson, null, 2));
  const entrypoint = `modules/${service}/src/index.ts`;
  await workspace.write(entrypoint, `import "./domain";\n${await workspace.read(entrypoint)}`);
  await workspace.write(`modules/${service}/src/domain.ts`, "export {};\n");
  await workspace.commit("feat: a service");
  const containers = openContainers(workspace.root);
  const run = async (flags: readonly string[], expect: "success" | "failure"): Promise<string> => {
    const { stdout, stderr } = await workspace.run(["nx", "docker-build", service, ...flags], { expect });
    return stdout + stderr;
  };
  return {
    workspace,
    containers,
    service,
    image,
    build: (...flags) => run(flags, "success"),
    refuse: (...flags) => run(flags, "failure"),
    id: () => containers.inspect(image, "{{.Id}}"),
    use: (text) => workspace.write(`modules/${service}/src/domain.ts`, text),
    async dispose() {
      const list = ["image", "ls", "--quiet", "--no-trunc"];
      const listed = await Promise.all([[service], ["--filter", `label=${LABEL}=${service}`]].map((which) => containers.docker([...list, ...which])));
      await containers.remove([...new Set(listed.flatMap(({ stdout }) => stdout.split("\n")).filter((id) => id !== ""))]);
      await workspace.dispose();
    },
  };
}

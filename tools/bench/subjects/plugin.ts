import type { Subject } from "./subject.js";

/** How long a set may take to build, in milliseconds. */
export const BUILD_TIMEOUT = 600_000;

/**
 * The plugin as it is after `nx add` and `nx g`: no option but the network that this machine's registry needs.
 *
 * @param mode - `batch` is what Nx does unless it is told otherwise: it hands all services to the executor at once; `tasks` is
 *   one task a service
 * @param tag - a tag for its images beside `latest`, where others may build images of the same name
 */
export function openPlugin(mode: "tasks" | "batch", tag = "latest"): Subject {
  const how = mode === "batch" ? [] : ["--batch=false"];
  return {
    name: mode === "tasks" ? PLUGIN_TASKS : PLUGIN,
    code: mode === "tasks" ? "qt" : "qb",
    async prepare(workspace) {
      const nxJson = JSON.parse(await workspace.read("nx.json")) as { targetDefaults: Record<string, unknown> };
      nxJson.targetDefaults["docker-build"] = { options: { network: "host", ...(tag === "latest" ? {} : { tags: [`:${tag}`] }) } };
      await workspace.write("nx.json", `${JSON.stringify(nxJson, null, 2)}\n`);
    },
    writeServices: () => Promise.resolve(),
    async build(workspace, services) {
      const projects = services.map((service) => `@module/${service}`).join(",");
      await workspace.run(["nx", "run-many", "-t", "docker-build", "-p", projects, ...how], { timeout: BUILD_TIMEOUT });
    },
    async buildAffected(workspace) {
      await workspace.run(["nx", "affected", "-t", "docker-build", "--base=HEAD", ...how], { timeout: BUILD_TIMEOUT });
    },
    tag: (service) => `${service.replaceAll("-", "_")}:${tag}`,
  };
}

export const PLUGIN = "@ooneex/nx";
export const PLUGIN_TASKS = "@ooneex/nx --batch=false";

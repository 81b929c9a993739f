import { describe, expect, it } from "vitest";
import { findObstacle } from "./obstacle.js";
import type { Running, ServiceConfiguration } from "./situation.js";

const RUNNING: Running = { container: "first", image: "sha256:1", state: "running, healthy" };

interface Case {
  readonly configuration?: ServiceConfiguration;
  readonly running?: Running | undefined;
  readonly containers?: readonly string[];
  /** Folders that the container writes into. */
  readonly volumes?: string;
}

function find({ configuration = {}, volumes = "\n", containers = ["first"], ...given }: Case): Promise<string | undefined> {
  const running = "running" in given ? given.running : RUNNING;
  const plan = { service: "billing", file: "compose.yml", envFiles: [], projectName: undefined, image: undefined, timeout: 1, rolling: undefined, settle: 0, command: "", pull: undefined };
  const situation = { project: "acme", image: "billing:latest", running, containers, configuration };
  return findObstacle({ plan, situation, compose: ["docker", "compose"], root: "/", probe: () => Promise.resolve({ code: 0, stdout: volumes, stderr: "" }) });
}

describe("findObstacle", () => {
  it.each<[string, Case, string]>([
    ["a published port", { configuration: { ports: [{ target: 3500 }] } }, "it publishes a port"],
    ["a name of its own", { configuration: { container_name: "bill" } }, "its container_name bill can be used once"],
    ["no network of its own", { configuration: { network_mode: "host" } }, "its network_mode is host"],
    ["an address of its own", { configuration: { networks: { default: null, inner: { ipv4_address: "10.1.1.1" } } } }, "it has an address of its own"],
    ["a volume", { volumes: "/data\n\n" }, "two billing would write to its volume /data"],
    ["health that nobody knows", { running: { ...RUNNING, state: "running" } }, "the one that runs is not known to be healthy (running)"],
    ["health that is bad", { running: { ...RUNNING, state: "running, unhealthy" } }, "the one that runs is not known to be healthy (running, unhealthy)"],
    ["two containers", { containers: ["first", "second"] }, "it has 2 containers"],
  ])("finds %s", async (_, world, reason) => {
    expect(await find(world)).toBe(reason);
  });

  it("finds none in a service that a generated file describes, nor where nothing runs", async () => {
    expect(await find({ configuration: { image: "billing:latest", networks: { default: null } } })).toBeUndefined();
    expect(await find({ running: undefined, containers: [] })).toBeUndefined();
  });
});

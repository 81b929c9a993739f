import { describe, expect, it } from "vitest";
import type { Running } from "./containers.js";
import { findObstacle } from "./obstacle.js";
import type { ServiceConfiguration } from "./situation.js";

const RUNNING: Running = { container: "first", image: "sha256:1", state: "running, healthy" };

interface Case {
  readonly configuration?: ServiceConfiguration;
  readonly running?: Running | undefined;
  /** What the container has from elsewhere, as the engine tells it. */
  readonly mounts?: string;
  /** The exit code with which it does. */
  readonly code?: number;
}

function mount(type: string, folder: string, isWritable = true): string {
  return JSON.stringify([{ Type: type, Destination: folder, RW: isWritable }]);
}

function find({ configuration = {}, mounts = "[]", code = 0, ...given }: Case): Promise<string | undefined> {
  const running = "running" in given ? given.running : RUNNING;
  const plan = { service: "billing", file: "compose.yml", envFiles: [], projectName: undefined, image: undefined, timeout: 1, rolling: undefined, settle: 0, command: "", pull: undefined, pullTimeout: undefined };
  const situation = { project: "acme", image: "billing:latest", running, containers: running === undefined ? [] : [running], configuration };
  return findObstacle({ plan, situation, compose: ["docker", "compose"], root: "/", probe: () => Promise.resolve({ code, stdout: mounts, stderr: "" }) });
}

describe("findObstacle", () => {
  it.each<[string, Case, string]>([
    ["a published port", { configuration: { ports: [{ target: 3500 }] } }, "it publishes a port"],
    ["a name of its own", { configuration: { container_name: "bill" } }, "its container_name bill can be used once"],
    ["no network of its own", { configuration: { network_mode: "host" } }, "its network_mode is host"],
    ["an address of its own", { configuration: { networks: { default: null, inner: { ipv4_address: "10.1.1.1" } } } }, "it has an address of its own"],
    ["a volume", { mounts: mount("volume", "/data") }, "two billing would write to its volume /data"],
    ["health that nobody knows", { running: { ...RUNNING, state: "running" } }, "the one that runs is not known to be healthy (running)"],
    ["health that is bad", { running: { ...RUNNING, state: "running, unhealthy" } }, "the one that runs is not known to be healthy (running, unhealthy)"],
    ["three containers by scale", { configuration: { scale: 3 } }, "it has 3 containers"],
    ["three containers by deploy.replicas", { configuration: { deploy: { replicas: 3 } } }, "it has 3 containers"],
    ["an engine that does not tell of volumes", { mounts: "\n", code: 1 }, "the engine does not say which volumes it writes to"],
  ])("finds %s", async (_, world, reason) => {
    expect(await find(world)).toBe(reason);
  });

  it("finds none in a service that a generated file describes, nor where nothing runs", async () => {
    expect(await find({ configuration: { image: "billing:latest", networks: { default: null } } })).toBeUndefined();
    expect(await find({ configuration: { scale: 1, deploy: { replicas: 1 } } })).toBeUndefined();
    expect(await find({ running: undefined })).toBeUndefined();
  });

  it("takes a file system in memory, and a volume that is only read, for no shared volume", async () => {
    expect(await find({ mounts: mount("tmpfs", "/cache") })).toBeUndefined();
    expect(await find({ mounts: mount("bind", "/settings", false) })).toBeUndefined();
    expect(await find({ mounts: "null\n" })).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { writeWorkspace } from "../../../testing/temporary-workspace.js";
import type { DockerRunOptions } from "../schema.js";
import { resolveRunPlan } from "./resolve-run-plan.js";

const PROJECT = { name: "@module/order-history", root: "modules/order-history", imageName: "order_history" };
const MANIFEST = "modules/order-history/order-history.yml";
const ENV = "modules/order-history/.env.yml";
const EXAMPLE = "modules/order-history/.env.example.yml";

const resolve = (files: Readonly<Record<string, string>>, options: DockerRunOptions = {}) =>
  resolveRunPlan(options, PROJECT, writeWorkspace(files));

describe("resolveRunPlan", () => {
  it("runs the service's image on this machine alone, as strictly as production does", () => {
    expect(resolve({})).toMatchObject({
      image: "order_history:latest",
      host: "127.0.0.1",
      port: 3500,
      env: {},
      hardened: true,
      network: undefined,
      args: [],
    });
  });

  it("takes every option over", () => {
    const options = {
      image: "x:1",
      port: 80,
      host: "0.0.0.0",
      network: "host",
      hardened: false,
      args: ["--cpus", "1"],
    };
    expect(resolve({}, options)).toMatchObject(options);
  });

  it.each([
    ["its env file", { [ENV]: "a: own\n", [EXAMPLE]: "a: example\n" }, {}, { A: "own" }],
    ["the example of it where there is none", { [EXAMPLE]: "a: example\n" }, {}, { A: "example" }],
    ["the one that is asked for", { [ENV]: "a: own\n", "ci.yml": "a: ci\n" }, { envFile: "ci.yml" }, { A: "ci" }],
    [
      "variables on top of that",
      { [ENV]: "a: own\nb: own\n" },
      { env: { A: "option", C: "" } },
      { A: "option", B: "own", C: "" },
    ],
    [
      "the names that the runtime gives",
      { [ENV]: "app:\n  host: h\ncache:\n  redis:\n    url: r\n" },
      {},
      { HOST_NAME: "h", CACHE_REDIS_URL: "r" },
    ],
  ])("reads the environment from %s", (_title, files, options, env) => {
    expect(resolve(files, options).env).toEqual(env);
  });

  it.each([
    [
      "the option",
      { [ENV]: "app: { port: 3001 }\n", [MANIFEST]: "port: 3002\n" },
      { port: 4000, env: { PORT: "5000" } },
      4000,
    ],
    ["a variable", { [ENV]: "app: { port: 3001 }\n", [MANIFEST]: "port: 3002\n" }, { env: { PORT: "5000" } }, 5000],
    ["the env file", { [ENV]: "app: { port: 3001 }\n", [MANIFEST]: "port: 3002\n" }, {}, 3001],
    ["the manifest", { [ENV]: 'app: { port: "" }\n', [MANIFEST]: "port: 3002\n" }, {}, 3002],
    ["the image", { [MANIFEST]: "type: microservice\n" }, {}, 3500],
  ])("takes the port from %s first", (_title, files, options, port) => {
    expect(resolve(files, options).port).toBe(port);
  });

  it.each([
    [{}, { envFile: "gone.yml" }, { code: "ENV_FILE_MISSING", where: "gone.yml" }],
    [{ [ENV]: "a: [\n" }, {}, { code: "ENV_YML_INVALID", where: expect.stringContaining(ENV) as string }],
    [{ [MANIFEST]: "port: [\n" }, {}, { code: "MANIFEST_INVALID", where: MANIFEST }],
  ])("refuses %j with %j", (files, options, error) => {
    expect(() => resolve(files, options)).toThrowError(expect.objectContaining(error) as Error);
  });
});

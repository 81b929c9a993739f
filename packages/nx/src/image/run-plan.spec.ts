import { describe, expect, it } from "vitest";
import { buildRunCommand, type RunPlan } from "./run-plan.js";

const PLAN: RunPlan = {
  image: "billing:latest",
  name: "billing-1",
  port: 3001,
  host: "127.0.0.1",
  env: { APP_ENV: "local", DATABASE_URL: "postgres://me:secret@db/billing", PORT: "9" },
  network: undefined,
  hardened: true,
  args: [],
};

describe("buildRunCommand", () => {
  it("publishes the port on this machine alone and passes no value on the command line", () => {
    const { argv, env } = buildRunCommand(PLAN, "docker");
    expect(argv.join(" ")).toBe(
      "docker run --rm --name billing-1 --init --publish 127.0.0.1:3001:3001 --read-only --tmpfs /tmp --cap-drop ALL" +
        " --security-opt no-new-privileges --env APP_ENV --env DATABASE_URL --env PORT --env HOST_NAME billing:latest",
    );
    expect(env).toEqual({ ...PLAN.env, HOST_NAME: "0.0.0.0", PORT: "3001" });
  });

  it("keeps the service's variables from the engine's client", () => {
    const { argv, env } = buildRunCommand({ ...PLAN, env: { DOCKER_HOST: "tcp://db", PATH: "/x", TOKEN: "s" } }, "docker");
    expect(argv).toEqual(expect.arrayContaining(["DOCKER_HOST=tcp://db", "PATH=/x", "TOKEN"]));
    expect(env).toEqual({ TOKEN: "s", HOST_NAME: "0.0.0.0", PORT: "3001" });
  });

  it("writes an IPv6 address in brackets", () => {
    expect(buildRunCommand({ ...PLAN, host: "::1" }, "docker").argv).toContain("[::1]:3001:3001");
  });

  it("publishes nothing on the host's own network", () => {
    const { argv } = buildRunCommand({ ...PLAN, env: {}, network: "host", hardened: false, args: ["--cpus", "1"] }, "podman");
    expect(argv.join(" ")).toBe("podman run --rm --name billing-1 --network host --env HOST_NAME --env PORT --cpus 1 billing:latest");
  });
});

import type { Command, EngineKind } from "./build-plan.js";

/** How one container is run in the foreground, independent of the engine. */
export interface RunPlan {
  /** Reference of the image. */
  readonly image: string;
  /** Name of the container, by which it can be removed when its client is gone. */
  readonly name: string;
  /** TCP port that the service listens on in the container, and that is published under the same number. */
  readonly port: number;
  /** Address of this machine that the port is published on. */
  readonly host: string;
  /**
   * Environment of the container. Values do not reach a command line, which every user of the machine can read, unless the
   * engine's client would take the variable for its own.
   */
  readonly env: Readonly<Record<string, string>>;
  readonly network: string | undefined;
  /** Run as strictly as production does: read-only, without capabilities, without new privileges. */
  readonly hardened: boolean;
  /** More flags of `docker run`, verbatim. */
  readonly args: readonly string[];
}

const HARDENED = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];

/**
 * An init of the engine's as first process. Without one, a service that does not handle a signal ignores it and cannot
 * be interrupted. Podman's is an optional package.
 */
const INIT: Readonly<Record<EngineKind, readonly string[]>> = { docker: ["--init"], podman: [] };

/**
 * Variables that change what the engine's client does. A service's `docker.host` is `DOCKER_HOST` once it is flattened, and
 * would send the container to another machine.
 */
const READ_BY_CLIENT = /^(?:PATH|HOME|USER|TMPDIR|(?:DOCKER|BUILDX|BUILDKIT|CONTAINERS?|PODMAN|XDG|LD|GO|SSL)_.*|GODEBUG|.*_PROXY)$/i;

/** Builds the command that runs a plan's container and removes it at its end. */
export function buildRunCommand(plan: RunPlan, engine: EngineKind): Command {
  const env = { ...plan.env, HOST_NAME: "0.0.0.0", PORT: String(plan.port) };
  // A container on the host's network has the host's ports already.
  const network =
    plan.network === "host"
      ? ["--network", "host"]
      : [
          ...(plan.network === undefined ? [] : ["--network", plan.network]),
          "--publish",
          `${formatHost(plan.host)}:${plan.port}:${plan.port}`,
        ];
  return {
    argv: [
      engine,
      "run",
      "--rm",
      "--name",
      plan.name,
      ...INIT[engine],
      ...network,
      ...(plan.hardened ? HARDENED : []),
      ...Object.entries(env).flatMap(([name, value]) => ["--env", READ_BY_CLIENT.test(name) ? `${name}=${value}` : name]),
      ...plan.args,
      plan.image,
    ],
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !READ_BY_CLIENT.test(name))),
  };
}

/** An IPv6 address stands in brackets, so that its colons are not taken for the port's. */
export function formatHost(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

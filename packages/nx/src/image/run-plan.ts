import type { Command, EngineKind } from "./build-plan.js";

/** How one container is run in the foreground, independent of the engine. */
export interface RunPlan {
  /** Reference of the image. */
  readonly image: string;
  /** TCP port that the service listens on in the container, and that is published under the same number. */
  readonly port: number;
  /** Address of this machine that the port is published on. */
  readonly host: string;
  /** Environment of the container. Values never reach a command line, which every user of the machine can read. */
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
      ...INIT[engine],
      ...network,
      ...(plan.hardened ? HARDENED : []),
      ...Object.keys(env).flatMap((name) => ["--env", name]),
      ...plan.args,
      plan.image,
    ],
    env,
  };
}

/** An IPv6 address stands in brackets, so that its colons are not taken for the port's. */
export function formatHost(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

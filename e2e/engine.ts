import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A container engine that answers on this machine. */
export interface Engine {
  readonly kind: "docker" | "podman";
  /** Of the server, such as `26.1.5`. */
  readonly version: string;
}

/** Why there is none, in one line. */
export interface NoEngine {
  readonly none: string;
}

const ANSWER_TIMEOUT = 15_000;

/** What proves that an engine is there: its server's version. For docker also the builder, which is a plugin of its own. */
const PROBES: readonly { kind: Engine["kind"]; version: string[]; needs: string[][] }[] = [
  { kind: "docker", version: ["version", "--format", "{{.Server.Version}}"], needs: [["buildx", "version"]] },
  { kind: "podman", version: ["info", "--format", "{{.Version.Version}}"], needs: [] },
];

/** Asks docker, then podman. A client without a server, or one that hangs, is no engine. */
export async function findEngine(): Promise<Engine | NoEngine> {
  const reasons: string[] = [];
  for (const { kind, version, needs } of PROBES) {
    try {
      const answer = await ask(kind, version);
      for (const argv of needs) await ask(kind, argv);
      return { kind, version: answer };
    } catch (error) {
      reasons.push(describeFailure(kind, error));
    }
  }
  return { none: reasons.join("; ") };
}

async function ask(kind: Engine["kind"], argv: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(kind, argv, { timeout: ANSWER_TIMEOUT });
  return stdout.trim();
}

function describeFailure(kind: Engine["kind"], error: unknown): string {
  const { code, killed, stderr } = error as { code?: unknown; killed?: boolean; stderr?: string };
  if (code === "ENOENT") return `${kind} is not installed`;
  if (killed) return `${kind} does not answer within ${ANSWER_TIMEOUT / 1_000} s`;
  return `${kind}: ${stderr?.trim().split("\n")[0] ?? String(error)}`;
}

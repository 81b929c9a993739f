import type { EngineKind } from "../../image/build-plan.js";

/** Options of the `docker-run` executor, as schema.json describes them. */
export interface DockerRunOptions {
  image?: string;
  port?: number;
  host?: string;
  envFile?: string;
  env?: Record<string, string>;
  network?: string;
  hardened?: boolean;
  args?: string[];
  engine?: EngineKind | "auto";
  dryRun?: boolean;
}

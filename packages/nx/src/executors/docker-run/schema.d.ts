import type { EngineKind } from "../../image/build-plan.js";
import type { Assignments } from "../option-values.js";

/** Options of the `docker-run` executor, as schema.json describes them. */
export interface DockerRunOptions {
  image?: string;
  port?: number;
  host?: string;
  envFile?: string;
  env?: Assignments;
  network?: string;
  hardened?: boolean;
  args?: string[];
  engine?: EngineKind | "auto";
  dryRun?: boolean;
}

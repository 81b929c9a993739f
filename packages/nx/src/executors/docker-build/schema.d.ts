import type { EngineKind } from "../../image/build-plan.js";

/** Options of the `docker-build` executor, as schema.json describes them. */
export interface DockerBuildOptions {
  file?: string;
  target?: string;
  tags?: string[];
  platforms?: string[];
  buildArgs?: Record<string, string>;
  labels?: Record<string, string>;
  secrets?: string[];
  cacheFrom?: string[];
  cacheTo?: string[];
  push?: boolean;
  load?: boolean;
  builder?: string;
  network?: string;
  provenance?: string;
  sbom?: string;
  metadataFile?: string;
  noCache?: boolean;
  pull?: boolean;
  progress?: "auto" | "plain" | "tty" | "quiet" | "rawjson";
  quiet?: boolean;
  engine?: EngineKind | "auto";
  dryRun?: boolean;
}

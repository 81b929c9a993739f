import type { EngineKind } from "../../image/build-plan.js";
import type { Assignments, OneOrMore } from "../option-values.js";

/** Options of the `docker-build` executor, as schema.json describes them. */
export interface DockerBuildOptions {
  file?: string;
  target?: string;
  main?: string;
  prune?: boolean;
  include?: string[];
  external?: string[];
  tags?: string[];
  repository?: string;
  platforms?: string[];
  buildArgs?: Assignments;
  labels?: Assignments;
  secrets?: OneOrMore;
  cacheFrom?: OneOrMore;
  cacheTo?: OneOrMore;
  push?: boolean;
  load?: boolean;
  builder?: string;
  network?: string;
  provenance?: string | boolean;
  sbom?: string | boolean;
  metadataFile?: string;
  digestFile?: string;
  bomFile?: string;
  force?: boolean;
  maxAge?: string;
  timeout?: number;
  noCache?: boolean;
  cache?: boolean;
  pull?: boolean;
  progress?: "auto" | "plain" | "tty" | "quiet" | "rawjson";
  quiet?: boolean;
  engine?: EngineKind | "auto";
  optional?: boolean;
  dryRun?: boolean;
}

import type { BuildPlan } from "../image/build-plan.js";

/** Makes the plan of `billing` where nothing is said, with what a test says. */
export function createPlan(part: Partial<BuildPlan> = {}): BuildPlan {
  return {
    file: "modules/billing/Dockerfile",
    stagedFile: undefined,
    target: "production",
    tags: ["billing:latest"],
    platforms: [],
    buildArgs: {},
    buildContexts: {},
    labels: {},
    secrets: [],
    cacheFrom: [],
    cacheTo: [],
    push: false,
    load: undefined,
    builder: undefined,
    network: undefined,
    provenance: undefined,
    sbom: undefined,
    metadataFile: undefined,
    noCache: false,
    pull: false,
    progress: undefined,
    quiet: false,
    ...part,
  };
}

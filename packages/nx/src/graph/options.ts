/** Options of the plugin's entry in nx.json. Each renames an inferred target. */
export interface OoneexPluginOptions {
  /** Target that bundles a service with Bun. Default: `build`. */
  buildTargetName?: string;
  /** Target that runs a service from source and restarts it on changes. Default: `serve`. */
  serveTargetName?: string;
  /** Target that builds a service's image. Default: `docker-build`. */
  dockerBuildTargetName?: string;
  /** Target that runs a service's image. Default: `docker-run`. */
  dockerRunTargetName?: string;
}

/** {@link OoneexPluginOptions} with every default filled in. */
export type NormalizedPluginOptions = Readonly<Required<OoneexPluginOptions>>;

/** Fills in the defaults. */
export function resolvePluginOptions(options: OoneexPluginOptions | undefined): NormalizedPluginOptions {
  return {
    buildTargetName: options?.buildTargetName ?? "build",
    serveTargetName: options?.serveTargetName ?? "serve",
    dockerBuildTargetName: options?.dockerBuildTargetName ?? "docker-build",
    dockerRunTargetName: options?.dockerRunTargetName ?? "docker-run",
  };
}

/** Options of the plugin's entry in nx.json. Those that end in `TargetName` rename an inferred target. */
export interface OoneexPluginOptions {
  /** Target that bundles a service with Bun. Default: `build`. */
  buildTargetName?: string;
  /** Target that runs a service from source and restarts it on changes. Default: `serve`. */
  serveTargetName?: string;
  /** Target that builds a service's image. Default: `docker-build`. */
  dockerBuildTargetName?: string;
  /** Target that runs a service's image. Default: `docker-run`. */
  dockerRunTargetName?: string;
  /** Target that draws what runs where and who calls whom. Default: `topology`. */
  topologyTargetName?: string;
  /** Target that pushes a service's image. Default: `docker-push`. */
  dockerPushTargetName?: string;
  /** Target that replaces a service of a compose file by a new image. Default: `deploy`. */
  deployTargetName?: string;
  /** Where each service's image has a repository of its name, such as `ghcr.io/acme`. `docker-push` reads it. */
  registry?: string;
  /** Compose file of production, from the workspace root. Default: `docker-compose.production.yml`. */
  composeFile?: string;
  /** Folder of the Kubernetes manifests, from the workspace root. Default: `deploy/kubernetes`. */
  kubernetesFolder?: string;
}

/** {@link OoneexPluginOptions} with every default filled in. */
export type NormalizedPluginOptions = Readonly<Required<Omit<OoneexPluginOptions, "registry" | "composeFile" | "kubernetesFolder">>>;

/** Fills in the defaults. */
export function resolvePluginOptions(options: OoneexPluginOptions | undefined): NormalizedPluginOptions {
  return {
    buildTargetName: options?.buildTargetName ?? "build",
    serveTargetName: options?.serveTargetName ?? "serve",
    dockerBuildTargetName: options?.dockerBuildTargetName ?? "docker-build",
    dockerRunTargetName: options?.dockerRunTargetName ?? "docker-run",
    topologyTargetName: options?.topologyTargetName ?? "topology",
    dockerPushTargetName: options?.dockerPushTargetName ?? "docker-push",
    deployTargetName: options?.deployTargetName ?? "deploy",
  };
}

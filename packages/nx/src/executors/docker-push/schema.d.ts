/** Options of the `docker-push` executor, as schema.json describes them. */
export interface DockerPushOptions {
  repository?: string;
  registry?: string;
  tags?: string[];
  movingTags?: string[];
  allowDirty?: boolean;
  force?: boolean;
  registryCache?: boolean;
  digestFile?: string;
  timeout?: number;
  buildTarget?: string;
  dryRun?: boolean;
}

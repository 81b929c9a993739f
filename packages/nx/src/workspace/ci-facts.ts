/** Services that run pipelines. */
export type CiProvider = "github" | "gitlab" | "bitbucket";

/** What a pipeline is written from. */
export interface CiFacts {
  /** Branch that is shipped. */
  readonly mainBranch: string;
  /** Exact version of Bun. */
  readonly bunVersion: string;
  /** Where the images go, such as `ghcr.io/acme`; `undefined` for the provider's own registry. */
  readonly registry: string | undefined;
  readonly dockerBuildTarget: string;
  readonly dockerPushTarget: string;
  readonly deployTarget: string;
}

/** Where each provider looks for its pipeline, relative to the workspace root. */
export const CI_FILES: Readonly<Record<CiProvider, string>> = {
  github: ".github/workflows/ooneex.yml",
  gitlab: ".gitlab-ci.yml",
  bitbucket: "bitbucket-pipelines.yml",
};

/** Git's name of a tree without a file. Against it everything is affected. */
export const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/**
 * Where Nx keeps results. Without it Nx 23.2 keeps them in the home folder, under a name that it makes of the repository, and
 * none of what a provider keeps from run to run would hold them.
 */
export const NX_CACHE = "NX_CACHE_DIRECTORY";

/** Script that brings what a deployment needs and a checkout lacks. It is the user's: written once, and never again. */
export const BEFORE_DEPLOY = "tools/ci/before-deploy.sh";

/** Variables that {@link BEFORE_DEPLOY} reads as it is first written: the template and the pipelines that hand them on take them from here. */
export const BROUGHT = { files: "DEPLOY_FILES", sshKey: "DEPLOY_SSH_KEY", knownHosts: "DEPLOY_KNOWN_HOSTS" } as const;

/**
 * Runs what the user has a deployment begin with. It is read by the shell that deploys, so that what it exports, such as
 * the address of an ssh-agent, counts there.
 */
export const PREPARE_DEPLOY = `if [ -f ${BEFORE_DEPLOY} ]; then . ${BEFORE_DEPLOY}; fi`;

/** Whose the script is, above the line that runs it. */
export const DEPLOY_NOTE = `# ${BEFORE_DEPLOY} is yours: it brings env files and keys, which the checkout lacks.`;

/**
 * Deploys the images that this checkout has pushed, on the engine that the variable names: a pipeline's own is gone with the pipeline.
 *
 * @param target - that deploys
 */
export function deployCommand(target: string): string {
  return `DOCKER_HOST="$DEPLOY_HOST" bunx nx affected -t ${target} --pushed`;
}

/** Logs the engine in to the registry's host. No value of it is ever an argument of a command. */
export const LOGIN = [
  `: "\${REGISTRY_USER:?set it as a secret, with REGISTRY_TOKEN, for $OONEEX_REGISTRY}"`,
  `: "\${REGISTRY_TOKEN:?set it as a secret for $OONEEX_REGISTRY}"`,
  `printf '%s' "$REGISTRY_TOKEN" | docker login "\${OONEEX_REGISTRY%%/*}" --username "$REGISTRY_USER" --password-stdin`,
].join(" && ");

/**
 * Takes the provider's own token where the images go to the provider's own registry, and nowhere else: any other host would
 * be handed what it may act with in the repository.
 *
 * @param host - of that registry, as a word of the shell
 */
export function takeOwnToken(host: string, { user, token }: { readonly user: string; readonly token: string }): string {
  return `if [ "\${OONEEX_REGISTRY%%/*}" = ${host} ]; then export REGISTRY_USER="\${REGISTRY_USER:-$${user}}" REGISTRY_TOKEN="\${REGISTRY_TOKEN:-$${token}}"; fi`;
}

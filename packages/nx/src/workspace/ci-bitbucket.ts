import { type CiFacts, DEPLOY_NOTE, deployCommand, EMPTY_TREE, LOGIN, NX_CACHE, PREPARE_DEPLOY } from "./ci-facts.js";

/**
 * Builds the pipelines of Bitbucket.
 *
 * Bitbucket tells no step which run was the last successful one. The step that ships moves the tag `last-success` of the
 * repository, which a step may push; where there is none, everything is affected.
 */
export function buildBitbucketPipelines({ mainBranch, bunVersion, registry, dockerBuildTarget, dockerPushTarget, deployTarget }: CiFacts): string {
  const target =
    registry === undefined
      ? `: "\${OONEEX_REGISTRY:?set it in the repository variables, such as docker.io/acme}"`
      : `export OONEEX_REGISTRY="\${OONEEX_REGISTRY:-${registry}}"`;
  return `image: docker:28-cli

clone:
  depth: full

options:
  runtime:
    cloud:
      version: "3"

definitions:
  caches:
    bun:
      key:
        files: [bun.lock]
      path: .nx/bun
    nx: .nx/cache
    nx-data: .nx/workspace-data
  scripts:
    - script: &prepare >-
        apk add --no-cache git nodejs npm &&
        npm install --global bun@${bunVersion} &&
        export BUN_INSTALL_CACHE_DIR="$BITBUCKET_CLONE_DIR/.nx/bun" ${NX_CACHE}=.nx/cache &&
        bun install --frozen-lockfile

pipelines:
  pull-requests:
    "**":
      - step:
          name: Check
          caches: [bun, nx, nx-data]
          services: [docker]
          script:
            - *prepare
            - git fetch --quiet origin "+refs/heads/$BITBUCKET_PR_DESTINATION_BRANCH:refs/remotes/origin/$BITBUCKET_PR_DESTINATION_BRANCH"
            - export NX_HEAD=HEAD NX_BASE="$(git merge-base "origin/$BITBUCKET_PR_DESTINATION_BRANCH" HEAD)"
            - bunx nx sync:check
            - bunx nx affected -t lint test
            - bunx nx affected -t ${dockerBuildTarget}
  branches:
    ${JSON.stringify(mainBranch)}:
      - step:
          name: Ship
          deployment: production
          caches: [bun, nx, nx-data]
          services: [docker]
          script:
            - *prepare
            - git fetch --quiet --force origin "+refs/tags/last-success:refs/tags/last-success" || true
            - export NX_HEAD=HEAD NX_BASE="$(git rev-parse --verify --quiet "refs/tags/last-success^{commit}" || echo ${EMPTY_TREE})"
            - bunx nx sync:check
            - bunx nx affected -t lint test
            - ${JSON.stringify(target)}
            - >-
              ${LOGIN}
            - bunx nx affected -t ${dockerPushTarget}
            ${DEPLOY_NOTE}
            - if [ -n "$DEPLOY_HOST" ]; then ${PREPARE_DEPLOY}; ${deployCommand(deployTarget)}; fi
            - git push --force origin HEAD:refs/tags/last-success
`;
}

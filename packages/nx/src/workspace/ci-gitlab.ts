import { type CiFacts, DEPLOY_NOTE, deployCommand, EMPTY_TREE, LOGIN, NX_CACHE, PREPARE_DEPLOY, takeOwnToken } from "./ci-facts.js";

/**
 * Builds the pipeline of GitLab CI.
 *
 * GitLab tells no job which pipeline was the last successful one. The job that ships writes its commit into a cache of its
 * own; where that is gone, the commit before the push is the base, and where there is none, everything is affected.
 */
export function buildGitlabPipeline({ bunVersion, registry, dockerBuildTarget, dockerPushTarget, deployTarget }: CiFacts): string {
  return `stages: [check, ship]

workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH

variables:
  GIT_DEPTH: "0"
  BUN_INSTALL_CACHE_DIR: $CI_PROJECT_DIR/.nx/bun
  ${NX_CACHE}: .nx/cache
  # A variable of the project with the same name comes before this one.
  OONEEX_REGISTRY: ${registry === undefined ? "$CI_REGISTRY_IMAGE" : JSON.stringify(registry)}

.prepare: &prepare
  - npm install --global bun@${bunVersion}
  - bun install --frozen-lockfile
  - export NX_HEAD="$CI_COMMIT_SHA"
  - export NX_BASE="\${CI_MERGE_REQUEST_DIFF_BASE_SHA:-$(cat .nx/last-success 2>/dev/null || true)}"
  - git cat-file -e "$NX_BASE^{commit}" 2>/dev/null || export NX_BASE="$CI_COMMIT_BEFORE_SHA"
  - git cat-file -e "$NX_BASE^{commit}" 2>/dev/null || export NX_BASE=${EMPTY_TREE}

.downloads: &downloads
  key:
    files: [bun.lock]
    prefix: $CI_JOB_NAME
  paths: [.nx/bun, .nx/cache, .nx/workspace-data]

.docker:
  image: docker:28-cli
  services: ["docker:28-dind"]
  variables:
    DOCKER_HOST: tcp://docker:2376
    DOCKER_TLS_CERTDIR: /certs
    DOCKER_TLS_VERIFY: "1"
    DOCKER_CERT_PATH: /certs/client
  before_script:
    - apk add --no-cache git nodejs npm
    - *prepare

test:
  stage: check
  image: node:22-bookworm
  cache:
    - *downloads
    - key: last-success
      paths: [.nx/last-success]
      policy: pull
  before_script:
    - *prepare
  script:
    - bunx nx sync:check
    - bunx nx affected -t lint test

build:
  extends: .docker
  stage: check
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  cache:
    - *downloads
  script:
    - bunx nx affected -t ${dockerBuildTarget}

ship:
  extends: .docker
  stage: ship
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  resource_group: ship
  environment: production
  cache:
    - *downloads
    - key: last-success
      paths: [.nx/last-success]
  script:
    - ${takeOwnToken('"$CI_REGISTRY"', { user: "CI_REGISTRY_USER", token: "CI_REGISTRY_PASSWORD" })}
    - >-
      ${LOGIN}
    - docker context create dind
    - docker buildx create --driver docker-container --use --bootstrap dind
    - bunx nx affected -t ${dockerPushTarget} --registry-cache
    ${DEPLOY_NOTE}
    - if [ -n "$DEPLOY_HOST" ]; then ${PREPARE_DEPLOY}; ${deployCommand(deployTarget)}; fi
    - echo "$CI_COMMIT_SHA" > .nx/last-success
`;
}

import { BROUGHT, type CiFacts, DEPLOY_NOTE, deployCommand, EMPTY_TREE, LOGIN, NX_CACHE, PREPARE_DEPLOY, takeOwnToken } from "./ci-facts.js";

/**
 * The actions that a workflow uses, each by the commit of a released version: a tag can be moved to another one.
 *
 * @see https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions
 */
const ACTIONS = {
  checkout: "actions/checkout@d23441a48e516b6c34aea4fa41551a30e30af803 # v6.1.0",
  bun: "oven-sh/setup-bun@0c5077e51419868618aeaa5fe8019c62421857d6 # v2.2.0",
  cache: "actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae # v5.0.5",
  shas: "nrwl/nx-set-shas@afb73a62d26e41464e9254689e1fd6122ee683c1 # v5.0.1",
} as const;

/**
 * Builds the workflow of GitHub Actions. What GitHub knows of an event comes into a command as a variable only, so that no
 * name of a branch or of a person is ever part of a script.
 */
export function buildGithubWorkflow({ mainBranch, bunVersion, registry, dockerBuildTarget, dockerPushTarget, deployTarget }: CiFacts): string {
  const registryValue = registry === undefined ? "format('ghcr.io/{0}', github.repository)" : `'${registry.replaceAll("'", "''")}'`;
  const prepare = `      - uses: ${ACTIONS.checkout}
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: ${ACTIONS.bun}
        with:
          bun-version: ${JSON.stringify(bunVersion)}
      - uses: ${ACTIONS.cache}
        with:
          path: |
            ~/.bun/install/cache
            .nx/cache
            .nx/workspace-data
          key: ooneex-\${{ runner.os }}-\${{ hashFiles('bun.lock') }}-\${{ github.job }}-\${{ github.sha }}
          restore-keys: ooneex-\${{ runner.os }}-\${{ hashFiles('bun.lock') }}-
      - run: bun install --frozen-lockfile
`;
  return `name: Ooneex

on:
  push:
    branches: [${JSON.stringify(mainBranch)}]
  pull_request:

permissions:
  contents: read

env:
  ${NX_CACHE}: .nx/cache

concurrency:
  group: ooneex-\${{ github.ref }}
  cancel-in-progress: \${{ github.event_name == 'pull_request' }}

jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    permissions:
      contents: read
      # To find the last run that was successful.
      actions: read
    outputs:
      base: \${{ steps.shas.outputs.base }}
      head: \${{ steps.shas.outputs.head }}
    steps:
${prepare}      - id: shas
        uses: ${ACTIONS.shas}
        with:
          main-branch-name: ${JSON.stringify(mainBranch)}
          # Where no run was successful yet, everything is affected.
          fallback-sha: ${EMPTY_TREE}
      - run: bunx nx sync:check
      - run: bunx nx affected -t lint test
      - if: github.event_name == 'pull_request'
        run: bunx nx affected -t ${dockerBuildTarget}

  ship:
    needs: check
    if: github.event_name == 'push'
    runs-on: ubuntu-latest
    timeout-minutes: 60
    environment: production
    permissions:
      contents: read
      packages: write
    env:
      NX_BASE: \${{ needs.check.outputs.base }}
      NX_HEAD: \${{ needs.check.outputs.head }}
      OONEEX_REGISTRY: \${{ vars.OONEEX_REGISTRY || ${registryValue} }}
      DEPLOY_HOST: \${{ vars.DEPLOY_HOST }}
    steps:
${prepare}      - name: Log in to the registry
        env:
          REGISTRY_USER: \${{ secrets.REGISTRY_USER }}
          REGISTRY_TOKEN: \${{ secrets.REGISTRY_TOKEN }}
          OWN_TOKEN: \${{ secrets.GITHUB_TOKEN }}
        run: |
          ${takeOwnToken("ghcr.io", { user: "GITHUB_ACTOR", token: "OWN_TOKEN" })}
          ${LOGIN}
      - name: Use a builder that keeps its cache in the registry
        run: docker buildx create --driver docker-container --use --bootstrap
      - run: bunx nx affected -t ${dockerPushTarget} --registry-cache
      ${DEPLOY_NOTE}
      - name: Deploy
        if: env.DEPLOY_HOST != ''
        env:
          ${BROUGHT.files}: \${{ secrets.${BROUGHT.files} }}
          ${BROUGHT.sshKey}: \${{ secrets.${BROUGHT.sshKey} }}
          ${BROUGHT.knownHosts}: \${{ vars.${BROUGHT.knownHosts} }}
        run: |
          ${PREPARE_DEPLOY}
          ${deployCommand(deployTarget)}
`;
}

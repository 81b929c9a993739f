import type { NxJsonConfiguration } from "@nx/devkit";
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import type { DeployPlan } from "../../../deployment/deploy-plan.js";
import { readDeploymentPlaces } from "../../../deployment/places.js";
import { OoneexNxError } from "../../../errors.js";
import { isReference } from "../../../image/reference.js";
import { readBound, readList, readSeconds } from "../../option-values.js";
import type { Project } from "../../project.js";
import type { DeployOptions } from "../schema.js";

/** In seconds. The generated health check gives a service 30 s to start. */
const TIMEOUT = 120;

/** In seconds. */
const PULL_TIMEOUT = 600;

/**
 * In seconds. Bun keeps what a name leads to for 30 s, so only then every caller has looked the service up again.
 *
 * @see https://bun.com/docs/api/dns
 */
const SETTLE = 35;

/**
 * Fills in the defaults and says what to deploy.
 *
 * @param workspaceRoot - absolute path
 * @param target - name of the target that deploys
 * @param nxJson - says where the compose file is, unless the options do
 * @throws OoneexNxError `PATH_ILLEGAL`, `COMPOSE_FILE_MISSING`, `ENV_FILE_MISSING`, `IMAGE_ILLEGAL` or `SECONDS_ILLEGAL`
 */
export function resolveDeployPlan(options: DeployOptions, { root }: Project, workspaceRoot: string, target = "deploy", nxJson: Pick<NxJsonConfiguration, "plugins"> = {}): DeployPlan {
  const plan: DeployPlan = {
    service: options.service ?? posix.basename(root),
    file: options.file ?? readDeploymentPlaces(nxJson).composeFile,
    envFiles: readList(options.envFile),
    projectName: options.projectName,
    image: options.image,
    timeout: readSeconds(options.timeout ?? TIMEOUT, "timeout"),
    rolling: options.rolling,
    settle: readSeconds(options.settle ?? SETTLE, "settle"),
    command: ["nx", target, posix.basename(root), ...repeatFlags(options)].join(" "),
    pull: options.pull,
    pullTimeout: readBound(options.pullTimeout ?? PULL_TIMEOUT, "pullTimeout"),
  };
  requireSound(plan, workspaceRoot);
  return plan;
}

/** The options that say which container it is about. */
function repeatFlags({ file, service, projectName, envFile }: DeployOptions): string[] {
  const single = { file, service, "project-name": projectName };
  return [
    ...Object.entries(single).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`])),
    ...readList(envFile).map((value) => `--env-file=${value}`),
  ];
}

function requireSound(plan: DeployPlan, workspaceRoot: string): void {
  if (!existsSync(join(workspaceRoot, plan.file))) {
    throw new OoneexNxError({
      code: "COMPOSE_FILE_MISSING",
      what: "there is no such compose file",
      where: plan.file,
      remedy: "write one with nx g @ooneex/nx:compose, or name yours with --file",
    });
  }
  const missing = plan.envFiles.find((file) => !existsSync(join(workspaceRoot, file)));
  if (missing !== undefined) {
    throw new OoneexNxError({
      code: "ENV_FILE_MISSING",
      what: "there is no such file",
      where: missing,
      remedy: "say where the compose file's variables are with --env-file, relative to the workspace root",
    });
  }
  if (plan.image !== undefined && !isReference(plan.image)) {
    throw new OoneexNxError({
      code: "IMAGE_ILLEGAL",
      what: `${JSON.stringify(plan.image)} is not an image reference`,
      where: "--image",
      remedy: "write [registry[:port]/]name[:tag][@digest] in lower case",
    });
  }
}

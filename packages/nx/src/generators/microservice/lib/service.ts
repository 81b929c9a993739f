import type { Tree } from "@nx/devkit";
import { OoneexNxError } from "../../../errors.js";
import { resolveBunVersion } from "../../../workspace/bun-version.js";
import { type Framework, resolveFramework } from "../../../workspace/framework.js";
import { refuseNewClash } from "../../../workspace/name-clash.js";
import { type ModuleNames, resolveNames } from "../../../workspace/names.js";
import { resolvePort } from "../../../workspace/ports.js";
import { readDeployables } from "../../../workspace/service-model.js";
import { readInstalledBun } from "../../installed-bun.js";
import { readPortClaims } from "../../port-claims.js";
import { readTree } from "../../tree-reader.js";
import type { MicroserviceOptions } from "../schema.js";

/** A microservice as it is generated: every option resolved. Two equal values give the same files. */
export interface Service {
  readonly names: ModuleNames;
  /** TCP port in development. */
  readonly port: number;
  /** Path of the health controller as the user wrote it. */
  readonly healthPath: string;
  readonly framework: Framework;
  readonly tags: readonly string[];
  /** Version of the base image `oven/bun`. */
  readonly bunVersion: string;
}

export const DEFAULT_HEALTH_PATH = "/healthcheck";

/** Path segments that mean themselves in a URL, a template and a Dockerfile's quotes; `.` and `..` do not. */
const HEALTH_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/;

/**
 * Reads the workspace and fills in what the user left out.
 *
 * @throws OoneexNxError where an option cannot be taken
 */
export function resolveService(tree: Tree, options: MicroserviceOptions): Service {
  const names = resolveNames(options.name, (root) => tree.exists(root));
  const packageJson = tree.read("package.json", "utf8") ?? "{}";
  return {
    names,
    port: resolvePort(readPortClaims(tree), options.port, names.kebab),
    healthPath: resolveHealthPath(options.healthPath ?? DEFAULT_HEALTH_PATH),
    framework: options.framework ?? resolveFramework(packageJson),
    tags: options.tags ?? [],
    bunVersion: readBunVersion(tree, packageJson),
  };
}

/**
 * As {@link resolveService}, for one that is about to be there beside the others.
 *
 * @throws OoneexNxError as that does, and `NAME_CLASH` where a datastore would have the name of a service
 */
export function resolveNewService(tree: Tree, options: MicroserviceOptions): Service {
  const service = resolveService(tree, options);
  refuseNewClash(
    service.names.kebab,
    readDeployables(readTree(tree)).map(({ names: { kebab } }) => kebab),
  );
  return service;
}

/** The version of Bun that the workspace is on, which its images are built with. */
export function readBunVersion(tree: Tree, packageJson: string): string {
  const { version } = resolveBunVersion({
    packageJson,
    bunVersionFile: tree.read(".bun-version", "utf8") ?? undefined,
    toolVersionsFile: tree.read(".tool-versions", "utf8") ?? undefined,
    lockfile: tree.read("bun.lock", "utf8") ?? undefined,
    installed: readInstalledBun(tree),
  });
  return version;
}

function resolveHealthPath(healthPath: string): string {
  if (HEALTH_PATH.test(healthPath)) return healthPath;
  throw new OoneexNxError({
    code: "HEALTH_PATH_ILLEGAL",
    what: `${JSON.stringify(healthPath)} is not the path of a URL`,
    where: "--health-path",
    remedy: `write a path such as ${DEFAULT_HEALTH_PATH}`,
  });
}

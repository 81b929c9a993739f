import type { Tree } from "@nx/devkit";
import { OoneexNxError } from "../../../errors.js";
import { readModuleType } from "../../../workspace/manifest.js";
import type { ModuleNames } from "../../../workspace/names.js";

/**
 * Makes sure that a name means a microservice.
 *
 * @throws OoneexNxError `MODULE_MISSING` or `NOT_A_MICROSERVICE`
 */
export function requireService(tree: Tree, { root, kebab }: ModuleNames): void {
  if (!tree.exists(root)) {
    throw new OoneexNxError({
      code: "MODULE_MISSING",
      what: `there is no service ${kebab}`,
      where: root,
      remedy: "nx show projects --projects=tag:ooneex:microservice lists the services",
    });
  }
  const manifest = `${root}/${kebab}.yml`;
  const type = tree.exists(manifest) ? readModuleType(tree.read(manifest, "utf8") ?? "", manifest) : undefined;
  if (type === "microservice") return;
  throw new OoneexNxError({
    code: "NOT_A_MICROSERVICE",
    what: `${kebab} is ${type === undefined ? "a folder without a manifest" : `a module of type ${type}`}, not a microservice`,
    where: manifest,
    remedy: "only what the manifest calls a microservice is removed",
  });
}

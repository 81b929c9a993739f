import { readNxJson, type Tree } from "@nx/devkit";
import { type OoneexPluginOptions, resolvePluginOptions } from "../../../graph/options.js";
import { resolveBunVersion } from "../../../workspace/bun-version.js";
import type { CiFacts } from "../../../workspace/ci-facts.js";
import { readInstalledBun } from "../../installed-bun.js";

/**
 * Reads what a pipeline is written from.
 *
 * @throws OoneexNxError as finding the version of Bun does
 */
export function readCiFacts(tree: Tree): CiFacts {
  const read = (path: string): string | undefined => tree.read(path, "utf8") ?? undefined;
  const nxJson = readNxJson(tree);
  const entry = nxJson?.plugins?.find((plugin) => typeof plugin !== "string" && plugin.plugin === "@ooneex/nx");
  const options = typeof entry === "object" ? (entry.options as OoneexPluginOptions | undefined) : undefined;
  const targets = resolvePluginOptions(options);
  const { version } = resolveBunVersion({
    packageJson: read("package.json"),
    bunVersionFile: read(".bun-version"),
    toolVersionsFile: read(".tool-versions"),
    lockfile: read("bun.lock"),
    installed: readInstalledBun(tree),
  });
  return {
    mainBranch: (nxJson?.defaultBase ?? "main").replace(/^(?:refs\/remotes\/)?origin\//, ""),
    bunVersion: version,
    registry: options?.registry,
    dockerBuildTarget: targets.dockerBuildTargetName,
    dockerPushTarget: targets.dockerPushTargetName,
    deployTarget: targets.deployTargetName,
  };
}

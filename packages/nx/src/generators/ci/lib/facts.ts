import { type NxJsonConfiguration, readNxJson, type Tree } from "@nx/devkit";
import { type OoneexPluginOptions, resolvePluginOptions } from "../../../graph/options.js";
import { OoneexNxError } from "../../../errors.js";
import { readPluginRegistry } from "../../../image/plugin-registry.js";
import { isReference } from "../../../image/reference.js";
import { resolveBunVersion } from "../../../workspace/bun-version.js";
import type { CiFacts } from "../../../workspace/ci-facts.js";
import { readInstalledBun } from "../../installed-bun.js";

/** Stands as it is in a command and in YAML: no flag, nothing that a shell reads, no colon that begins a value. */
const TARGET_NAME = /^[\w.@](?:[\w.:@-]*[\w.@-])?$/;

/** Stands for itself: providers read patterns and their own expressions in the place of a branch. */
const BRANCH = /^[\w][\w./-]*$/;

/**
 * Reads what a pipeline is written from.
 *
 * @param installed - version of Bun that counts where the workspace names none; by default that of this machine
 * @throws OoneexNxError `CI_OPTION_ILLEGAL` for an option of nx.json that would be more than a name in a script, and as finding the version of Bun does
 */
export function readCiFacts(tree: Tree, installed = readInstalledBun(tree)): CiFacts {
  const read = (path: string): string | undefined => tree.read(path, "utf8") ?? undefined;
  const nxJson = readNxJson(tree);
  const entry = nxJson?.plugins?.find((plugin) => typeof plugin !== "string" && plugin.plugin === "@ooneex/nx");
  const options = typeof entry === "object" ? (entry.options as OoneexPluginOptions | undefined) : undefined;
  const registry = readRegistry(nxJson ?? {});
  const { dockerBuildTargetName, dockerPushTargetName, deployTargetName } = resolvePluginOptions(options);
  for (const [option, name] of Object.entries({ dockerBuildTargetName, dockerPushTargetName, deployTargetName })) {
    if (!TARGET_NAME.test(name)) throw illegalOption(option, name, "rename the target in letters, digits, and . _ : @ - between them");
  }
  const mainBranch = (nxJson?.defaultBase ?? "main").replace(/^(?:refs\/remotes\/)?origin\//, "");
  if (!BRANCH.test(mainBranch)) {
    throw new OoneexNxError({
      code: "CI_OPTION_ILLEGAL",
      what: `${JSON.stringify(mainBranch)} is more than the name of a branch where a pipeline has it`,
      where: "nx.json, defaultBase",
      remedy: "write the name of the branch that is shipped, such as main",
    });
  }
  const { version } = resolveBunVersion({
    packageJson: read("package.json"),
    bunVersionFile: read(".bun-version"),
    toolVersionsFile: read(".tool-versions"),
    lockfile: read("bun.lock"),
    installed,
  });
  return {
    mainBranch,
    bunVersion: version,
    registry,
    dockerBuildTarget: dockerBuildTargetName,
    dockerPushTarget: dockerPushTargetName,
    deployTarget: deployTargetName,
  };
}

/** As `docker-push` reads it, which writes names of people and organisations in lower case. */
function readRegistry(nxJson: NxJsonConfiguration): string | undefined {
  const registry = readPluginRegistry(nxJson);
  if (registry !== undefined && !isReference(registry.toLowerCase())) throw illegalOption("registry", registry, "write [registry[:port]/]name, such as ghcr.io/acme");
  return registry;
}

function illegalOption(option: string, value: string, remedy: string): OoneexNxError {
  return new OoneexNxError({
    code: "CI_OPTION_ILLEGAL",
    what: `${JSON.stringify(value)} cannot stand in the commands of a pipeline`,
    where: `nx.json, option ${option} of @ooneex/nx`,
    remedy,
  });
}

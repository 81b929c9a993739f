import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { OoneexNxError } from "../../../errors.js";

/** How long the registry may take to answer for one package, in milliseconds. */
const TIMEOUT = 60_000;

/**
 * Asks the registry for the newest version of each package. Bun asks, which installs them later: from the registry that the
 * folder's bunfig.toml and .npmrc name for their scope.
 *
 * @param root - absolute path of the workspace
 * @param names - of npm packages
 * @returns name to exact version, in the order of the names
 * @throws OoneexNxError `BUN_MISSING` where there is no Bun on the PATH, `FRAMEWORK_UNAVAILABLE` where the registry does not
 *   have a package or does not answer
 */
export async function readLatestVersions(root: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  return new Map(await Promise.all(names.map(async (name) => [name, await readLatestVersion(root, name)] as const)));
}

async function readLatestVersion(root: string, name: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("bun", ["info", name, "version"], { cwd: root, timeout: TIMEOUT });
    return stdout.trim();
  } catch (error) {
    const { code, stderr = "" } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT") {
      throw new OoneexNxError({
        code: "BUN_MISSING",
        what: "there is no bun on the PATH, which installs, bundles and runs what is made here",
        where: "PATH",
        remedy: "install Bun 1.4 or later and run the command again",
      });
    }
    const reason = stderr.trim().split("\n")[0] ?? "";
    throw new OoneexNxError(
      {
        code: "FRAMEWORK_UNAVAILABLE",
        what: `the registry does not say which version of ${name} is the latest${reason === "" ? "" : `: ${reason}`}`,
        where: name,
        remedy: `name the registry of ${name.split("/")[0] ?? name} in .npmrc, choose the other --framework, or give a range: --frameworkVersion=^1.0.0`,
      },
      { cause: error },
    );
  }
}

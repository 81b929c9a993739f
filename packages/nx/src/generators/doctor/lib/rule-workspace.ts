import type { Tree } from "@nx/devkit";
import { spawnSync } from "node:child_process";
import type { RuleWorkspace } from "../../../workspace/rules/facts.js";
import { renderServiceFiles } from "../../microservice/lib/service-files.js";
import { resolveService } from "../../microservice/lib/service.js";
import { readTree } from "../../tree-reader.js";
import { walkFiles } from "../../walk-files.js";

/** Bytes of file names that git may list: those of a million files. */
const LONGEST_LIST = 128 * 1024 * 1024;

/** What the rules read of a workspace, by way of a generator's tree. Files are listed, and git asked, at most once. */
export function readRuleWorkspace(tree: Tree): RuleWorkspace {
  let files: readonly string[] | undefined;
  let tracked: { readonly paths: ReadonlySet<string> | undefined } | undefined;
  return {
    ...readTree(tree),
    listFiles: () => (files ??= walkFiles(tree)),
    listTracked: () => (tracked ??= { paths: listTracked(tree.root) }).paths,
    renderDockerfile: (names) => {
      // The name decides nothing but the port, and no Dockerfile holds that.
      const service = resolveService(tree, { name: "service" });
      return renderServiceFiles({ ...service, names }).get(`${names.root}/Dockerfile`) ?? "";
    },
  };
}

function listTracked(root: string): ReadonlySet<string> | undefined {
  const { status, stdout } = spawnSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8", maxBuffer: LONGEST_LIST });
  return status === 0 ? new Set(stdout.split("\0").filter((path) => path !== "")) : undefined;
}

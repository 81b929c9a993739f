import type { Tree } from "@nx/devkit";
import { spawnSync } from "node:child_process";
import { OoneexNxError } from "../../../errors.js";
import type { CiProvider } from "../../../workspace/ci-facts.js";
import type { CiOptions } from "../schema.js";

/** Files by which a provider shows. */
const TRACES: Readonly<Record<CiProvider, string>> = { github: ".github", gitlab: ".gitlab-ci.yml", bitbucket: "bitbucket-pipelines.yml" };

const PROVIDERS = Object.keys(TRACES) as CiProvider[];

/**
 * Decides what runs the workspace's pipelines: what the options say, else whose files are there, else where the remote
 * `origin` is.
 *
 * @throws OoneexNxError `CI_UNKNOWN` where nothing tells, or several do
 */
export function resolveProvider(tree: Tree, { provider }: CiOptions): CiProvider {
  if (provider !== undefined) return provider;
  const traced = PROVIDERS.filter((each) => tree.exists(TRACES[each]));
  const [only, ...others] = traced.length > 0 ? traced : readRemote(tree.root);
  if (only !== undefined && others.length === 0) return only;
  throw new OoneexNxError({
    code: "CI_UNKNOWN",
    what: only === undefined ? "nothing tells what runs the pipeline" : `there are files of ${[only, ...others].join(" and ")}`,
    where: "--provider",
    remedy: `name one of ${PROVIDERS.join(", ")}, such as --provider=${only ?? "github"}`,
  });
}

/** Providers whose name is in the address of the remote, a host of one's own such as gitlab.example.com included. */
function readRemote(root: string): CiProvider[] {
  const { status, stdout } = spawnSync("git", ["-C", root, "remote", "get-url", "origin"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const host = status === 0 ? (/^(?:[a-z+]+:\/\/)?(?:[^@/]*@)?([^:/]+)/i.exec(stdout.trim())?.[1] ?? "") : "";
  return PROVIDERS.filter((provider) => host.toLowerCase().includes(provider));
}

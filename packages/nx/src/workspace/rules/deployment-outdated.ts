import type { DeploymentFile, RuleFacts } from "./facts.js";
import type { Mend, Report, Rule } from "./rule.js";

/** What is new in the workspace need not be deployed from here, so only ports and addresses are brought in step unasked. */
export const deploymentOutdated: Rule = {
  id: "deployment-outdated",
  finds: "a compose file or Kubernetes manifests that lack a service, have one that is gone, or another port or address than the workspace",
  severity: "warning",
  mendedBy: "sync",
  check: (facts) =>
    facts.workspace.renderDeployments(facts.workspace).flatMap((file): Report[] => {
      if (!("text" in file)) return [{ what: "it is not in step, and only a person can edit it there", ...file }];
      const before = facts.workspace.read(file.path);
      if (before === undefined || before === file.text) return [];
      return [{ what: describe(file, facts), path: file.path, ...judge(file) }];
    }),
};

function describe({ added, removed }: DeploymentFile, { deployables }: RuleFacts): string {
  const missing = deployables.map(({ names }) => names.kebab).filter((name) => added.includes(name));
  if (missing.length > 0) return `there is no block for ${missing.join(", ")}`;
  if (removed.length > 0) return `${removed.join(", ")} ${removed.length === 1 ? "is" : "are"} of no service of the workspace any more`;
  return "ports or addresses are not those of the workspace";
}

/** Blocks come and go where a person says so, and a file that a person wrote is theirs. */
function judge({ path, text, isGenerated, added, removed, generator }: DeploymentFile): Pick<Report, "mend" | "remedy"> {
  if (!isGenerated) return { remedy: `bring it in step by hand, or have it done: nx g ${generator}` };
  const by: Mend["by"] = added.length === 0 && removed.length === 0 ? "sync" : "fix";
  return { mend: { by, files: [{ path, edit: () => text }] } };
}

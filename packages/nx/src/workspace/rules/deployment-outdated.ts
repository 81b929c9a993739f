import type { Report, Rule } from "./rule.js";

/** What is new in the workspace need not be deployed from here, so only ports and addresses are brought in step unasked. */
export const deploymentOutdated: Rule = {
  id: "deployment-outdated",
  finds: "a compose file that lacks a service, or has another port or address than the workspace",
  severity: "warning",
  mendedBy: "sync",
  check: ({ workspace, services }) =>
    workspace.renderDeployments(workspace).flatMap(({ path, text }): Report[] => {
      const before = workspace.read(path);
      if (before === undefined || before === text) return [];
      const missing = services.filter(({ names }) => !hasKey(before, names.kebab) && hasKey(text, names.kebab)).map(({ names }) => names.kebab);
      const what = missing.length === 0 ? "ports or addresses are not those of the workspace" : `there is no block for ${missing.join(", ")}`;
      return [{ what, path, mend: { by: missing.length === 0 ? "sync" : "fix", files: [{ path, edit: () => text }] } }];
    }),
};

function hasKey(text: string, name: string): boolean {
  return new RegExp(`^\\s+["']?${name}["']?\\s*:`, "m").test(text);
}

import type { FileMend, Report, Rule } from "./rule.js";

/** A pipeline is written from nx.json, Bun's version and this plugin, and a change of any leaves what somebody has edited alone. */
export const pipelineOutdated: Rule = {
  id: "pipeline-outdated",
  finds: "a pipeline that `nx g @ooneex/nx:ci` wrote, nobody has edited, and it would now write otherwise",
  severity: "warning",
  mendedBy: "sync",
  check: ({ workspace }) =>
    workspace.renderPipelines(workspace).flatMap((file): Report[] => {
      if (!("text" in file)) return [{ what: "it is not in step with the workspace", ...file }];
      const { path, text, beside } = file;
      // Git may change line endings, which is nobody's edit.
      if (workspace.read(path)?.replaceAll("\r\n", "\n") === text) return [];
      // A pipeline of before names nothing of the owner's; a second one finds what came with the first.
      const owned = beside.map((each): FileMend => ({ path: each.path, edit: (there) => there ?? each.text }));
      return [{ what: "it is not what the CI generator writes from nx.json and the version of Bun", path, mend: { by: "sync", files: [{ path, edit: () => text }, ...owned] } }];
    }),
};

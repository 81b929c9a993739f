import { describe, expect, it } from "vitest";
import type { RuleWorkspace } from "./facts.js";
import { planMend } from "./mend.js";
import { urlLeftover } from "./url-leftover.js";

const EXAMPLE = "modules/app/.env.example.yml";
const LOCAL = "modules/app/.env.yml";
const LEFTOVER = 'log:\n  level: info\nmicroservice:\n  search:\n    url: "http://localhost:3003"\n';
const CLEAN = "log:\n  level: info\n";

interface State {
  readonly files?: Readonly<Record<string, string>>;
  readonly tracked?: readonly string[] | undefined;
}

/** Mends whatever the rule would, and gives the edits with what is left for a person. */
function mend({ files = { [EXAMPLE]: LEFTOVER }, tracked }: State): { readonly edits: object; readonly left: readonly string[] } {
  const all: Readonly<Record<string, string>> = { "modules/app/app.yml": "type: api\n", "modules/app/package.json": "{}", ...files };
  const paths = Object.keys(all);
  const workspace: RuleWorkspace = {
    read: (path) => all[path],
    list: (folder) => [...new Set(paths.flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1).split("/", 1)[0] ?? ""] : [])))],
    listFiles: () => paths,
    listTracked: () => tracked && new Set(tracked),
    nameRepository: () => undefined,
    renderDeployments: () => [],
    renderPipelines: () => [],
    readDeployed: () => [],
    readDeployedImages: () => [],
    renderDockerfile: () => "",
  };
  const { edits, remaining } = planMend(workspace, [urlLeftover], () => true);
  return { edits: Object.fromEntries(edits), left: remaining.map(({ remedy }) => remedy) };
}

describe("url-leftover", () => {
  it.each<[what: string, state: State]>([
    ["in a file that git has", { tracked: [EXAMPLE] }],
    ["in an example, where there is no repository", {}],
    ["that has no value, whoever has the file", { files: { [EXAMPLE]: LEFTOVER.replace(/url:.*/, 'url: ""') }, tracked: [] }],
    ["whose name another one that is read begins with", { files: { [EXAMPLE]: LEFTOVER, "modules/app/src/a.ts": "env.MICROSERVICE_SEARCH_URL_V2;\n" } }],
  ])("takes an address out %s", (_what, state) => {
    expect(mend(state)).toEqual({ edits: { [EXAMPLE]: CLEAN }, left: [] });
  });

  it.each<[what: string, state: State, remedy: string]>([
    ["that source reads", { files: { [EXAMPLE]: LEFTOVER, "modules/app/src/a.ts": "env.MICROSERVICE_SEARCH_URL;\n" }, tracked: [EXAMPLE] }, "modules/app/src/a.ts reads it"],
    ["that a script outside the modules reads", { files: { [EXAMPLE]: LEFTOVER, "scripts/seed.mjs": "process.env['MICROSERVICE_SEARCH_URL']\n" }, tracked: [EXAMPLE] }, "scripts/seed.mjs reads it"],
    ["that leads elsewhere", { files: { [EXAMPLE]: LEFTOVER.replace("localhost:3003", "search.acme.io") }, tracked: [EXAMPLE] }, "leads out of this machine"],
    ["in a file that git does not have", { files: { [LOCAL]: LEFTOVER }, tracked: [EXAMPLE] }, "git does not have this file"],
    ["in a file of one's own, where there is no repository", { files: { [LOCAL]: LEFTOVER } }, "git does not have this file"],
  ])("leaves an address to a person %s", (_what, state, remedy) => {
    expect(mend(state)).toEqual({ edits: {}, left: [expect.stringContaining(remedy)] });
  });
});

import { findLine } from "./locate.js";
import { parseJsonc, findValue } from "../jsonc-document.js";
import type { RuleFacts } from "./facts.js";
import type { Report, Rule } from "./rule.js";

/** Services version and roll back independently where each has a repository of its own. */
export const repositoryShared: Rule = {
  id: "repository-shared",
  finds: "two services that push to one registry repository",
  severity: "error",
  mendedBy: "hand",
  check: (facts) => {
    const owners = new Map<string, string>();
    return facts.deployables.flatMap(({ names }): Report[] => {
      const found = readRepository(facts, names.root);
      if (found === undefined) return [];
      const owner = owners.get(found.repository);
      if (owner === undefined) owners.set(found.repository, names.kebab);
      return owner === undefined ? [] : [{ what: `${names.kebab} and ${owner} push to ${found.repository}`, path: found.path, line: found.line, remedy: "give each service a repository of its own" }];
    });
  },
};

function readRepository({ workspace }: RuleFacts, root: string): { repository: string; path: string; line: number | undefined } | undefined {
  for (const [name, parents] of [["project.json", []], ["package.json", ["nx"]]] as const) {
    const path = `${root}/${name}`;
    const text = workspace.read(path);
    if (text?.includes('"repository"') !== true) continue;
    const targets = [...parents, "targets"].reduce(findValue, parseJsonc(text, path) as ReturnType<typeof findValue>);
    for (const target of targets?.children ?? []) {
      const value: unknown = findValue(findValue(target.children?.[1], "options"), "repository")?.value;
      if (typeof value === "string") return { repository: value, path, line: findLine(text, JSON.stringify(value)) };
    }
  }
  return undefined;
}

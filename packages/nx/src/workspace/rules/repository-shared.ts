import { readImageFacts } from "../image-facts.js";
import { findValue, parseJsonc } from "../jsonc-document.js";
import type { Deployable } from "../service-model.js";
import type { RuleFacts } from "./facts.js";
import { findLine } from "./locate.js";
import type { Report, Rule } from "./rule.js";

/** Where a service's image is pushed to, and the file that says so. */
interface Place {
  readonly kebab: string;
  readonly repository: string;
  readonly path: string;
  readonly line: number | undefined;
  /** Whether it follows from the registry and the service's name, so that it is never the one to change. */
  readonly isDefault: boolean;
}

/** Services version and roll back independently where each has a repository of its own. */
export const repositoryShared: Rule = {
  id: "repository-shared",
  finds: "two services that push to one registry repository",
  severity: "error",
  mendedBy: "hand",
  check: (facts) => {
    const owners = new Map<string, Place>();
    return facts.deployables.flatMap((deployable): Report[] => {
      const place = readPlace(facts, deployable);
      // Registries take no other case, so a name in capitals is the same repository at best.
      const key = place?.repository.toLowerCase() ?? "";
      const owner = owners.get(key);
      if (place !== undefined && owner === undefined) owners.set(key, place);
      if (place === undefined || owner === undefined) return [];
      const { path, line } = place.isDefault ? owner : place;
      return [{ what: `${place.kebab} and ${owner.kebab} push to ${owner.repository}`, path, line, remedy: "give each service a repository of its own" }];
    });
  },
};

/** In the order of `docker-push`, without what a command line or a pipeline's environment says. */
function readPlace(facts: RuleFacts, { names, manifest }: Deployable): Place | undefined {
  const named = readTargets(facts, names.root) ?? readManifest(facts, manifest);
  if (named !== undefined) return { kebab: names.kebab, isDefault: false, ...named };
  const repository = facts.workspace.nameRepository(names);
  return repository === undefined ? undefined : { kebab: names.kebab, isDefault: true, repository, path: manifest, line: undefined };
}

function readTargets({ workspace }: RuleFacts, root: string): Pick<Place, "repository" | "path" | "line"> | undefined {
  for (const [name, parents] of [["project.json", []], ["package.json", ["nx"]]] as const) {
    const path = `${root}/${name}`;
    const text = workspace.read(path);
    if (text?.includes('"repository"') !== true) continue;
    const targets = [...parents, "targets"].reduce(findValue, parseJsonc(text, path) as ReturnType<typeof findValue>);
    for (const target of targets?.children ?? []) {
      const value: unknown = findValue(findValue(target.children?.[1], "options"), "repository")?.value;
      if (isNamed(value)) return { repository: value.trim(), path, line: findLine(text, JSON.stringify(value)) };
    }
  }
  return undefined;
}

function readManifest({ workspace }: RuleFacts, path: string): Pick<Place, "repository" | "path" | "line"> | undefined {
  const text = workspace.read(path) ?? "";
  const { repository } = readImageFacts(text, path);
  return isNamed(repository) ? { repository: repository.trim(), path, line: findLine(text, repository) } : undefined;
}

function isNamed(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

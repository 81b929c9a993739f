import { OoneexNxError } from "../../../errors.js";
import { buildServiceRepository } from "../../../image/plugin-registry.js";
import type { Project } from "../../project.js";

/** Where a service's repository may be named; the first that is counts. */
export interface RepositoryFacts {
  /** Whole repositories: of the options, of the build target, of the module's manifest. */
  readonly repositories: readonly (string | undefined)[];
  /** Registries with a repository for each service: of the options, of the environment, of nx.json. */
  readonly registries: readonly (string | undefined)[];
}

/** Variable with the registry that a pipeline pushes to. */
export const REGISTRY_VARIABLE = "OONEEX_REGISTRY";

/**
 * Decides which repository a service's image belongs to.
 *
 * @throws OoneexNxError `REGISTRY_MISSING` where nothing names one
 */
export function resolveRepository({ repositories, registries }: RepositoryFacts, { imageName, root }: Project): string {
  const isNamed = (name: string | undefined): name is string => name !== undefined && name.trim() !== "";
  const repository = repositories.find(isNamed);
  if (repository !== undefined) return repository.trim();
  const registry = registries.find(isNamed);
  if (registry !== undefined) return buildServiceRepository(registry, imageName);
  throw new OoneexNxError({
    code: "REGISTRY_MISSING",
    what: `nothing says where the image of ${imageName} is pushed to`,
    where: root,
    remedy: `set ${REGISTRY_VARIABLE}=ghcr.io/acme, "registry" in the options of @ooneex/nx in nx.json, or image.repository in the module's manifest`,
  });
}

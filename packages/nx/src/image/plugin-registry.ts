import type { NxJsonConfiguration } from "@nx/devkit";

/**
 * Reads the option `registry` of the plugin's entry in nx.json.
 *
 * @returns without blanks around it and slashes behind it; `undefined` where there is none
 */
export function readPluginRegistry({ plugins = [] }: Pick<NxJsonConfiguration, "plugins">): string | undefined {
  for (const entry of plugins) {
    if (typeof entry === "string" || entry.plugin !== "@ooneex/nx") continue;
    const registry = (entry.options as { registry?: unknown } | undefined)?.registry;
    const trimmed = typeof registry === "string" ? trimRegistry(registry) : "";
    if (trimmed !== "") return trimmed;
  }
  return undefined;
}

/**
 * Names a service's repository in a registry that has one for each. Names of repositories are in lower case, and those of people
 * and organisations are not.
 *
 * @param registry - such as `ghcr.io/Acme`
 * @param imageName - a legal path component of a reference
 */
export function buildServiceRepository(registry: string, imageName: string): string {
  return `${trimRegistry(registry).toLowerCase()}/${imageName}`;
}

function trimRegistry(registry: string): string {
  return registry.trim().replace(/\/+$/, "");
}

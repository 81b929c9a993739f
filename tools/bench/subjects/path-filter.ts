export const PATH_FILTER = "path filter";
export const PATH_FILTER_SHARED = "path filter + shared";

/**
 * What a pipeline builds that is triggered by the paths of a service, which is what the framework's own command writes.
 *
 * @param paths - changed files, relative to the workspace's root
 * @param services - all that there are
 * @param shared - whether a change of `modules/shared` triggers every service too
 */
export function filterByPath(paths: readonly string[], services: readonly string[], shared: boolean): string[] {
  const touches = (folder: string) => paths.some((path) => path.startsWith(`${folder}/`));
  const all = shared && touches("modules/shared");
  return services.filter((service) => all || touches(`modules/${service}`));
}

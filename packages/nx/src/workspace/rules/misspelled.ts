import { listVariables } from "./locate.js";

/**
 * The variables of an env file, those without a value included, that are meant for a service and are not what it is called, by
 * what that is called, such as `MICROSERVICE_ORDER_HISTORY_URL`: the framework's command writes the plural and the folder's name,
 * `microservices.order-history.url`.
 *
 * @param path - workspace-relative, for the error
 * @throws OoneexNxError `ENV_YML_INVALID`
 */
export function groupMisspelled(text: string, path: string): Map<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const name of new Set(listVariables(text, path))) {
    const right = spellRight(name);
    if (right === name) continue;
    const group = groups.get(right);
    if (group === undefined) groups.set(right, [name]);
    else group.push(name);
  }
  return groups;
}

/** What a variable is called that the framework's command meant. */
export function spellRight(variable: string): string {
  return variable.replace(/^MICROSERVICES_/, "MICROSERVICE_").replaceAll("-", "_");
}

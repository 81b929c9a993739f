import { OoneexNxError } from "../errors.js";
import { MODULES_ROOT } from "./names.js";

/** What follows a service's name in the names of its own datastores, each a host of the project's network. */
export const DATASTORE_SUFFIXES = ["postgres", "redis"] as const;

/** A service whose name is also that of another one's datastore. */
interface NameClash {
  readonly name: string;
  /** The service that the datastore belongs to. */
  readonly owner: string;
}

/** Finds services that are called as another one's datastore is, such as `billing-postgres` beside `billing`. */
export function findClashes(names: readonly string[]): NameClash[] {
  const services = new Set(names);
  return names.flatMap((owner) => DATASTORE_SUFFIXES.flatMap((suffix) => (services.has(`${owner}-${suffix}`) ? [{ name: `${owner}-${suffix}`, owner }] : [])));
}

/**
 * Refuses a new service beside which two things would have one name.
 *
 * @param name - of the new service
 * @param others - the names of those that there are
 * @throws OoneexNxError `NAME_CLASH`
 */
export function refuseNewClash(name: string, others: readonly string[]): void {
  const clash = findClashes([...others.filter((other) => other !== name), name]).find((found) => found.name === name || found.owner === name);
  if (clash !== undefined) throw nameClash(clash, "name", "choose another name");
}

/** @param remedy - what the user does who has both services already */
export function nameClash({ name, owner }: NameClash, where: string, remedy: string): OoneexNxError {
  return new OoneexNxError({
    code: "NAME_CLASH",
    what: `${name} would be two things: the service of ${MODULES_ROOT}/${name}, and the datastore of ${MODULES_ROOT}/${owner}`,
    where,
    remedy,
  });
}

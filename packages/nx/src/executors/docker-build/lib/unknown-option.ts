import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OoneexNxError } from "../../../errors.js";

/**
 * Refuses an option that the executor does not have. The schema leaves that to us: where it did not, Nx would look for one
 * before it runs a batch too, and end with a stack that names no option.
 *
 * @throws OoneexNxError `OPTION_UNKNOWN`
 */
export function requireKnownOptions(options: object): void {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, "..", "schema.json"), "utf8")) as { properties: object };
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(schema.properties, name));
  if (unknown === undefined) return;
  throw new OoneexNxError({
    code: "OPTION_UNKNOWN",
    what: `docker-build has no option ${unknown}`,
    where: unknown,
    remedy: `take one of ${Object.keys(schema.properties).join(", ")}`,
  });
}

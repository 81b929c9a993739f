import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OoneexNxError } from "../../../errors.js";

/**
 * Finds an option that the executor does not have. Nx looks for one before it runs a task by itself, and does not before it
 * runs a batch.
 */
export function findUnknownOption(options: object): OoneexNxError | undefined {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, "..", "schema.json"), "utf8")) as { properties: object };
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(schema.properties, name));
  if (unknown === undefined) return undefined;
  return new OoneexNxError({
    code: "OPTION_UNKNOWN",
    what: `'${unknown}' is not found in schema`,
    where: "docker-build",
    remedy: `see the options: nx show target <project>:docker-build, or the table in the README; known are ${Object.keys(schema.properties).join(", ")}`,
  });
}

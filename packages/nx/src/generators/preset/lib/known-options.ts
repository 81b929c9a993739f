import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OoneexNxError } from "../../../errors.js";
import type { PresetOptions } from "../schema.js";

/**
 * Refuses an option that the generator does not have. The schema leaves that to us, since create-nx-workspace hands its own
 * options to every preset, and new ones with each of its versions.
 *
 * @throws OoneexNxError `OPTION_UNKNOWN`
 */
export function requireKnownOptions(options: PresetOptions): void {
  if (options.preset !== undefined) return;
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, "..", "schema.json"), "utf8")) as { properties: object };
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(schema.properties, name));
  if (unknown === undefined) return;
  throw new OoneexNxError({
    code: "OPTION_UNKNOWN",
    what: `preset has no option ${unknown}`,
    where: unknown,
    remedy: "take one of name, framework, frameworkVersion",
  });
}

import { parseAllDocuments } from "yaml";
import { OoneexNxError } from "../errors.js";
import { readPlainType } from "./plain-type.js";

/** What a module's manifest, `modules/<kebab>/<kebab>.yml`, says that this plugin acts on. */
export interface ModuleManifest {
  /** Kind of module: `module`, `microservice`, `api`, `spa`, `design`, `sdk`, or one that a later framework adds. */
  readonly type: string | undefined;
  /** TCP port that a microservice listens on in development. It stands here because this file survives a clone. */
  readonly port: number | undefined;
}

const LAST_PORT = 65_535;

/**
 * Reads a module's kind.
 *
 * @param text - the manifest's text
 * @param file - workspace-relative path, for the error
 * @throws OoneexNxError `MANIFEST_INVALID` where the text is not YAML
 */
export function readModuleType(text: string, file: string): string | undefined {
  return readPlainType(text) ?? readManifest(text, file).type;
}

/**
 * Reads a module's manifest.
 *
 * @param text - the manifest's text
 * @param file - workspace-relative path, for the error
 * @throws OoneexNxError `MANIFEST_INVALID` where the text is not YAML
 */
export function readManifest(text: string, file: string): ModuleManifest {
  const manifest = parseManifest(text, file);
  const type = manifest["type"];
  const port = Number(manifest["port"]);
  return {
    type: typeof type === "string" ? type : undefined,
    port: Number.isInteger(port) && port > 0 && port <= LAST_PORT ? port : undefined,
  };
}

/**
 * Parses a module's manifest, the first document of several, which is the one that is edited; nothing where it is no map.
 *
 * @throws OoneexNxError `MANIFEST_INVALID` where the text is not YAML
 */
export function parseManifest(text: string, file: string): Record<string, unknown> {
  try {
    const [document] = parseAllDocuments(text, { merge: true });
    const fault = document?.errors[0];
    if (fault !== undefined) throw fault;
    const manifest: unknown = document?.toJS();
    return typeof manifest === "object" && manifest !== null ? (manifest as Record<string, unknown>) : {};
  } catch (error) {
    throw new OoneexNxError(
      {
        code: "MANIFEST_INVALID",
        what: `the manifest is not YAML: ${error instanceof Error ? error.message.split("\n", 1)[0] : String(error)}`,
        where: file,
        remedy: "mend the file; a module's manifest needs a line such as type: \"microservice\"",
      },
      { cause: error },
    );
  }
}

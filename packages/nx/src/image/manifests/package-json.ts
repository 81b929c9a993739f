import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { OoneexNxError } from "../../errors.js";
import {
  type Dependencies,
  findDeclaration,
  makeTexts,
  readDependencies,
  readGroups,
  readNames,
  readObject,
  readTexts,
  type Texts,
} from "./fields.js";
import { splitKey } from "./key.js";

/** A workspace's package.json, the root's included. */
export interface PackageJson {
  /** Folder in the workspace, "" for the root. */
  readonly folder: string;
  /** Workspace-relative path of the file. */
  readonly file: string;
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly dependencies: Dependencies;
  /** Peers that nobody has to install. */
  readonly optionalPeers: readonly string[];
  /** Every field, in the order of the file. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What the root's package.json says about every package. */
export interface RootSettings {
  /** Overrides by the name of a package, references to the root's own dependencies resolved. */
  readonly overrides: Texts;
  /** Names of overrides that hold for the dependencies of one package only. */
  readonly nestedOverrides: readonly string[];
  readonly catalog: Texts;
  readonly catalogs: ReadonlyMap<string, Texts>;
  readonly patchedDependencies: Texts;
  /** `undefined` where the list is not given, which trusts the packages that Bun trusts by itself. */
  readonly trustedDependencies: readonly string[] | undefined;
}

/**
 * Parses a package.json as leniently as Bun does: comments, trailing commas and a byte order mark are fine.
 *
 * @param folder - its folder in the workspace, "" for the root
 * @throws OoneexNxError `JSON_INVALID`
 */
export function parsePackageJson(text: string, folder: string): PackageJson {
  const file = folder === "" ? "package.json" : `${folder}/package.json`;
  const errors: ParseError[] = [];
  const value: unknown = parse(text.replace(/^\uFEFF/, ""), errors, { allowTrailingComma: true });
  if (errors[0] !== undefined || typeof value !== "object" || value === null) {
    throw new OoneexNxError({
      code: "JSON_INVALID",
      what: `the file is not JSON: ${errors[0] === undefined ? "it is no object" : printParseErrorCode(errors[0].error)}`,
      where: file,
      remedy: "mend the file and run the command again",
    });
  }
  const fields = readObject(value);
  const { name, version } = readTexts(fields);
  const meta = Object.entries(readObject(fields["peerDependenciesMeta"]));
  const optionalPeers = meta.filter(([, about]) => readObject(about)["optional"] === true).map(([peer]) => peer);
  return { folder, file, name, version, dependencies: readDependencies(fields), optionalPeers, fields };
}

/**
 * Reads what the root's package.json says about every package, as Bun does: `resolutions` count only without `overrides`,
 * and catalogs beside `workspaces` only when there are none in it.
 */
export function readRootSettings({ fields, dependencies }: PackageJson): RootSettings {
  const workspaces = readObject(fields["workspaces"]);
  const inside = workspaces["catalog"] !== undefined || workspaces["catalogs"] !== undefined;
  const { catalog, catalogs } = inside ? workspaces : fields;
  return {
    ...readOverrides(fields, dependencies),
    catalog: readTexts(catalog),
    catalogs: readGroups(catalogs),
    patchedDependencies: readTexts(fields["patchedDependencies"]),
    trustedDependencies: readNames(fields["trustedDependencies"]),
  };
}

function readOverrides(
  fields: PackageJson["fields"],
  dependencies: Dependencies,
): Pick<RootSettings, "overrides" | "nestedOverrides"> {
  const isResolutions = fields["overrides"] === undefined;
  const overrides: [string, string][] = [];
  const nestedOverrides: string[] = [];
  for (const [key, value] of Object.entries(readObject(fields["overrides"] ?? fields["resolutions"]))) {
    const name = isResolutions ? key.replace(/^\*\*\//, "") : key;
    // An override of a package together with those of its dependencies has its own text behind a dot.
    const text = typeof value === "string" ? value : readTexts(value)["."];
    const parts = isResolutions ? splitKey(name).slice(1) : Object.keys(readObject(value)).filter((child) => child !== ".");
    const isNested = parts.length > 0;
    if (isNested) nestedOverrides.push(key);
    if (text === undefined || text.startsWith("patch:") || (isResolutions && isNested)) continue;
    const reference = text.startsWith("$") ? readReference(dependencies, text.slice(1)) : undefined;
    overrides.push([name, reference ?? text]);
  }
  return { overrides: makeTexts(overrides), nestedOverrides };
}

/** `$name` means the text that the root itself depends with; of several, the one that Bun installs. */
function readReference(dependencies: Dependencies, name: string): string | undefined {
  return dependencies.devDependencies[name] ?? dependencies.optionalDependencies[name] ?? findDeclaration(dependencies, name);
}

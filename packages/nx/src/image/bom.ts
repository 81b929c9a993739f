import { OoneexNxError } from "../errors.js";
import type { ContextFiles } from "./context-files.js";
import { readEntryKind } from "./manifests/entry-kind.js";
import { type LockedPackage, parseLockfile } from "./manifests/lockfile.js";

/** What an image is made from, as far as a bill of materials lists it. */
export interface BomSubject {
  /** Name of the image, without registry and tag. */
  readonly name: string;
  /** What the image is built from, 64 hexadecimal digits; `undefined` where that is not known. */
  readonly key: string | undefined;
  /** Images that the Dockerfile starts from, such as `oven/bun:1.4.5`. */
  readonly images: readonly string[];
  /** The staged contexts by name; each has a bun.lock where it installs something. */
  readonly contexts: Readonly<Record<string, ContextFiles>> | undefined;
}

/** Where packages of a context end up in the image, in the order in which that is decided. */
const PLACES = { runtime: "node_modules", manifests: "bundle" } as const;

const IN = "dev.ooneex.nx:in";

const ALGORITHMS: Readonly<Record<string, string>> = { sha1: "SHA-1", sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" };

interface Component {
  readonly type: "library" | "container";
  readonly name: string;
  readonly version?: string;
  readonly [field: string]: unknown;
}

/**
 * Builds the bill of materials of an image: the npm packages that its bundle is made from or that are installed beside it,
 * each with version, checksum and place, and the images it starts from. The same contents give the same bill.
 *
 * @returns a value that is CycloneDX 1.6 once it is written as JSON
 * @throws OoneexNxError `BOM_UNKNOWN` for an image that is built from the whole repository
 * @see https://cyclonedx.org/docs/1.6/json/, https://github.com/package-url/purl-spec for the addresses
 */
export function buildBom({ name, key, images, contexts }: BomSubject): object {
  if (contexts === undefined) {
    throw new OoneexNxError({
      code: "BOM_UNKNOWN",
      what: "which packages are in the image cannot be told, since it is built from the whole repository",
      where: `image ${name}`,
      remedy: "leave out bomFile, or build from what the service reaches: prune true, and a Dockerfile with the stages manifests and sources",
    });
  }
  const components = new Map<string, Component>();
  for (const [context, place] of Object.entries(PLACES)) {
    for (const entry of readPackages(contexts[context])) {
      const reference = `${entry.packageName}@${entry.resolution}`;
      if (!components.has(reference)) components.set(reference, describePackage(entry, reference, place));
    }
  }
  const sorted = [...components].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, component]) => component);
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "container", "bom-ref": `image:${name}`, name, ...(key === undefined ? {} : { version: key }) } },
    components: [...[...new Set(images)].map(describeImage), ...sorted],
  };
}

function readPackages(context: ContextFiles | undefined): LockedPackage[] {
  const file = context?.get("bun.lock");
  if (file === undefined) return [];
  const { packages } = parseLockfile(Buffer.from(file.content).toString("utf8"));
  return [...packages.values()].filter((entry) => readEntryKind(entry).kind !== "workspace");
}

function describePackage(entry: LockedPackage, reference: string, place: string): Component {
  const kind = readEntryKind(entry);
  const [scope, base = ""] = entry.packageName.startsWith("@") ? entry.packageName.split("/", 2) : [undefined, entry.packageName];
  const hashes = readHashes(entry);
  return {
    type: "library",
    "bom-ref": reference,
    ...(scope === undefined ? {} : { group: scope }),
    name: base,
    version: entry.resolution,
    // What is for one platform is installed on that one alone.
    scope: entry.platform ? "optional" : "required",
    ...(hashes.length === 0 ? {} : { hashes }),
    // Another source than a registry has no address of this kind.
    ...(kind.kind === "npm" ? { purl: `pkg:npm/${scope === undefined ? "" : `${encodeURIComponent(scope)}/`}${base}@${encodeURIComponent(kind.version)}` } : {}),
    properties: [{ name: IN, value: place }],
  };
}

/** The checksum that ends the entry of a package from a registry, in the form of Subresource Integrity. */
function readHashes({ text }: LockedPackage): { alg: string; content: string }[] {
  const last = (JSON.parse(text) as unknown[]).at(-1);
  const [, algorithm = "", digest = ""] = typeof last === "string" ? (/^(sha\d+)-([\w+/]+=*)$/.exec(last) ?? []) : [];
  const alg = ALGORITHMS[algorithm];
  return alg === undefined ? [] : [{ alg, content: Buffer.from(digest, "base64").toString("hex") }];
}

function describeImage(image: string): Component {
  const [, name = image, version] = /^(.+?)(?:@(.+)|:([^:/]+))?$/.exec(image)?.filter((part, index) => index < 2 || part !== undefined) ?? [];
  return { type: "container", "bom-ref": `image:${image}`, name, ...(version === undefined ? {} : { version }) };
}

import type { Tree } from "@nx/devkit";
import { OoneexNxError } from "../errors.js";
import { readModuleType } from "../workspace/manifest.js";
import type { ModuleNames } from "../workspace/names.js";

/** What a kind of module is called in an error, and where its members are listed. */
const KINDS = {
  microservice: {
    noun: "service",
    name: "microservice",
    code: "NOT_A_MICROSERVICE",
    list: "nx show projects --projects=tag:ooneex:microservice lists the services",
  },
  module: { noun: "module", name: "regular module", code: "NOT_A_MODULE", list: "nx show projects lists the modules" },
} as const;

/**
 * Makes sure that a name means a module of a kind.
 *
 * @param kind - as manifests call it
 * @param deed - what is done to those, for the error: `is removed`
 * @throws OoneexNxError `MODULE_MISSING`, `NOT_A_MICROSERVICE` or `NOT_A_MODULE`
 */
export function requireModule(tree: Tree, { root, kebab }: ModuleNames, kind: keyof typeof KINDS, deed: string): void {
  const { noun, name, code, list } = KINDS[kind];
  if (!tree.exists(root)) {
    throw new OoneexNxError({ code: "MODULE_MISSING", what: `there is no ${noun} ${kebab}`, where: root, remedy: list });
  }
  const type = readType(tree, root, kebab);
  if (type === kind) return;
  throw new OoneexNxError({
    code,
    what: `${kebab} is ${type === undefined ? "a folder without a manifest" : `a module of type ${type}`}, not a ${name}`,
    where: manifestPath(root, kebab),
    remedy: `only what the manifest calls a ${kind} ${deed}`,
  });
}

/**
 * Tells whether a name means a module of a kind.
 *
 * @throws OoneexNxError `MANIFEST_INVALID`
 */
export function isModuleOfKind(tree: Tree, { root, kebab }: ModuleNames, kind: keyof typeof KINDS): boolean {
  return readType(tree, root, kebab) === kind;
}

function readType(tree: Tree, root: string, kebab: string): string | undefined {
  const manifest = manifestPath(root, kebab);
  return tree.exists(manifest) ? readModuleType(tree.read(manifest, "utf8") ?? "", manifest) : undefined;
}

function manifestPath(root: string, kebab: string): string {
  return `${root}/${kebab}.yml`;
}

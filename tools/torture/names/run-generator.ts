import { type FileChange, type GeneratorCallback, logger, type Tree } from "@nx/devkit";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { OoneexNxError } from "../../../packages/nx/src/errors.js";

/** Nx's own check of options against a schema, which stands before every generator. */
const { validateOptsAgainstSchema } = createRequire(import.meta.url)("nx/src/utils/params") as {
  validateOptsAgainstSchema: (options: object, schema: object) => void;
};

const generators = join(import.meta.dirname, "../../../packages/nx/src/generators");

export type Generator = "microservice" | "microservice-remove" | "module" | "module-remove" | "extract" | "inline" | "compose" | "kubernetes" | "ci" | "topology";

/** What a generator says is the subject of other tests. */
logger.info = logger.warn = () => undefined;

/**
 * Runs a generator as Nx does: options against the schema, then the generator on a tree, whose changes are what Nx would write.
 *
 * @throws OoneexNxError what the generator refuses with, and `SCHEMA` where Nx refuses before it
 */
export async function runGenerator(tree: Tree, name: Generator, options: object): Promise<FileChange[]> {
  const schema = JSON.parse(readFileSync(join(generators, name, "schema.json"), "utf8")) as object;
  try {
    validateOptsAgainstSchema(options, schema);
  } catch (error) {
    throw new OoneexNxError({ code: "SCHEMA", what: String(error), where: "options", remedy: "as the schema says" });
  }
  const { default: generate } = (await import(join(generators, name, "generator.ts"))) as { default: (tree: Tree, options: object) => Promise<GeneratorCallback | undefined> };
  await generate(tree, options);
  return tree.listChanges();
}

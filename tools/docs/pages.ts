import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Absolute path of the repository. */
export const REPOSITORY = join(import.meta.dirname, "..", "..");

/** Pages of the user guide beside its front page, packages/nx/README.md; the package has them all in it. */
const DOCS = "packages/nx/docs";

/** Every page that users read, relative to the repository, in the order of reading: what a page needs is made by those before. */
export function listPages(): string[] {
  const guide = readdirSync(join(REPOSITORY, DOCS)).filter((name) => name.endsWith(".md"));
  return ["packages/nx/README.md", ...guide.sort((a, b) => rank(a) - rank(b)).map((name) => `${DOCS}/${name}`), "README.md"];
}

const ORDER = ["start", "adopt", "microservice", "modules", "networking", "graph", "images", "ci", "deploy", "kubernetes", "doctor", "topology", "upgrade"];

/** A page that nobody has put in order is read last. */
function rank(name: string): number {
  const index = ORDER.indexOf(name.replace(/\.md$/, ""));
  return index === -1 ? ORDER.length : index;
}

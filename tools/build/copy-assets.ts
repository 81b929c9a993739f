import { cpSync, readdirSync } from "node:fs";
import { basename, join, sep } from "node:path";

/** Copies what the compiler leaves behind, schemas, templates and the pages of migrations, from `src` to `dist` of packages/nx. */

const packageRoot = join(import.meta.dirname, "..", "..", "packages", "nx");

const assets = readdirSync(join(packageRoot, "src"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(join(packageRoot, "src").length + 1))
  .filter((path) => path.split(sep).includes("files") || ["schema.json", "schema.d.ts", "migration.md"].includes(basename(path)));

for (const path of assets) cpSync(join(packageRoot, "src", path), join(packageRoot, "dist", path));

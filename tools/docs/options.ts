import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listPages, REPOSITORY } from "./pages.js";
import { replaceTables } from "./tables.js";

/**
 * Writes the option tables of the user guide from the schemas. With `--check` it writes nothing and fails where they disagree,
 * or where a schema has no table.
 */

const packageRoot = join(REPOSITORY, "packages", "nx");
const isCheck = process.argv.includes("--check");
const documented: string[] = [];

for (const path of listPages()) {
  const text = readFileSync(join(REPOSITORY, path), "utf8");
  const edited = replaceTables(text, (name) => {
    documented.push(name);
    return readFileSync(join(packageRoot, "src", name, "schema.json"), "utf8");
  });
  if (edited === text) continue;
  if (isCheck) fail(`${path} disagrees with the schemas`);
  else {
    writeFileSync(join(REPOSITORY, path), edited);
    console.log(`wrote the option tables of ${path}`);
  }
}

for (const name of listSchemas()) {
  const count = documented.filter((other) => other === name).length;
  if (count !== 1) fail(`${name} has ${count} option tables in the user guide instead of one`);
}
if (process.exitCode === undefined) console.log(`${documented.length} option tables agree with the schemas`);

/** Everything that a user starts by its name, and that has options: `generators/preset`. */
function listSchemas(): string[] {
  return ["generators", "executors"].flatMap((kind) => {
    const manifest = JSON.parse(readFileSync(join(packageRoot, `${kind}.json`), "utf8")) as Record<string, Record<string, { hidden?: boolean }>>;
    return Object.entries(manifest[kind] ?? {}).flatMap(([name, { hidden }]) => (hidden ? [] : [`${kind}/${name}`]));
  });
}

function fail(what: string): void {
  console.error(`${what}. Run: npm run docs`);
  process.exitCode = 1;
}

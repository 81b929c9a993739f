import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";

/**
 * Holds each schema.d.ts to the schema.json beside it: the same properties, the same ones required. The second is what a
 * user may write, the first is what the code believes.
 */

interface Schema {
  readonly additionalProperties?: boolean;
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, { readonly description?: string }>>;
}

const source = join(import.meta.dirname, "..", "..", "packages", "nx", "src");
/**
 * What looks for unknown options itself: Nx ends a batch that has one with a stack that does not name it, and
 * create-nx-workspace hands all of its own to a preset.
 */
const LOOKS_ITSELF = new Set(["executors/docker-build", "generators/preset"]);
const folders = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.name === "schema.json")
  .map((entry) => entry.parentPath);
const problems = folders.flatMap(checkFolder);

for (const problem of problems) console.error(problem);
console.log(`${folders.length} schemas, ${problems.length} problems`);
process.exitCode = problems.length > 0 || folders.length === 0 ? 1 : 0;

function checkFolder(folder: string): string[] {
  const schema = JSON.parse(readFileSync(join(folder, "schema.json"), "utf8")) as Schema;
  const described = Object.keys(schema.properties).map((name) => `${name}${schema.required?.includes(name) ? "" : "?"}`);
  const declared = readInterface(join(folder, "schema.d.ts"));
  const complain = (what: string): string => `${folder.slice(source.length + 1)}: ${what}`;
  return [
    ...described.filter((name) => !declared.includes(name)).map((name) => complain(`schema.d.ts lacks ${name}`)),
    ...declared.filter((name) => !described.includes(name)).map((name) => complain(`schema.json lacks ${name}`)),
    ...(schema.additionalProperties === LOOKS_ITSELF.has(posix.relative(source, folder)) ? [] : [complain("additionalProperties is not what it should be")]),
    ...Object.entries(schema.properties)
      .filter(([, { description }]) => !description?.endsWith("."))
      .map(([name]) => complain(`${name} is not described by a sentence`)),
  ];
}

/** Names of an interface's members, with a `?` behind those that may be left out. */
function readInterface(file: string): string[] {
  const tree = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  return tree.statements
    .filter((statement) => ts.isInterfaceDeclaration(statement))
    .flatMap(({ members }) => members)
    .filter((member) => ts.isPropertySignature(member))
    .map((member) => `${member.name.getText(tree)}${member.questionToken === undefined ? "" : "?"}`);
}

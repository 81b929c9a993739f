import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Writes the option tables of packages/nx/README.md from the schemas. With `--check` it writes nothing and fails where
 * they disagree.
 */

interface Property {
  readonly type?: string;
  readonly anyOf?: readonly Property[];
  readonly items?: { readonly type?: string };
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
}

interface Schema {
  readonly description: string;
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, Property>>;
}

const START = "<!-- options: made by `npm run docs` from the schemas -->";
const END = "<!-- /options -->";

const packageRoot = join(import.meta.dirname, "..", "..", "packages", "nx");
const readme = join(packageRoot, "README.md");
const text = readFileSync(readme, "utf8");
const edited = replaceBetween(text, buildTables());

if (edited === text) console.log("the option tables agree with the schemas");
else if (process.argv.includes("--check")) {
  console.error("packages/nx/README.md disagrees with the schemas. Run: npm run docs");
  process.exitCode = 1;
} else {
  writeFileSync(readme, edited);
  console.log("wrote the option tables of packages/nx/README.md");
}

function buildTables(): string {
  return [
    ...["preset", "adopt", "microservice", "microservice-remove", "module", "module-remove", "extract", "inline", "compose", "kubernetes", "ci", "topology", "doctor"].map((name) => buildTable(name, `generators/${name}`)),
    ...["docker-build", "docker-run", "docker-push", "deploy", "serve"].map((name) => buildTable(name, `executors/${name}`)),
  ].join("\n");
}

function buildTable(name: string, folder: string): string {
  const schema = JSON.parse(readFileSync(join(packageRoot, "src", folder, "schema.json"), "utf8")) as Schema;
  const rows = Object.entries(schema.properties).map(([option, property]) => {
    const required = schema.required?.includes(option) ? " (required)" : "";
    return `| \`${option}\`${required} | ${describeType(property)} | ${describeDefault(property)} | ${property.description ?? ""} |`;
  });
  return [`### ${name}`, "", schema.description, "", "| option | type | default | |", "| --- | --- | --- | --- |", ...rows, ""].join("\n");
}

function describeType({ type, items, enum: values, anyOf }: Property): string {
  if (anyOf !== undefined) return anyOf.map(describeType).join(", ");
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(", ");
  return type === "array" ? `${items?.type ?? "any"}[]` : (type ?? "");
}

function describeDefault({ default: value }: Property): string {
  const isEmpty = value === undefined || (typeof value === "object" && Object.keys(value ?? {}).length === 0);
  return isEmpty ? "" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

function replaceBetween(source: string, content: string): string {
  const [before, rest] = source.split(START);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`README.md lacks ${START} … ${END}`);
  return `${before}${START}\n\n${content}\n${END}${after}`;
}

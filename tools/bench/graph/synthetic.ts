import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Size of a synthetic workspace. */
export interface SyntheticSize {
  readonly modules: number;
  readonly filesPerModule: number;
}

/** One module in so many is a microservice, with a manifest that says so and a Dockerfile. */
const SERVICE_EVERY = 10;

/** What the workspace's root manifest holds, and modules import. */
const PACKAGES = ["nanoid", "ms", "picocolors"] as const;

/** Folder of a module by its number. */
function moduleName(index: number): string {
  return `m${String(index).padStart(4, "0")}`;
}

/** Tells whether a project is one of the modules, and not of what the workspace had before. */
export function isSynthetic(project: string): boolean {
  return /^@module\/m\d{4}$/.test(project);
}

/** A source file that imports: another module, its neighbour in the same module, and an npm package. */
export function sourceFile(index: number, file: number): string {
  return `modules/${moduleName(index)}/src/file${file}.ts`;
}

/**
 * Writes an Ooneex workspace's modules, in the shape of the framework's: package.json, manifest, sources, a test, and for a
 * service its Dockerfile, environment and roles. Deterministic, so that every copy is the same.
 *
 * @param root - absolute path of a workspace that has everything but these modules
 */
export async function writeModules(root: string, size: SyntheticSize): Promise<void> {
  for (let index = 0; index < size.modules; index++) {
    const files = Object.entries(buildModule(index, size));
    await Promise.all(files.map(([path, text]) => writeAt(join(root, path), text)));
  }
}

/** The aliases that the root tsconfig.json of such a workspace holds, one a module. */
export function buildAliases({ modules }: SyntheticSize): Record<string, string[]> {
  return Object.fromEntries(
    Array.from({ length: modules }, (_, index) => [
      `@module/${moduleName(index)}/*`,
      [`./modules/${moduleName(index)}/src/*`],
    ]),
  );
}

async function writeAt(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

function buildModule(index: number, size: SyntheticSize): Record<string, string> {
  const name = moduleName(index);
  const root = `modules/${name}`;
  const isService = index % SERVICE_EVERY === 0;
  return {
    [`${root}/package.json`]: `${JSON.stringify({ name: `@module/${name}`, version: "0.0.1", type: "module" }, null, 2)}\n`,
    [`${root}/${name}.yml`]: `name: ${name}\ntype: "${isService ? "microservice" : "module"}"\ndescription: ""\n`,
    ...Object.fromEntries(
      Array.from({ length: size.filesPerModule - 1 }, (_, file) => [sourceFile(index, file), buildSource(index, file, size)]),
    ),
    [`${root}/tests/${name}.spec.ts`]: buildTest(index),
    ...(isService ? buildServiceFiles(root) : {}),
  };
}

function buildServiceFiles(root: string): Record<string, string> {
  return {
    [`${root}/Dockerfile`]: "FROM oven/bun:1\nCOPY . .\n",
    [`${root}/.env.yml`]: "app:\n  port: 3001\n",
    [`${root}/roles.yml`]: "roles: []\n",
  };
}

/** Sixty lines with the constructs that a parser meets: decorators, generics, templates, regular expressions, comments. */
function buildSource(index: number, file: number, size: SyntheticSize): string {
  const others = [index + 1, index * 7 + file + 1, index * 3 + 11].map((other) => other % size.modules);
  const next = (file + 1) % (size.filesPerModule - 1);
  const imports = [
    'import { controller, type ControllerType } from "@ooneex/controller";',
    'import type { LoggerType } from "@ooneex/logger";',
    `import { value as sibling } from "./file${next}";`,
    ...others.map((other, at) => `import { value as value${at} } from "@module/${moduleName(other)}/file${file}";`),
    `import { something } from "${PACKAGES[(index + file) % PACKAGES.length]}";`,
  ];
  // In the framework's own sources one file in fifteen holds such a word below its imports; here it is one in ten.
  const example = (index + file) % 10 === 0 ? ', as after `import "./elsewhere"`' : "";
  const methods = Array.from({ length: 8 }, (_, at) => [
    `  /** Answers with what \`${moduleName(index)}\` knows of ${at}${example}. */`,
    `  public async method${at}<T extends string>(key: T, options: { deep?: boolean } = {}): Promise<string> {`,
    "    // from here on \"nothing\" is imported",
    `    const matched = /["'\`]from\\s+(\\w+)/.exec(key)?.[1] ?? \`\${sibling}-\${value${at % 3}}\`;`,
    `    if (options.deep === true) return this.method${(at + 1) % 8}(matched as T);`,
    `    return something(matched, { index: ${index}, at: ${at} });`,
    "  }",
  ]);
  return [
    ...imports,
    "",
    `export const value = "${moduleName(index)}/${file}";`,
    "",
    "@controller()",
    `export class Controller${file} implements ControllerType {`,
    "  public constructor(private readonly logger: LoggerType) {}",
    ...methods.flat(),
    "}",
    "",
  ].join("\n");
}

function buildTest(index: number): string {
  return [
    'import { describe, expect, test } from "bun:test";',
    'import { value } from "../src/file0";',
    "",
    `describe("${moduleName(index)}", () => {`,
    `  test("has a value", () => expect(value).toBe("${moduleName(index)}/0"));`,
    "});",
    "",
  ].join("\n");
}

import { join } from "node:path";
import ts from "typescript";
import { parseAllDocuments } from "yaml";

/** An object of Kubernetes, as far as any of them has it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly [key: string]: unknown;
}

const REPOSITORY = join(import.meta.dirname, "..", "..", "..", "..");

/** Reads the objects of a stream of YAML documents. */
export function parseObjects(text: string): KubernetesObject[] {
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

/** What stands under a path of keys; `undefined` where there is nothing. */
export function readAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((node, key) => (typeof node === "object" && node !== null ? (node as Record<string | number, unknown>)[key] : undefined), value);
}

/**
 * Holds objects to the schemas of Kubernetes: values by the validators that are made of its OpenAPI document, and names of
 * fields, which those let pass, by the types that are made of it. A kind that Kubernetes does not have is a problem too.
 *
 * @returns one line a problem
 */
export async function checkObjects(objects: readonly KubernetesObject[]): Promise<string[]> {
  const problems = await Promise.all(objects.map(checkValues));
  return [...problems.flat(), ...checkFields(objects)];
}

async function checkValues(object: KubernetesObject): Promise<string[]> {
  const where = `${object.kind} ${object.metadata.name}`;
  try {
    const specifier = `kubernetes-models/${modulePath(object)}`;
    const models = (await import(/* @vite-ignore */ specifier)) as Record<string, new (data: unknown) => { validate(): void }>;
    const Model = models[object.kind];
    if (Model === undefined) return [`${where}: no schema`];
    new Model(object).validate();
    return [];
  } catch (error) {
    return [`${where}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** A literal may have no field that its type lacks, at any depth. */
function checkFields(objects: readonly KubernetesObject[]): string[] {
  const file = join(REPOSITORY, "packages", "nx", "objects.ts");
  const text = objects
    .map((object, index) => `import type { I${object.kind} as T${index} } from "kubernetes-models/${modulePath(object)}";\nexport const o${index}: T${index} = ${JSON.stringify(object)};\n`)
    .join("");
  const options: ts.CompilerOptions = { strict: true, noEmit: true, skipLibCheck: true, types: [], module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, target: ts.ScriptTarget.ES2022 };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version) => (name === file ? ts.createSourceFile(name, text, version) : read(name, version));
  const program = ts.createProgram([file], options, host);
  return program.getSemanticDiagnostics(program.getSourceFile(file)).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
}

function modulePath({ apiVersion, kind }: KubernetesObject): string {
  return `${apiVersion}/${kind}`;
}

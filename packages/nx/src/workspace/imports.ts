import { type Expression, parseSync, type Program, Visitor } from "oxc-parser";

/** One module that a source file asks for. */
export interface ImportStatement {
  /** What stands between the quotes. */
  readonly specifier: string;
  /** True where the module is asked for when that line runs, not when the file is loaded. */
  readonly dynamic: boolean;
}

/**
 * Lists what a source file imports: `import`, `export … from`, `import()` and `require()` with a literal name, type-only
 * ones included.
 *
 * Needs no TypeScript API, so it works beside any TypeScript version. A name that is computed cannot be seen.
 *
 * @param file - path, whose extension decides between TypeScript, JSX and JavaScript
 * @param text - the file's text
 */
export function readImports(file: string, text: string): ImportStatement[] {
  const parsed = parseSync(file, text);
  const { module } = parsed;
  const imports: ImportStatement[] = [];
  for (const { moduleRequest } of module.staticImports) {
    imports.push({ specifier: moduleRequest.value, dynamic: false });
  }
  for (const { entries } of module.staticExports) {
    const from = entries.find((entry) => entry.moduleRequest !== null)?.moduleRequest;
    if (from) imports.push({ specifier: from.value, dynamic: false });
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const specifier = readLiteral(text.slice(moduleRequest.start, moduleRequest.end));
    if (specifier !== undefined) imports.push({ specifier, dynamic: true });
  }
  // `program` is a getter: handing the syntax tree over to JavaScript costs more than parsing does, and few files need it.
  if (text.includes("require")) imports.push(...readRequires(parsed.program));
  return imports;
}

function readRequires(program: Program): ImportStatement[] {
  const imports: ImportStatement[] = [];
  new Visitor({
    CallExpression(call) {
      const [argument] = call.arguments;
      if (isRequire(call.callee) && argument?.type === "Literal" && typeof argument.value === "string") {
        imports.push({ specifier: argument.value, dynamic: true });
      }
    },
    TSExternalModuleReference(reference) {
      imports.push({ specifier: reference.expression.value, dynamic: false });
    },
  }).visit(program);
  return imports;
}

/** `require` and `require.resolve`, the latter on `import.meta` too. */
function isRequire(callee: Expression): boolean {
  if (callee.type === "Identifier") return callee.name === "require";
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return false;
  return callee.property.name === "require" || (callee.property.name === "resolve" && isRequire(callee.object));
}

/** A string literal's or a plain template's content, `undefined` for anything that is computed. */
function readLiteral(source: string): string | undefined {
  const [, quote, content] = /^(["'`])([^\\]*)\1$/s.exec(source) ?? [];
  return quote === "`" && content?.includes("${") ? undefined : content;
}

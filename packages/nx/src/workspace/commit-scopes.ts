import {
  type ArrayExpression,
  type Expression,
  parseSync,
  type Program,
  type StringLiteral,
  Visitor,
} from "oxc-parser";
import { OoneexNxError } from "../errors.js";
import { insertItem, removeItem, type SourceList } from "./source-list.js";
import { readLineNumber } from "./source-text.js";

/**
 * The files that commitlint takes its configuration from, in the order in which it looks for them.
 *
 * @see https://commitlint.js.org/reference/configuration.html
 */
export const COMMITLINT_FILES: readonly string[] = [
  ".commitlintrc",
  ...["json", "yaml", "yml", "js", "cjs", "mjs", "ts", "cts", "mts"].map((extension) => `.commitlintrc.${extension}`),
  ...["js", "cjs", "mjs", "ts", "cts", "mts"].map((extension) => `commitlint.config.${extension}`),
];

/** A commitlint configuration after an edit. */
export interface CommitScopeEdit {
  /** The file's text: the original one where nothing was to be changed. */
  readonly text: string;
  /** Why the scopes have to be edited by hand; absent where they were edited or need no edit. */
  readonly skipped?: string;
}

/** The list of scopes that a configuration allows. */
interface ScopeList {
  readonly array: ArrayExpression;
  /** What each element says; `undefined` for a spread or another expression. */
  readonly scopes: readonly (string | undefined)[];
  /** The quote that scopes are written in. */
  readonly quote: string;
  /** What follows a comma within a line. */
  readonly gap: string;
}

/** Found, found but not editable, or nothing that restricts the scopes. */
type Finding = ScopeList | { readonly skipped: string } | undefined;

/**
 * Adds a scope to commitlint's `scope-enum`, written as the other scopes are: at its place if they are sorted, else at
 * the end. {@link removeCommitScope} is the exact inverse.
 *
 * @param text - the configuration's text
 * @param scope - a module's kebab name
 * @param file - workspace-relative path; its ending says how the text is read
 * @returns the original text where every scope is allowed, the scope is listed, or the list is not written out there
 * @throws OoneexNxError `COMMITLINT_INVALID` where the text cannot be parsed
 */
export function addCommitScope(text: string, scope: string, file: string): CommitScopeEdit {
  return editScopes(text, file, (source, { array, scopes, quote, gap }) => {
    if (scopes.includes(scope)) return source;
    const index = isSorted(scopes) ? scopes.findIndex((other) => other !== undefined && other > scope) : -1;
    return insertItem(source, toList(array), index === -1 ? scopes.length : index, `${quote}${scope}${quote}`, gap);
  });
}

/**
 * Removes a scope from commitlint's `scope-enum`.
 *
 * @param text - the configuration's text
 * @param scope - a module's kebab name
 * @param file - workspace-relative path; its ending says how the text is read
 * @returns the original text where the scope is not listed, or the list is not written out in the file
 * @throws OoneexNxError `COMMITLINT_INVALID` where the text cannot be parsed
 */
export function removeCommitScope(text: string, scope: string, file: string): CommitScopeEdit {
  return editScopes(text, file, (source, { array, scopes }) =>
    removeItem(source, toList(array), scopes.indexOf(scope)),
  );
}

function editScopes(text: string, file: string, edit: (source: string, list: ScopeList) => string): CommitScopeEdit {
  if (!text.includes("scope-enum")) return { text };
  if (isYaml(text, file)) return { text, skipped: `${file} is YAML, which is not edited` };
  // JSON is an expression of JavaScript: within parentheses it is a program.
  const [head, tail] = /\.(?:json|commitlintrc)$/.test(file) ? ["(", "\n)"] : ["", ""];
  const source = head + text + tail;
  const finding = findScopes(source, file);
  if (finding === undefined) return { text };
  if ("skipped" in finding) return { text, skipped: finding.skipped };
  return { text: edit(source, finding).slice(head.length, -tail.length || undefined) };
}

function findScopes(source: string, file: string): Finding {
  const { rules, constants } = readRules(parseConfiguration(source, file));
  const findings = rules
    .map((rule) => readRule(source, file, rule, constants))
    .filter((finding) => finding !== undefined);
  if (new Set(findings.map((finding) => ("array" in finding ? finding.array : finding))).size > 1) {
    return { skipped: `${file} has more than one scope-enum` };
  }
  return findings[0];
}

/** Every value of a property `scope-enum`, and the constants that such a value may name. */
function readRules(program: Program): { rules: Expression[]; constants: Map<string, Expression> } {
  const rules: Expression[] = [];
  const constants = new Map<string, Expression>();
  new Visitor({
    ObjectExpression({ properties }) {
      for (const property of properties) {
        if (property.type === "Property" && readKey(property.key) === "scope-enum") rules.push(property.value);
      }
    },
    VariableDeclaration({ kind, declarations }) {
      for (const { id, init } of kind === "const" ? declarations : []) {
        if (id.type === "Identifier" && init !== null) constants.set(id.name, init);
      }
    },
  }).visit(program);
  return { rules, constants };
}

/** Reads a rule `[level, "always", scopes]`, where since commitlint 20 `scopes` may be `{ scopes, delimiters }`. */
function readRule(source: string, file: string, value: Expression, constants: Map<string, Expression>): Finding {
  const computed = { skipped: `${file} computes its scope-enum` };
  const rule = resolve(value, constants);
  if (rule?.type !== "ArrayExpression") return computed;
  const [level, applicable, third] = rule.elements.map((element) => resolve(element, constants));
  if (rule.elements.length < 3) return undefined;
  if (level === undefined || !isString(applicable)) return computed;
  if (applicable.value !== "always") return undefined;

  const array = third?.type === "ObjectExpression" ? readScopesProperty(third.properties, constants) : third;
  if (array?.type !== "ArrayExpression") return computed;
  if (array.elements.length === 0) return undefined;
  const strings = array.elements.filter((element): element is StringLiteral => isString(element));
  if (strings.length === 0 || array.elements.includes(null)) return computed;
  return {
    array,
    scopes: array.elements.map((element) => (isString(element) ? element.value : undefined)),
    quote: source.charAt((strings.at(-1) as StringLiteral).start),
    gap: /^,\s/.test(source.slice(level.end)) ? " " : "",
  };
}

function readScopesProperty(
  properties: Extract<Expression, { type: "ObjectExpression" }>["properties"],
  constants: Map<string, Expression>,
): Expression | undefined {
  for (const property of properties) {
    if (property.type === "Property" && readKey(property.key) === "scopes") return resolve(property.value, constants);
  }
  return undefined;
}

/** Sees through parentheses, `as const`, `satisfies`, and the name of a constant in the same file. */
function resolve(
  node: ArrayExpression["elements"][number] | undefined,
  constants: Map<string, Expression>,
): Expression | undefined {
  if (node === undefined || node === null || node.type === "SpreadElement") return undefined;
  switch (node.type) {
    case "ParenthesizedExpression":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
    case "TSNonNullExpression":
      return resolve(node.expression, constants);
    case "Identifier": {
      const value = constants.get(node.name);
      // A constant is asked once only, so that one that names itself ends here.
      return value === undefined
        ? node
        : resolve(value, new Map([...constants].filter(([name]) => name !== node.name)));
    }
    default:
      return node;
  }
}

function readKey(key: { type: string }): unknown {
  if (key.type === "Identifier") return (key as { type: string; name: string }).name;
  return isString(key) ? key.value : undefined;
}

function isString(node: { type: string } | null | undefined): node is StringLiteral {
  return node?.type === "Literal" && typeof (node as StringLiteral).value === "string";
}

function isSorted(scopes: readonly (string | undefined)[]): boolean {
  return (
    scopes.length > 1 &&
    scopes.every((scope, index) => scope !== undefined && (index === 0 || (scopes[index - 1] as string) <= scope))
  );
}

function toList({ start, end, elements }: ArrayExpression): SourceList {
  return {
    inside: { start: start + 1, end: end - 1 },
    items: elements.map((element) => ({ start: element?.start ?? end, end: element?.end ?? end })),
  };
}

function isYaml(text: string, file: string): boolean {
  return /\.ya?ml$/.test(file) || (file.endsWith(".commitlintrc") && !/^\uFEFF?\s*\{/.test(text));
}

function parseConfiguration(source: string, file: string): Program {
  // TypeScript's syntax holds that of JavaScript, so one name does for every ending.
  const { program, errors } = parseSync("commitlint.ts", source);
  const [error] = errors;
  if (error === undefined) return program;
  throw new OoneexNxError({
    code: "COMMITLINT_INVALID",
    what: `the configuration of commitlint cannot be parsed: ${error.message}`,
    where: `${file}:${readLineNumber(source, error.labels[0]?.start ?? 0)}`,
    remedy: "mend the file and run the command again",
  });
}

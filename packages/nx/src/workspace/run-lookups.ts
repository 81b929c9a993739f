import { type Expression, type Program, Visitor } from "oxc-parser";
import { readBareExpression } from "./bare-expression.js";
import { readConstantTexts } from "./constant-text.js";

/** What an expression is, as far as it asks for modules when the bundle runs. */
interface Meaning {
  /** `require` has a method `resolve`, `resolve` is such a method, and `make` makes a `require`: `createRequire`. */
  readonly role: "require" | "resolve" | "make";
  /** Whether a relative path starts from the file itself, as far as anybody can tell. */
  readonly isHere: boolean;
}

/** Tells for a call whether it asks for a module when the bundle runs; `isHere` as in {@link Meaning}. */
export type ReadLookup = (callee: Expression, second: Expression | undefined) => { readonly isHere: boolean } | undefined;

type Bindings = ReadonlyMap<string, Meaning>;

/**
 * Finds out what of a file asks for modules when the bundle runs. Measured with Bun 1.3 and 1.4: the bundler leaves alone
 * `import.meta.require`, `import.meta.resolve`, `import.meta.resolveSync`, `Bun.resolve`, `Bun.resolveSync`, a `require`
 * that `createRequire` made, whatever it is called, and a `require` under another name. For `require.resolve` it writes down
 * the path that a module has on the machine that bundles, and for an external package the call as it is.
 *
 * A name counts in the whole file, so that another one of the same name somewhere in it is taken for a lookup as well.
 */
export function findLookups(program: Program, text: string): ReadLookup {
  const bindings = readBindings(program, text);
  return (callee, second) => {
    const bare = readCallee(callee);
    // Only this one name is the bundler's own, until the file declares it itself.
    if (bare.type === "Identifier" && bare.name === "require" && !bindings.has("require")) return undefined;
    const meaning = readMeaning(bare, bindings, text);
    if (meaning === undefined || meaning.role === "make") return undefined;
    // Where to look is the second argument of `Bun.resolve`, `require.resolve` and the others.
    return { isHere: second === undefined ? meaning.isHere : refersToFile(second, text) };
  };
}

/** A chain in parentheses ends there, which makes no difference to a name. */
export function readCallee(expression: Expression): Expression {
  const bare = readBareExpression(expression);
  return bare.type === "ChainExpression" ? readBareExpression(bare.expression) : bare;
}

/** The name of a member that is written out: `a.b`, `a["b"]`, `a.#b`. */
function readMember(expression: Expression): { readonly object: Expression; readonly name: string } | undefined {
  if (expression.type !== "MemberExpression") return undefined;
  const { property, computed } = expression;
  const object = readCallee(expression.object);
  if (!computed) return property.type === "Identifier" || property.type === "PrivateIdentifier" ? { object, name: property.name } : undefined;
  const [name, ...others] = readConstantTexts(property);
  return name === undefined || others.length > 0 ? undefined : { object, name };
}

const REQUIRE: Meaning = { role: "require", isHere: true };
const RESOLVE: Meaning = { role: "resolve", isHere: true };
const MAKE: Meaning = { role: "make", isHere: false };

/** Without a place to start from, `Bun.resolve` starts nowhere. */
const RESOLVE_OF_BUN: Meaning = { role: "resolve", isHere: false };

/** What names mean that the file binds to nothing: a `createRequire` may be bound further below. */
const GLOBALS: Bindings = new Map([["require", REQUIRE], ["createRequire", MAKE]]);

const RESOLVERS = new Set(["resolve", "resolveSync"]);

/** What a name means that is taken out of an object: by a member, a pattern or an import. */
function readPart(owner: Expression | "bun" | undefined, name: string, bindings: Bindings, text: string): Meaning | undefined {
  if (name === "createRequire") return MAKE;
  if (owner === undefined) return undefined;
  if (owner === "bun" || (owner.type === "Identifier" && owner.name === "Bun")) return RESOLVERS.has(name) ? RESOLVE_OF_BUN : undefined;
  if (owner.type === "MetaProperty") return name === "require" ? REQUIRE : RESOLVERS.has(name) ? RESOLVE : undefined;
  const meaning = readMeaning(owner, bindings, text);
  return meaning?.role === "require" && name === "resolve" ? { ...meaning, role: "resolve" } : undefined;
}

function readMeaning(expression: Expression, bindings: Bindings, text: string): Meaning | undefined {
  const bare = readCallee(expression);
  const first = (...sides: readonly (Expression | undefined)[]): Meaning | undefined =>
    sides.map((side) => (side === undefined ? undefined : readMeaning(side, bindings, text))).find((meaning) => meaning !== undefined);
  switch (bare.type) {
    case "Identifier":
      return bindings.get(bare.name) ?? GLOBALS.get(bare.name);
    case "MemberExpression": {
      const member = readMember(bare);
      if (member === undefined) return undefined;
      const own = member.object.type === "ThisExpression" ? bindings.get(`this.${member.name}`) : undefined;
      return own ?? readPart(member.object, member.name, bindings, text);
    }
    case "CallExpression": {
      if (readMeaning(bare.callee, bindings, text)?.role !== "make") return undefined;
      const [place] = bare.arguments;
      if (place === undefined || place.type === "SpreadElement") return { role: "require", isHere: false };
      // What lies at a place of the image itself, nobody can tell.
      if (readConstantTexts(place).some((path) => /^(?:\/|file:)/.test(path))) return undefined;
      return { role: "require", isHere: refersToFile(place, text) };
    }
    case "SequenceExpression":
      return first(bare.expressions.at(-1));
    case "ConditionalExpression":
      return first(bare.consequent, bare.alternate);
    case "LogicalExpression":
      return first(bare.left, bare.right);
    default:
      return undefined;
  }
}

/** Whether a place is worked out from the file's own. */
function refersToFile({ start, end }: Expression, text: string): boolean {
  return /\bimport\s*\.\s*meta\b|\b__(?:dir|file)name\b/.test(text.slice(start, end));
}

/** Names of variables, and with `this.` in front those of fields. */
function readBindings(program: Program, text: string): Bindings {
  const bindings = new Map<string, Meaning>();
  const bind = (name: string, meaning: Meaning | undefined): void => {
    if (meaning !== undefined && bindings.get(name)?.isHere !== true) bindings.set(name, meaning);
  };
  const bindTo = (target: { readonly type: string }, value: Expression | null): void => {
    if (value === null) return;
    const pattern = target as Expression;
    if (pattern.type === "Identifier") {
      bind(pattern.name, readMeaning(value, bindings, text));
      return;
    }
    const member = readMember(pattern);
    if (member?.object.type === "ThisExpression") bind(`this.${member.name}`, readMeaning(value, bindings, text));
  };
  new Visitor({
    ImportDeclaration({ source, specifiers }) {
      for (const { type, local, ...specifier } of specifiers) {
        if (type !== "ImportSpecifier" || !("imported" in specifier)) continue;
        const { imported } = specifier;
        const name = imported.type === "Identifier" ? imported.name : imported.value;
        bind(local.name, readPart(source.value === "bun" ? "bun" : undefined, name, bindings, text));
      }
    },
    VariableDeclarator({ id, init }) {
      if (id.type !== "ObjectPattern") {
        bindTo(id, init);
        return;
      }
      for (const property of id.properties) {
        if (property.type !== "Property" || property.computed || property.key.type !== "Identifier") continue;
        const local = property.value.type === "AssignmentPattern" ? property.value.left : property.value;
        if (local.type === "Identifier") bind(local.name, readPart(init === null ? undefined : readCallee(init), property.key.name, bindings, text));
      }
    },
    AssignmentExpression({ left, right }) {
      bindTo(left, right);
    },
    AssignmentPattern({ left, right }) {
      bindTo(left, right);
    },
    PropertyDefinition({ key, value }) {
      if (key.type === "Identifier" || key.type === "PrivateIdentifier") bind(`this.${key.name}`, value === null ? undefined : readMeaning(value, bindings, text));
    },
  }).visit(program);
  return bindings;
}

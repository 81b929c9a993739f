import type { Expression } from "oxc-parser";
import { readBareExpression } from "./bare-expression.js";

type Constant = string | number | bigint | boolean | null | undefined;

/**
 * The texts that an expression of nothing but literals can have: one for a literal, a template, or texts put together,
 * both for `a ? "b" : "c"`. Bun's bundler folds the same ones.
 *
 * @returns an empty list for anything that is computed
 */
export function readConstantTexts(expression: Expression): string[] {
  return readConstants(expression).filter((constant) => typeof constant === "string");
}

function readConstants(expression: Expression): readonly Constant[] {
  const bare = readBareExpression(expression);
  switch (bare.type) {
    case "Literal":
      return bare.value instanceof RegExp || "regex" in bare ? [] : [bare.value];
    case "Identifier":
      return bare.name === "undefined" ? [undefined] : [];
    case "UnaryExpression":
      return readConstants(bare.argument).flatMap((constant) => applyUnary(bare.operator, constant));
    case "TemplateLiteral": {
      const [first, ...rest] = bare.quasis.map(({ value }) => value.cooked ?? "");
      return rest.reduce<readonly Constant[]>((texts, quasi, index) => {
        const inner = bare.expressions[index];
        return join(join(texts, inner === undefined ? [] : readConstants(inner).map(String)), [quasi]);
      }, [first ?? ""]);
    }
    case "BinaryExpression":
      return bare.operator === "+" ? join(readConstants(bare.left), readConstants(bare.right)) : [];
    case "LogicalExpression":
      // The other side of what is computed is none that a bundler looks at.
      return readConstants(bare.left).flatMap((left) => (isDecided(bare.operator, left) ? [left] : readConstants(bare.right)));
    case "ConditionalExpression": {
      const tests = readConstants(bare.test);
      const sides = tests.length === 0 ? [bare.consequent, bare.alternate] : tests.map((test) => (test ? bare.consequent : bare.alternate));
      return sides.flatMap(readConstants);
    }
    default:
      return [];
  }
}

/** Whether `||`, `??` or `&&` ends with its left side. */
function isDecided(operator: "||" | "??" | "&&", left: Constant): boolean {
  if (operator === "??") return left !== null && left !== undefined;
  return operator === "||" ? Boolean(left) : !left;
}

function applyUnary(operator: string, constant: Constant): readonly Constant[] {
  if (operator === "void") return [undefined];
  if (operator === "!") return [!constant];
  return operator === "-" && typeof constant === "number" ? [-constant] : [];
}

/** What `+` makes of each pair: a text, where one side is a text. */
function join(heads: readonly Constant[], tails: readonly Constant[]): Constant[] {
  return heads.flatMap((head) =>
    tails.flatMap((tail): Constant[] => {
      if (typeof head === "number" && typeof tail === "number") return [head + tail];
      return typeof head === "string" || typeof tail === "string" ? [String(head) + String(tail)] : [];
    }),
  );
}

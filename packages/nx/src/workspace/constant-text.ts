import type { Expression } from "oxc-parser";

/**
 * The texts that an expression of nothing but literals can have: one for a literal, a template, or texts put together,
 * both for `a ? "b" : "c"`. Bun's bundler folds the same ones.
 *
 * @returns an empty list for anything that is computed
 */
export function readConstantTexts(expression: Expression): string[] {
  switch (expression.type) {
    case "Literal":
      return typeof expression.value === "string" ? [expression.value] : [];
    case "TemplateLiteral": {
      const [first, ...rest] = expression.quasis.map(({ value }) => value.cooked ?? "");
      return rest.reduce<string[]>((texts, quasi, index) => {
        const inner = expression.expressions[index];
        return join(join(texts, inner === undefined ? [] : readConstantTexts(inner)), [quasi]);
      }, [first ?? ""]);
    }
    case "BinaryExpression":
      if (expression.operator !== "+") return [];
      return join(readConstantTexts(expression.left), readConstantTexts(expression.right));
    case "ConditionalExpression":
      return [...readConstantTexts(expression.consequent), ...readConstantTexts(expression.alternate)];
    case "ParenthesizedExpression":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
    case "TSTypeAssertion":
      return readConstantTexts(expression.expression);
    default:
      return [];
  }
}

function join(heads: readonly string[], tails: readonly string[]): string[] {
  return heads.flatMap((head) => tails.map((tail) => head + tail));
}

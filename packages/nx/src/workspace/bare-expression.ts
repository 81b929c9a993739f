import type { Expression } from "oxc-parser";

/** An expression without the parentheses and the words about types around it, none of which is there at run time. */
export function readBareExpression(expression: Expression): Expression {
  let bare = expression;
  for (;;) {
    switch (bare.type) {
      case "ParenthesizedExpression":
      case "TSAsExpression":
      case "TSInstantiationExpression":
      case "TSNonNullExpression":
      case "TSSatisfiesExpression":
      case "TSTypeAssertion":
        bare = bare.expression;
        break;
      default:
        return bare;
    }
  }
}

import type { Expression } from "oxc-parser";
import { readCallee } from "./run-lookups.js";

/** Whether Bun's bundler takes what a call asks for, by what is called: `require` and `module.require`. */
export function isBundledRequire(callee: Expression): boolean {
  const bare = readCallee(callee);
  if (isNamed(bare, "require")) return true;
  if (bare.type !== "MemberExpression" || !isNamed(readCallee(bare.object), "module")) return false;
  const { property } = bare;
  const isPlain = !bare.computed && property.type === "Identifier" && property.name === "require";
  return isPlain || (property.type === "Literal" && property.value === "require");
}

function isNamed(expression: Expression, name: string): boolean {
  return expression.type === "Identifier" && expression.name === name;
}

import type { Expression } from "oxc-parser";
import { readBareExpression } from "./bare-expression.js";

/**
 * Tells what Bun's bundler makes of a call by what is called: it takes what `require`, `require.resolve` and
 * `module.require` ask for, and leaves what `import.meta.require` asks for to the run.
 *
 * @returns `undefined` for any other call
 */
export function readRequire(callee: Expression): "bundled" | "unbundled" | undefined {
  const bare = readCallee(callee);
  if (isNamed(bare, "require")) return "bundled";
  if (bare.type !== "MemberExpression") return undefined;
  const object = readCallee(bare.object);
  const { property } = bare;
  // Bun knows `module["require"]`, and not `require["resolve"]`.
  if (!bare.computed && property.type === "Identifier" && property.name === "resolve") {
    return isNamed(object, "require") ? "bundled" : undefined;
  }
  const isPlain = !bare.computed && property.type === "Identifier" && property.name === "require";
  if (!isPlain && !(property.type === "Literal" && property.value === "require")) return undefined;
  if (object.type === "MetaProperty") return "unbundled";
  return isNamed(object, "module") ? "bundled" : undefined;
}

/** A chain in parentheses ends there, which makes no difference to a name. */
function readCallee(expression: Expression): Expression {
  const bare = readBareExpression(expression);
  return bare.type === "ChainExpression" ? readBareExpression(bare.expression) : bare;
}

function isNamed(expression: Expression, name: string): boolean {
  return expression.type === "Identifier" && expression.name === name;
}

import type { Expression, ImportAttribute, ObjectExpression } from "oxc-parser";
import { readBareExpression } from "./bare-expression.js";

/** `type` of `with { type: "text" }`. */
export function readLoader(attributes: readonly ImportAttribute[]): string | undefined {
  return attributes.find(({ key }) => (key.type === "Identifier" ? key.name : key.value) === "type")?.value.value;
}

/** `type` of `{ with: { type: "text" } }`, the options of an `import()`; `assert` is the older name. */
export function readDynamicLoader(options: Expression | null): string | undefined {
  const attributes = readProperty(options, "with") ?? readProperty(options, "assert");
  const type = readProperty(attributes, "type");
  if (type?.type === "TemplateLiteral" && type.expressions.length === 0) return type.quasis[0]?.value.cooked ?? undefined;
  return type?.type === "Literal" && typeof type.value === "string" ? type.value : undefined;
}

function readProperty(expression: Expression | null | undefined, name: string): Expression | undefined {
  const bare = expression ? readBareExpression(expression) : undefined;
  if (bare?.type !== "ObjectExpression") return undefined;
  const property = bare.properties.find((entry) => entry.type === "Property" && readName(entry) === name);
  return property?.type === "Property" ? readBareExpression(property.value) : undefined;
}

type Property = Extract<ObjectExpression["properties"][number], { type: "Property" }>;

function readName({ key, computed }: Property): string | undefined {
  if (key.type === "Identifier") return computed ? undefined : key.name;
  return key.type === "Literal" && typeof key.value === "string" ? key.value : undefined;
}

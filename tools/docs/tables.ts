interface Property {
  readonly type?: string;
  readonly anyOf?: readonly Property[];
  readonly items?: { readonly type?: string };
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
}

interface Schema {
  readonly description: string;
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, Property>>;
}

const PLACE = /(<!-- options: ([\w/-]+) -->)[^]*?(<!-- \/options -->)/g;

/**
 * Fills the places of a page that are marked `<!-- options: generators/preset -->` … `<!-- /options -->`.
 *
 * @param readSchema - gives the text of the schema of such a name
 */
export function replaceTables(page: string, readSchema: (name: string) => string): string {
  return page.replace(PLACE, (_place, start: string, name: string, end: string) => {
    const schema = JSON.parse(readSchema(name)) as Schema;
    return `${start}\n\n${buildTable(schema)}\n\n${end}`;
  });
}

function buildTable(schema: Schema): string {
  const rows = Object.entries(schema.properties).map(([option, property]) => {
    const required = schema.required?.includes(option) ? " (required)" : "";
    return `| \`${option}\`${required} | ${describeType(property)} | ${describeDefault(property)} | ${property.description ?? ""} |`;
  });
  return [schema.description, "", "| option | type | default | |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function describeType({ type, items, enum: values, anyOf }: Property): string {
  if (anyOf !== undefined) return anyOf.map(describeType).join(", ");
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(", ");
  return type === "array" ? `${items?.type ?? "any"}[]` : (type ?? "");
}

function describeDefault({ default: value }: Property): string {
  const isEmpty = value === undefined || (typeof value === "object" && Object.keys(value ?? {}).length === 0);
  return isEmpty ? "" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** A value that is about to be written, apart from the style that its surroundings ask for. */
export type YamlFragment = YamlText | YamlMapping | YamlItems;

/** A string, in double quotes or, where nothing forbids it, plain. */
export interface YamlText {
  readonly kind: "text";
  readonly value: string;
  readonly plain: boolean;
}

/** A map. */
export interface YamlMapping {
  readonly kind: "mapping";
  readonly pairs: readonly (readonly [key: string, value: YamlFragment])[];
}

/** A list. */
export interface YamlItems {
  readonly kind: "items";
  readonly items: readonly YamlFragment[];
}

/** How a string is written. The names are those of the yaml package. */
export type YamlQuoting = "PLAIN" | "QUOTE_DOUBLE" | "QUOTE_SINGLE";

/** Strings that mean themselves without quotes in YAML 1.1 and 1.2 alike, in block and in flow style. */
const PLAIN = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z_][a-z0-9_-]*$/i;

/** Writes a string; a plain one is quoted where it would mean something else. */
export function quote(value: string, quoting: YamlQuoting): string {
  if (quoting === "QUOTE_SINGLE" && /^[ -~]*$/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return quoting === "PLAIN" && PLAIN.test(value) ? value : JSON.stringify(value);
}

/** Lines of a fragment in block style, two spaces a level, without line breaks. */
export function blockLines(fragment: YamlFragment): string[] {
  switch (fragment.kind) {
    case "text":
      return [quoteText(fragment)];
    case "mapping":
      return fragment.pairs.flatMap(([key, value]) => {
        const name = quote(key, "PLAIN");
        if (value.kind === "text") return [`${name}: ${quoteText(value)}`];
        return [`${name}:`, ...blockLines(value).map((line) => `  ${line}`)];
      });
    case "items":
      return fragment.items.flatMap((item) =>
        blockLines(item).map((line, index) => (index === 0 ? "- " : "  ") + line),
      );
  }
}

/**
 * A fragment in flow style on one line, with a space inside each bracket.
 *
 * @param json - quote every key and string, so that a JSON document stays one
 */
export function flowText(fragment: YamlFragment, json: boolean): string {
  switch (fragment.kind) {
    case "text":
      return json ? JSON.stringify(fragment.value) : quoteText(fragment);
    case "mapping":
      return `{ ${fragment.pairs.map((pair) => flowPair(pair, json)).join(", ")} }`;
    case "items":
      return `[ ${fragment.items.map((item) => flowText(item, json)).join(", ")} ]`;
  }
}

/** A pair in flow style, without brackets around it. */
export function flowPair([key, value]: YamlMapping["pairs"][number], json: boolean): string {
  return `${json ? JSON.stringify(key) : quote(key, "PLAIN")}: ${flowText(value, json)}`;
}

function quoteText({ value, plain }: YamlText): string {
  return quote(value, plain ? "PLAIN" : "QUOTE_DOUBLE");
}

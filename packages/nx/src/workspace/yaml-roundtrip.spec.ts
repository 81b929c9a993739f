import { describe, expect, it } from "vitest";
import { declareMicroservice, withdrawMicroservice } from "./app-yml.js";
import { setEnvVariable, unsetEnvVariable } from "./env-yml.js";

/** Texts that a random choice of styles makes up; one seed gives one text. */
class Styles {
  #state: number;

  public constructor(seed: number) {
    this.#state = seed;
  }

  public appYml(): string {
    const block = this.#pick(NULLS_AND_LISTS.concat(this.#blockList(), this.#blockList(), this.#flowList(), this.#flowList()));
    const inline = this.#pick(["", " ~", " null", " []", " [ ]", ` ${this.#flowList().trimStart()}`]);
    return this.#document("microservices", block, inline);
  }

  public envYml(): string {
    const service = this.#pick(["billing:", "? billing", "order_history: # c", '"null": ~', "billing: { }", "billing:\n    url:", 'billing:\n    url: "" # c']);
    const gap = this.#pick(["\n  ", "\n\n  # note\n  ", " # c\n  "]);
    const other = this.#pick(["", "\n  other: { url: x }", "\n  other:\n    url: x # c", "\n  redis:\n    url: |\n      a\n      b"]);
    const block = this.#pick(["", " ~", " # c", " null # c", " {}", " { }", " &a {\n    }", " {\n    # c\n    other: { url: x },\n  }", `${gap}${service}${other}`, " scalar", ' ""', " *map", " [a]"]);
    const inline = this.#pick(["", " ~", " null", " {}", " { billing: }", " { billing }", " { billing: ~, x: y, }", " { billing: { url: } }", ' { billing: { url: "" } }', ' {"billing":{}}']);
    return this.#document("microservice", block, inline);
  }

  #document(key: string, block: string, inline: string): string {
    const absent = this.#pick([true, false, false]);
    const isFlow = this.#pick([true, false, false, false]);
    const body = isFlow ? this.#flowRoot(key, absent ? undefined : inline) : this.#blockRoot(key, absent ? undefined : block);
    const head = this.#pick(["", "", "", "# head\n", "---\n", "--- # head\n", "%YAML 1.2\n---\n", "\n\n"]);
    const tail = this.#pick(["\n", "\n", "\n", "", "\n\n\n", "\n# tail\n", "\n  # tail", "\n...\n", "\n---\nmicroservices: [\n", "\n...\n# next\n---\na: 1"]);
    // The parser counts a byte-order mark into the first line's indentation, so a root cannot be indented behind one.
    const mark = body.startsWith(" ") ? "" : this.#pick(["", "", "\uFEFF"]);
    const text = `${mark}${head}${body}${tail}`;
    return this.#pick([true, false]) ? text : text.replaceAll("\n", "\r\n");
  }

  #blockRoot(key: string, value: string | undefined): string {
    const spelling = this.#pick([key, key, `"${key}"`, `'${key}'`, `${key} `, `? ${key}\n`]);
    const pair = value === undefined ? [] : [`${spelling}:${value}`];
    const lines = ["map: &map { k: v }", ...this.#some(NEIGHBOURS), ...pair, ...this.#some(NEIGHBOURS_BEHIND)].join("\n");
    const indent = this.#pick(["", "", "", "  "]);
    return lines.replaceAll(/^(?=.)/gm, indent);
  }

  #flowRoot(key: string, value: string | undefined): string {
    const quote = this.#pick(["", '"']);
    const colon = this.#pick([":", ":", value === "" ? "" : ":"]);
    const pair = value === undefined ? [] : [`${quote}${key}${quote}${colon}${value}`];
    const entries = [...this.#some([`${quote}a${quote}: 1`, `${quote}b${quote}: { c: [d] }`]), ...pair];
    const [open, separator, close] = this.#pick([["{", ",", "}"], ["{ ", ", ", " }"], ["{\n  ", ",\n  ", "\n}"], ["{ # c\n ", ", # c\n ", " # c\n}"]]);
    const comma = entries.length > 0 ? this.#pick(["", "", ","]) : "";
    return `${open}${entries.join(separator)}${comma}${close}`;
  }

  #blockList(): string {
    const indent = this.#pick(["", "  ", "    "]);
    const items = [this.#pick(ITEMS), ...this.#some(ITEMS)].map((item) => `${indent}${item.replaceAll("\n", `\n${indent}`)}`);
    return `${this.#pick(["", " # list", " &list", " !!seq"])}\n${items.join(this.#pick(["\n", "\n", "\n\n", `\n${indent}# c\n`]))}`;
  }

  #flowList(): string {
    const items = [this.#pick(FLOW_ITEMS), ...this.#some(FLOW_ITEMS)];
    const [open, separator, close] = this.#pick([["[", ",", "]"], ["[ ", ", ", " ]"], ["[\n   ", ",\n   ", "\n  ]"], ["[ # c\n   ", ", # c\n   ", " # c\n  ]"], ["[", " ,", "\n  ]"]]);
    return ` ${open}${items.join(separator)}${this.#pick(["", "", ",", " ,"])}${close}`;
  }

  #some<T>(values: readonly T[]): T[] {
    return values.filter(() => this.#random() < 0.3);
  }

  #pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.#random() * values.length)] as T;
  }

  /** Mulberry32. */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

const NULLS_AND_LISTS = ["", " ", " # c", " # ~", " ~", " ~ # c", " null", " &svc", "\n  ~", "\n  # c", " []", " [ ]", " [\n  ]", " [ # c\n  # d\n  ]", " &svc []"];
const NEIGHBOURS = ["type: api # c", "text: |\n  # no comment\n  microservices:", "cache:\n  redis:\n    url: redis://r", "kept: |+\n  a\n\n", "# microservices: []", ""];
const NEIGHBOURS_BEHIND = ["port: 3000", "# between", "", "folded: >-\n  a\n  b", "'quoted': \"a: [b]\"", "open:", "list:\n- a\n- b # c", "keep: |+\n  a\n"];
const ITEMS = ["- name: a\n  url: A", "- name: 'b' # b\n  url: 'B' # B", '-   "url": "C"\n    "name": "c"', "- { name: d, url: D }", "- name: e\n  url: E\n  text: |\n    t", "- name: f\n  url:", "-", "- &g { name: g, url: G }", "- *map", "-\n  name: h\n  url: H"];
const FLOW_ITEMS = ["{ name: a, url: A }", '{"name":"b","url":"B"}', "{ url: 'C', name: 'c', }", "{\n    name: d,\n    url: D\n    }", "&e { name: e, url: E }", "f", "!!map { name: g, url: G }"];

/** Texts of each file; each is edited four times and undone four times. */
const SEEDS = 1_000;

describe("random styles", () => {
  it("give back the manifest once what was declared is withdrawn, in any order", () => {
    const add = (text: string, name: string): string => declareMicroservice(text, { name, url: "MICROSERVICE_URL" });
    const remove = (text: string, name: string): string | undefined => withdrawMicroservice(text, name);
    const services = ["order-history", "null"] as const;
    for (let seed = 0; seed < SEEDS; seed += 1) expectInverse(new Styles(seed).appYml(), services, add, remove);
  });

  it("give back the env file once what was set is unset, in any order", () => {
    const add = (text: string, variable: string): string => setEnvVariable(text, variable, "http://localhost:3001");
    const services = ["MICROSERVICE_BILLING_URL", "MICROSERVICE_NULL_URL"] as const;
    for (let seed = 0; seed < SEEDS; seed += 1) expectInverse(new Styles(seed).envYml(), services, add, unsetEnvVariable);
  });
});

function expectInverse(
  text: string,
  [first, second]: readonly [string, string],
  add: (text: string, name: string) => string,
  remove: (text: string, name: string) => string | undefined,
): void {
  const [withFirst, withSecond] = [add(text, first), add(text, second)];
  const withBoth = add(withFirst, second);
  expect(add(withBoth, first), text).toBe(withBoth);
  expect(remove(withBoth, second), text).toBe(withFirst);
  expect(remove(withBoth, first), text).toBe(withSecond);
  expect(remove(withFirst, first), text).toBe(text);
  expect(remove(withSecond, second), text).toBe(text);
}

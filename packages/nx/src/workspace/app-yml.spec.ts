import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { declareMicroservice, readMicroservices, withdrawMicroservice } from "./app-yml.js";

const BILLING = { name: "billing", url: "MICROSERVICE_BILLING_URL" };
const ORDERS = { name: "orders", url: "MICROSERVICE_ORDERS_URL" };
const NULL = { name: "null", url: "MICROSERVICE_NULL_URL" };
const SERVICES = [BILLING, ORDERS, NULL];

const STYLES: Readonly<Record<string, string>> = {
  "empty file": "",
  "blank line only": "\n",
  "spaces only": "  ",
  "byte-order mark only": "\uFEFF",
  "comment only": "# the app\n",
  "comment only, blank line behind it": "# the app\n\n",
  "comment only, two blank lines behind it": "# the app\n\n\n",
  "comment only, no final newline": "# the app",
  "no key": 'type: "api"\n',
  "no key, no final newline": 'type: "api"',
  "no key, trailing blank lines": 'type: "api"\n\n\n',
  "no key, trailing comment": 'type: "api"\n# end\n',
  "no key, trailing comment without newline": 'type: "api"\n  # end',
  "no key, trailing spaces without newline": 'type: "api"\n  ',
  "no key, indented root": '  type: "api"\n  port: 3000\n',
  "no key, last value null": "type:\n",
  "no key, last value block scalar": "text: |\n  a\n  b\n",
  "no key, last value kept block scalar": "text: |+\n  a\n\n\n",
  "no key, last value block scalar, blank lines": "text: |\n  a\n\n\n",
  "no key, last value stripped block scalar without newline": "text: >-\n  a\n  b",
  "no key, last value multi-line plain": "text: a\n  b\n  c\n",
  "no key, nested key of that name": "app:\n  microservices:\n    - name: billing\n      url: OTHER\n",
  "null": "microservices:\n",
  "null, no final newline": "microservices:",
  "null, trailing space": "microservices: \n",
  "null, comment": "microservices: # none yet\n",
  "null, comment that looks like a null": "microservices: # ~\n",
  "null, comment lines below": "microservices:\n  # - name: x\n  #   url: X\nport: 1\n",
  "null, key follows": "microservices:\nport: 3000\n",
  "null, blank lines and key follow": "microservices:\n\n\nport: 3000\n",
  "null, anchor": "microservices: &svc\nport: 1\n",
  "null, anchor on its own line": "microservices:\n  &svc\nport: 1\n",
  "null in an indented root": "  microservices:\n  port: 1\n",
  "tilde": "microservices: ~\n",
  "tilde, comment": "microservices: ~ # none\nport: 1\n",
  "tilde on its own line": "microservices:\n  ~\nport: 1\n",
  "null spelt out": "microservices: null\n",
  "Null spelt out, no final newline": "microservices: Null",
  "null spelt out, comment": "microservices: null # none\n",
  "explicit key alone": "? microservices\n",
  "explicit key alone, comment": "? microservices # c\nport: 1\n",
  "explicit key, null": "? microservices\n:\n",
  "explicit key, tilde": "? microservices\n: ~\n",
  "empty flow list": "microservices: []\n",
  "empty flow list, comment": "microservices: [] # none yet\nport: 1\n",
  "empty flow list with a space": "microservices: [ ]\n",
  "empty flow list with two spaces": "microservices: [  ]\n",
  "empty flow list with a tab": "microservices: [\t]\n",
  "empty flow list on two lines": "microservices: [\n]\n",
  "empty flow list on two indented lines": "microservices: [\n  ]\nport: 1\n",
  "empty flow list with comments": "microservices: [ # none\n  # - a\n]\nport: 1\n",
  "empty flow list on the next line": "microservices:\n  []\n",
  "empty flow list, anchor and alias": "microservices: &svc []\nothers: *svc\n",
  "empty flow list, tag": "microservices: !!seq []\n",
  "flow list": "microservices: [{ name: a, url: A }]\n",
  "flow list, trailing comma": "microservices: [{ name: a, url: A },]\n",
  "flow list, trailing comma and space": "microservices: [ { name: 'a', url: 'A' }, ]\n",
  "flow list, JSON style": 'microservices: [{"name":"a","url":"A"}]\n',
  "flow list on lines": "microservices: [\n  { name: a, url: A },\n  { name: b, url: B }\n]\n",
  "flow list on lines, trailing comma": "microservices: [\n  { name: a, url: A },\n  { name: b, url: B },\n]\n",
  "flow list on lines, comments": "microservices: [ # ours\n  { name: a, url: A }, # a\n  { name: b, url: B } # b\n  # c\n]\nport: 1\n",
  "flow list on lines, comma on a line of its own": "microservices: [\n  { name: a, url: A } # a\n  , # comma\n]\n",
  "flow list, bracket on the last line": "microservices: [\n  { name: a, url: A } ]\n",
  "flow list, two items on a line": "microservices: [\n  { name: a, url: A }, { name: b, url: B } # two\n]\n",
  "flow list, tabs": "microservices: [\t{\tname: a,\turl: A\t}\t]\n",
  "flow list, items on lines": "microservices: [\n  {\n    name: a,\n    url: A,\n  },\n]\n",
  "block list": 'microservices:\n  - name: "a"\n    url: A\n',
  "block list, no final newline": 'microservices:\n  - name: "a"\n    url: A',
  "block list, trailing blank lines": 'microservices:\n  - name: "a"\n    url: A\n\n\n',
  "block list, key follows": 'microservices:\n  - name: "a"\n    url: A\n\nport: 3000\n',
  "block list, not indented": "microservices:\n- name: a\n  url: A\nport: 1\n",
  "block list, four spaces": "microservices:\n    -   name: 'a'\n        url: 'A'\n",
  "block list, dash on a line of its own": "microservices:\n  -\n    name: a\n    url: A\n",
  "block list, url first": "microservices:\n  - url: A\n    name: a\n",
  "block list, quoted keys": `microservices:\n  - "name": 'a'\n    'url': "A"\n`,
  "block list, flow items": "microservices:\n  - { name: a, url: A }\n  - {name: b, url: B}\n",
  "block list, explicit keys in items": "microservices:\n  - ? name\n    : a\n    ? url\n    : A\n",
  "block list, same-line comment": "microservices: # all\n  - name: a # first\n    url: A # last\nport: 1\n",
  "block list, comment lines": "microservices:\n  # above\n  - name: a\n    # inside\n    url: A\n    # below\n  # after\n# next\nport: 1\n",
  "block list, comment without newline": "microservices:\n  - name: a\n    url: A # c",
  "block list, free keys in items": "microservices:\n  - name: a\n    url: A\n    timeout: 3\n",
  "block list, block scalar last": "microservices:\n  - name: a\n    url: A\n    text: |\n      one\n      two\n\nport: 1\n",
  "block list, kept block scalar last": "microservices:\n  - name: a\n    url: A\n    text: |+\n      one\n\n\n",
  "block list, block scalar last, no final newline": "microservices:\n  - name: a\n    url: A\n    text: |\n      one",
  "block list, url a block scalar": "microservices:\n  - name: a\n    url: >-\n      A\n",
  "block list, item without value": "microservices:\n  - name: a\n    url:\nport: 1\n",
  "block list, empty item": "microservices:\n  -\nport: 1\n",
  "block list, scalars": "microservices:\n  - a\n  - b\n",
  "block list, anchor on the list": "microservices: &svc\n  - name: a\n    url: A\nothers: *svc\n",
  "block list, anchors and aliases of items": "first: &first { name: f, url: F }\nmicroservices:\n  - *first\n  - &a\n    name: a\n    url: A\nlast: *a\n",
  "block list, merge key in an item": "base: &base { url: A }\nmicroservices:\n  - <<: *base\n    name: a\n",
  "block list, tags": "microservices: !!seq\n  - !!map\n    name: !!str a\n    url: A\n",
  "list given as an alias": "base: &svc\n  - name: a\n    url: A\nmicroservices: *svc\nport: 1\n",
  "empty list given as an alias": "base: &svc []\nmicroservices: *svc\n",
  "null from a merged map": "base: &base\n  microservices:\n<<: *base\n",
  "double-quoted key": '"microservices":\n  - name: a\n    url: A\n',
  "single-quoted key, null": "'microservices':\nport: 1\n",
  "space before the colon": "microservices : []\n",
  "explicit key, list on the colon's line": "? microservices\n: - name: a\n    url: A\nport: 1\n",
  "explicit key, list below": "? microservices\n:\n  - name: a\n    url: A\n",
  "document in brackets": "{ type: api }\n",
  "document in brackets, empty": "{}\n",
  "document in brackets, trailing comma": "{ type: api, }\n",
  "document in brackets, null": "{ microservices: }\n",
  "document in brackets, null without a space": "{ microservices:}\n",
  "document in brackets, key alone": "{ microservices }\n",
  "document in brackets, key alone without a space": "{microservices}\n",
  "document in brackets, tilde": "{ microservices: ~ }\n",
  "document in brackets, null spelt out": "{ microservices: null, port: 1 }\n",
  "document in brackets, empty list": "{ microservices: [], port: 1 }\n",
  "document in brackets, empty list with a space": "{ microservices: [ ] }\n",
  "JSON": '{\n  "type": "api"\n}\n',
  "JSON on one line": '{"type":"api"}',
  "JSON, null": '{"microservices":null}\n',
  "JSON, empty list": '{\n  "microservices": []\n}\n',
  "JSON, list": '{\n  "microservices": [\n    {\n      "name": "a",\n      "url": "A"\n    }\n  ],\n  "port": 1\n}\n',
  "document start": "---\ntype: api\n",
  "document start, nothing else": "---\n",
  "document start, no newline": "---",
  "document start with comment": "--- # app\n",
  "document end": "type: api\n...\n",
  "document end, comment behind": "type: api\n...\n# bye\n",
  "directive": "%YAML 1.2\n---\ntype: api\n",
  "two documents": "type: api\n# end\n---\nmicroservices:\n  - name: billing\n    url: X\n",
  "two documents, the first empty": "---\n---\nmicroservices: []\n",
  "two documents, the second broken": "type: api\n---\na: [\n",
  "directive of the second document": "microservices: []\n...\n%YAML 1.2\n---\nb: 2\n",
  "byte-order mark": "\uFEFFtype: api\n",
  "byte-order mark, list": "\uFEFFmicroservices:\n- name: a\n  url: A\n",
  "mixed line breaks": "type: api\r\nmicroservices:\n  - name: a\r\n    url: A",
  "a hash and a bracket in a string": "a: '# [ ]'\nmicroservices: []\nb: \"} # ]\"\n",
  "long file": `${Array.from({ length: 200 }, (_, index) => `key${index}: { value: ${index} } # ${index}`).join("\n")}
`,
};

const ALL = Object.entries(STYLES).flatMap(([style, text]) => [
  [style, text] as const,
  ...(text.includes("\n") && !text.includes("\r") ? [[`${style}, CRLF`, text.replaceAll("\n", "\r\n")] as const] : []),
]);

describe("declareMicroservice and withdrawMicroservice", () => {
  it.each(ALL)("are inverses: %s", (_style, text) => {
    const declared = declareMicroservice(text, BILLING);
    expect(meaning(declared)).toEqual(withItems(meaning(text), [BILLING]));
    expect(declareMicroservice(declared, BILLING)).toBe(declared);
    expect(withdrawMicroservice(declared, BILLING.name)).toBe(text);
  });

  it.each(ALL)("keep every character of the file: %s", (_style, text) => {
    const nullInBrackets = /(?<=\{.*)(?:~|\bnull\b)/;
    expect(countKept(text.replace(nullInBrackets, ""), declareMicroservice(text, BILLING))).toBe(
      text.replace(nullInBrackets, "").length,
    );
  });

  it.each(ALL)("undo several services in any order: %s", (_style, text) => {
    const declared = SERVICES.reduce(declareMicroservice, text);
    expect(meaning(declared)).toEqual(withItems(meaning(text), SERVICES));
    for (const order of [SERVICES, SERVICES.toReversed(), [ORDERS, BILLING, NULL]]) {
      let result: string | undefined = declared;
      let rest = SERVICES;
      for (const service of order) {
        rest = rest.filter((other) => other !== service);
        result = withdrawMicroservice(result ?? "", service.name);
        expect(result).toBe(rest.reduce(declareMicroservice, text));
      }
    }
  });
});

describe("declareMicroservice", () => {
  it("makes a file that says who wrote it, and that goes with its last service", () => {
    const file = declareMicroservice(undefined, BILLING);
    expect(file.split("\n")).toEqual([
      expect.stringMatching(/^# .*@ooneex\/nx/),
      "microservices:",
      '  - name: "billing"',
      "    url: MICROSERVICE_BILLING_URL",
      "",
    ]);
    expect(withdrawMicroservice(file, "billing")).toBeUndefined();
    const both = declareMicroservice(file, ORDERS);
    expect(withdrawMicroservice(both, "orders")).toBe(file);
    expect(withdrawMicroservice(both, "billing")).toBe(declareMicroservice(undefined, ORDERS));
  });

  it.each([
    ["plain", "microservices:\n  - name: billing\n    url: OTHER\n"],
    ["single-quoted, not indented", "microservices:\n- url: OTHER\n  'name': 'billing'\n"],
    ["in brackets", 'microservices: [{"name":"billing","url":"OTHER"}]'],
    ["without a url", "microservices:\n  - name: billing\n"],
    ["through an alias", "all: &all [{ name: billing, url: X }]\nmicroservices: *all\n"],
    ["through a merge", "all: &all { microservices: [{ name: billing, url: X }] }\n<<: *all\n"],
    ["with an escape", 'microservices:\n  - name: "bill\\x69ng"\n    url: X\n'],
  ])("leaves a service alone that is declared: %s", (_style, text) => {
    expect(declareMicroservice(text, BILLING)).toBe(text);
  });

  it.each([
    ["key order, quotes", "microservices:\n- 'url': A\n  name: 'a'\n", "- 'url': MICROSERVICE_BILLING_URL\n  name: 'billing'\n"],
    ["brackets", "microservices:\n  - {name: a, url: A}\n", "  - {name: billing, url: MICROSERVICE_BILLING_URL}\n"],
    ["JSON", '{"microservices": [{"name":"a","url":"A"}]}', ', {"name":"billing","url":"MICROSERVICE_BILLING_URL"}'],
    ["dashes", "microservices:\n  -   name: a\n      url: A", "\n  -   name: billing\n      url: MICROSERVICE_BILLING_URL"],
  ])("writes as the list is written: %s", (_style, text, written) => {
    expect(declareMicroservice(text, BILLING).replace(written, "")).toBe(text);
  });

  it("quotes a name that means something else without quotes", () => {
    const text = "microservices:\n  - name: a\n    url: A\n";
    expect(declareMicroservice(text, NULL)).toContain('- name: "null"\n');
  });

  it.each([
    ["merged map", "base: &base\n  microservices:\n    - name: a\n      url: A\n<<: *base\nport: 1\n"],
    ["first of several", "a: &a { microservices: [] }\nb: &b { microservices: [{ name: x, url: X }] }\n<<: [*a, *b]\n"],
  ])("adds to the list that a merge key brings: %s", (_style, text) => {
    const declared = declareMicroservice(text, BILLING);
    expect(readMicroservices(declared)).toEqual([...readMicroservices(text), BILLING]);
    expect(declared).not.toMatch(/^microservices/m);
    expect(withdrawMicroservice(declared, "billing")).toBe(text);
  });

  it.each([
    ["a null that is shared", "microservices: &none\nothers: *none\n"],
    ["a null from an alias", "none: &none\nmicroservices: *none\n"],
    ["a tag that says null", "microservices: !!null\n"],
    ["a null of another spelling in brackets", "{ microservices: NULL }\n"],
  ])("refuses %s rather than change anything else", (_case, text) => {
    expect(() => declareMicroservice(text, BILLING)).toThrowError(
      expect.objectContaining({
        code: "APP_YML_UNSUPPORTED",
        where: `modules/app/app.yml:${text.startsWith("none") ? 2 : 1}`,
        remedy: expect.stringContaining("MICROSERVICE_BILLING_URL"),
      }),
    );
  });
});

describe("withdrawMicroservice", () => {
  it.each([
    ["the key with the last item", "a: 1\nmicroservices: # ours\n  - name: billing # it\n    url: X # its url\nb: 2\n", "a: 1\nb: 2\n"],
    ["an item in the middle", "microservices:\n- name: a\n  url: A\n- name: billing\n  url: X\n# c\n- name: c\n  url: C\n", "microservices:\n- name: a\n  url: A\n# c\n- name: c\n  url: C\n"],
    ["an item of any order and more keys", "microservices:\n- timeout: 3\n  url: X\n  name: billing\n- name: c\n", "microservices:\n- name: c\n"],
    ["every item of that name", "microservices:\n  - {name: billing, url: X}\n  - name: billing\n    url: Y\nb: 2\n", "b: 2\n"],
    ["an item without a url", "microservices:\n  - name: billing\n  - name: b\n", "microservices:\n  - name: b\n"],
    ["an item, not the comments around it", "microservices:\n  # above\n  - name: billing\n    url: X\n  # below\nb: 2\n", "  # above\n  # below\nb: 2\n"],
    ["an item in brackets, not the comments around it", "microservices: [ # ours\n  { name: billing, url: X }\n]\n", "microservices: [ # ours\n]\n"],
    ["the first item in brackets", "microservices: [{ name: billing, url: X }, { name: b, url: B }]\n", "microservices: [{ name: b, url: B }]\n"],
    ["an item behind a comment", "microservices: [ # ours\n  { name: billing, url: X }, { name: b, url: B } ]\n", "microservices: [ # ours\n  { name: b, url: B } ]\n"],
    ["the last item in brackets, behind a comment", "microservices: [\n  { name: a, url: A }, # a\n  { name: billing, url: X } ]\n", "microservices: [\n  { name: a, url: A } # a\n   ]\n"],
    ["the item on the colon's line", "? microservices\n: - name: billing\n    url: X\n  - name: c\n    url: C\n", "? microservices\n: - name: c\n    url: C\n"],
    ["the last item of a shared list", "all: &all\n  - name: billing\n    url: X\nmicroservices: *all\n", "all: &all\n   []\nmicroservices: *all\n"],
    ["an alias", "x: &x { name: billing, url: X }\nmicroservices: [*x]\n", "x: &x { name: billing, url: X }\n"],
    ["the only pair in brackets", '{"microservices": [{"name": "billing", "url": "X"}], "b": 1}', '{"b": 1}'],
  ])("takes out by hand-written style: %s", (_case, text, rest) => {
    expect(withdrawMicroservice(text, "billing")).toBe(rest);
  });

  it.each([
    ["an empty file", ""],
    ["a file without the key", "a: 1\n"],
    ["a list of others", "microservices:\n  - name: billing-history\n    url: X\n"],
    ["a nested key", "app:\n  microservices:\n    - name: billing\n      url: X\n"],
    ["another document", "a: 1\n---\nmicroservices: [{ name: billing, url: X }]\n"],
    ["a comment", "# microservices: [{ name: billing, url: X }]\n"],
  ])("leaves %s alone", (_case, text) => {
    expect(withdrawMicroservice(text, "billing")).toBe(text);
  });

  it("refuses to take out an item that something else refers to", () => {
    const text = "microservices:\n  - &it { name: billing, url: X }\nother: *it\n";
    expect(() => withdrawMicroservice(text, "billing")).toThrowError(
      expect.objectContaining({ code: "APP_YML_UNSUPPORTED", where: "modules/app/app.yml:1" }),
    );
  });
});

describe("readMicroservices", () => {
  it("reads every style", () => {
    const text = "base: &base { url: A }\nmicroservices:\n  - <<: *base\n    name: a\n  - {name: 'b', \"url\": B}\n";
    expect(readMicroservices(text)).toEqual([
      { name: "a", url: "A" },
      { name: "b", url: "B" },
    ]);
  });

  it.each(["", "# nothing\n", "a: 1\n", "microservices:\n", "microservices: []\n", "---\n...\n"])("reads none from %j", (text) => {
    expect(readMicroservices(text)).toEqual([]);
  });

  it.each([
    ["an item without url", "microservices:\n  - name: a\n    url: A\n  - name: b\n", 4],
    ["a name that is no string", "microservices:\n  - name: 3\n    url: A\n", 2],
    ["an item that is no map", "microservices:\n  - a\n", 2],
  ])("refuses %s with its line", (_case, text, line) => {
    expect(() => readMicroservices(text)).toThrowError(invalidAt(line));
  });

  it.each([
    ["broken YAML", "a: 1\nb: [\nc: 2\n", 3],
    ["a key twice", "microservices: []\n# c\nmicroservices: []\n", 3],
    ["a map for a list", "a: 1\nmicroservices:\n  billing: X\n", 2],
    ["a string for a list", "microservices: billing\n", 1],
    ["a list for the document", "- a\n", 1],
    ["an alias of nothing", "a: 1\nmicroservices: *all\n", 2],
    ["an alias of what it stands in", "microservices: &all\n  - *all\n", 2],
  ])("refuses %s with its line, and so do the edits", (_case, text, line) => {
    for (const edit of [readMicroservices, withdraw, declare]) expect(() => edit(text)).toThrowError(invalidAt(line));
  });
});

function declare(text: string): string {
  return declareMicroservice(text, BILLING);
}

function withdraw(text: string): string | undefined {
  return withdrawMicroservice(text, BILLING.name);
}

function invalidAt(line: number): unknown {
  return expect.objectContaining({ code: "APP_YML_INVALID", where: `modules/app/app.yml:${line}` });
}

function meaning(text: string): unknown {
  const [document] = [parseAllDocuments(text, { merge: true })].flat();
  return (document && "toJS" in document ? document.toJS() : null) ?? {};
}

function withItems(value: unknown, items: readonly object[]): unknown {
  const root = value as Record<string, unknown[] | null>;
  if (root["microservices"]) root["microservices"].push(...items);
  else root["microservices"] = [...items];
  return root;
}

/** How many characters of a text another one has in the same order. */
function countKept(text: string, other: string): number {
  let index = 0;
  for (const character of other) if (character === text.charAt(index)) index += 1;
  return index;
}

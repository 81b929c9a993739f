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
  "list from a merged map": "base: &base\n  microservices:\n    - name: a\n      url: A\n<<: *base\nport: 1\n",
  "list from the first of merged maps": "a: &a { microservices: [] }\nb: &b { microservices: [{ name: x, url: X }] }\n<<: [*a, *b]\n",
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
  "long file": `${Array.from({ length: 1500 }, (_, index) => `key${index}: { value: ${index} } # ${index}`).join("\n")}\nmicroservices:\n  - name: a\n    url: A\n`,
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

  it.each(ALL)("keep every byte in its order: %s", (_style, text) => {
    const declared = declareMicroservice(text, BILLING);
    const isInsertion = /\{.*(?:null|~)/.test(text) ? text.length : subsequence(text, declared);
    expect(isInsertion).toBe(text.length);
  });

  it.each(ALL)("undo several services in any order: %s", (_style, text) => {
    const declared = SERVICES.reduce((result, service) => declareMicroservice(result, service), text);
    expect(meaning(declared)).toEqual(withItems(meaning(text), SERVICES));
    for (const order of permutations(SERVICES)) {
      let left: string | undefined = declared;
      for (const [index, { name }] of order.entries()) {
        left = withdrawMicroservice(left ?? "", name);
        const rest = SERVICES.filter((service) => !order.slice(0, index + 1).includes(service));
        expect(left).toBe(rest.reduce((result, service) => declareMicroservice(result, service), text));
      }
    }
  });
});

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

/** How much of a text is found in another one in the same order. */
function subsequence(text: string, other: string): number {
  let index = 0;
  for (const character of other) if (character === text[index]) index += 1;
  return index;
}

function permutations<T>(values: readonly T[]): T[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((value) => permutations(values.filter((other) => other !== value)).map((rest) => [value, ...rest]));
}

import { describe, expect, it } from "vitest";
import { flattenEnv, listEmptyVariables, resolveEnvFile, setEnvVariable, unsetEnvVariable } from "./env-yml.js";

const VARIABLES = ["MICROSERVICE_BILLING_URL", "MICROSERVICE_ORDER_HISTORY_URL", "MICROSERVICE_NULL_URL"];
const URL = "http://localhost:3001";

const STYLES: Readonly<Record<string, string>> = {
  "empty file": "",
  "byte-order mark only": "\uFEFF",
  "comment only": "# secrets\n",
  "comment only, no final newline": "# secrets",
  "other keys": "app:\n  env: local\n  port: 3000\n",
  "other keys, no final newline": "app:\n  env: local\n  port: 3000",
  "other keys, trailing comment": "app:\n  env: local\n# end\n",
  "other keys, four spaces": "app:\n    env: local\n",
  "other keys, last value null": "app:\n",
  "other keys, last value kept block scalar": "key: |+\n  a\n\n",
  "other keys, last value block scalar without newline": "key: |\n  a",
  "service called redis elsewhere": "cache:\n  redis:\n    url: redis://r\nmicroservices:\n  billing:\n    url: x\n",
  "null": "microservice:\n",
  "null, no final newline": "microservice:",
  "null, comment": "microservice: # none\napp:\n  port: 1\n",
  "null, comment lines": "microservice:\n  # none\napp: {}\n",
  "null, anchor": "microservice: &m\napp: {}\n",
  "tilde": "microservice: ~\n",
  "tilde, comment": "microservice: ~ # none\n",
  "null spelt out": "microservice: null\napp: {}\n",
  "explicit key alone": "? microservice\n",
  "explicit key, null": "? microservice\n:\napp: {}\n",
  "empty map": "microservice: {}\n",
  "empty map with a space": "microservice: { }\n",
  "empty map on lines": "microservice: {\n}\n",
  "empty map with a comment": "microservice: { # none\n  }\napp: {}\n",
  "map": "microservice:\n  other:\n    url: x\n",
  "map, no final newline": "microservice:\n  other:\n    url: x",
  "map, CRLF": "microservice:\r\n  other:\r\n    url: x\r\napp: {}\r\n",
  "map, four spaces": "microservice:\n    other:\n        url: x\napp: {}\n",
  "map, comments": "microservice: # all\n  # above\n  other: # it\n    url: x # there\n    # below\n  # after\n# next\napp: {}\n",
  "map, quoted keys": "\"microservice\":\n  'other':\n    url: x\n",
  "map, explicit keys": "? microservice\n: ? other\n  : url: x\n",
  "map, values in brackets": "microservice:\n  other: { url: x }\n",
  "map, service null": "microservice:\n  billing:\n  other: { url: x }\n",
  "map, service tilde": "microservice:\n  billing: ~ # none\n",
  "map, service empty": "microservice:\n  billing: {}\n  order_history: { }\n",
  "map, service with other keys": "microservice:\n  billing:\n    timeout: 3\n  other: { url: x }\n",
  "map, url null": "microservice:\n  billing:\n    url:\n    timeout: 3\n",
  "map, url null, comment": "microservice:\n  billing:\n    url: # to do\n",
  "map, url empty": 'microservice:\n  billing:\n    url: ""\n',
  "map, url empty, comment": "microservice:\n  billing:\n    url: '' # to do\n",
  "map, url empty, explicit key": 'microservice:\n  billing:\n    ? url\n    : ""\n',
  "map, url key alone": "microservice:\n  billing:\n    ? url\n",
  "map, url an empty block scalar": "microservice:\n  billing:\n    url: |\n  other: { url: x }\n",
  "map, last value a block scalar": "microservice:\n  other:\n    url: |\n      a\n\napp: {}\n",
  "map in brackets": "microservice: { other: { url: x } }\n",
  "map in brackets, trailing comma": "microservice: { other: { url: x }, }\n",
  "map in brackets on lines": "microservice: {\n  other: { url: x }, # it\n  another: { url: y } # and\n}\napp: {}\n",
  "map in brackets, service null": "microservice: { billing: , other: { url: x } }\n",
  "map in brackets, service alone": "microservice: { billing }\n",
  "map in brackets, service tilde": "microservice: { billing: ~ }\n",
  "map in brackets, service empty": "microservice: { billing: {} }\n",
  "map in brackets, url null": "microservice: { billing: { url: } }\n",
  "map in brackets, url alone": "microservice: { billing: { timeout: 3, url } }\n",
  "map in brackets, url empty": 'microservice: { billing: { url: "" } }\n',
  "map, anchor": "microservice: &m\n  other: { url: x }\n",
  "map, anchor and alias": "microservice: &m\n  other: { url: x }\nshared: *m\n",
  "map from an alias": "shared: &m\n  other: { url: x }\nmicroservice: *m\n",
  "map from a merge": "shared: &m\n  microservice: { other: { url: x } }\n<<: *m\n",
  "map, tag": "microservice: !!map\n  other: { url: x }\n",
  "string": "microservice: other\n",
  "empty string": 'microservice: ""\n',
  "list": "microservice: [other]\n",
  "document in brackets": "{ app: { port: 1 } }\n",
  "document in brackets, empty": "{}\n",
  "JSON": '{\n  "app": {\n    "port": 1\n  },\n  "microservice": {}\n}\n',
  "document start": "---\napp: {}\n",
  "two documents": "app: {}\n---\nmicroservice:\n  billing:\n    url: x\n",
  "byte-order mark": "\uFEFFapp: {}\n",
};

const ALL = Object.entries(STYLES).flatMap(([style, text]) => [
  [style, text] as const,
  ...(text.includes("\n") && !text.includes("\r") ? [[`${style}, CRLF`, text.replaceAll("\n", "\r\n")] as const] : []),
]);

describe("setEnvVariable and unsetEnvVariable", () => {
  it.each(ALL)("are inverses, in any order: %s", (_style, text) => {
    const result = VARIABLES.reduce(set, text);
    expect(flattenEnv(result)).toEqual(new Map([...flattenEnv(text), ...VARIABLES.map((name) => [name, URL] as const)]));
    for (const order of [VARIABLES, VARIABLES.toReversed(), [...VARIABLES.slice(1), ...VARIABLES.slice(0, 1)]]) {
      let left = result;
      let rest = VARIABLES;
      for (const variable of order) {
        expect(set(left, variable)).toBe(left);
        rest = rest.filter((other) => other !== variable);
        left = unsetEnvVariable(left, variable);
        expect(left).toBe(rest.reduce(set, text));
      }
    }
  });

  it.each(ALL)("keep every character of the file: %s", (_style, text) => {
    const nullInBrackets = /(?<=\{.*)~/;
    const kept = text.replace(nullInBrackets, "");
    expect(countKept(kept, VARIABLES.reduce(set, text))).toBe(kept.length);
  });

  it.each([
    ["PORT", ["app", "port"], "app:\n  env: local\n", 'app:\n  env: local\n  port: "3001"\n'],
    ["HOST_NAME", ["app", "host"], "", 'app:\n  host: "3001"\n'],
    ["CACHE_REDIS_URL", ["cache", "redis", "url"], "cache: {}\n", 'cache: {redis: { url: "3001" }}\n'],
    ["CORS_ORIGINS", undefined, "", 'cors_origins: "3001"\n'],
  ])("write %s under %j", (variable, path, text, result) => {
    expect(setEnvVariable(text, variable, "3001", path)).toBe(result);
    expect(unsetEnvVariable(result, variable)).toBe(text);
  });
});

describe("setEnvVariable", () => {
  it.each([
    ["nested", "microservice:\n  billing:\n    url: http://mine\n"],
    ["one key", "microservice_billing_url: http://mine\n"],
    ["upper case", "MICROSERVICE_BILLING_URL: http://mine\n"],
    ["dots", "microservice.billing.url: http://mine\n"],
    ["another split", "microservice_billing:\n  url: http://mine\n"],
    ["a merge", "base: &base { microservice: { billing: { url: http://mine } } }\n<<: *base\n"],
    ["false", "microservice: { billing: { url: false } }\n"],
  ])("never overwrites what the user gave by another path: %s", (_case, text) => {
    expect(set(text, "MICROSERVICE_BILLING_URL")).toBe(text);
  });

  it("is not taken in by the plural that the framework's own command writes", () => {
    const text = "microservices:\n  billing:\n    url: http://old\n";
    expect(set(text, "MICROSERVICE_BILLING_URL")).toBe(`${text}microservice:\n  billing:\n    url: "${URL}"\n`);
  });

  it.each([
    ["a path that is another variable", "PORT", ["port", "app"]],
    ["a path with a fixed name", "APP_PORT", ["app", "port"]],
  ])("leaves %s and writes one key", (_case, variable, path) => {
    expect(setEnvVariable("", variable, "1", path)).toBe(`${variable.toLowerCase()}: "1"\n`);
  });

  it("refuses what no path adds: a value that is empty", () => {
    expect(() => setEnvVariable("a: 1\n", "PORT", "", undefined, ".env.yml")).toThrowError(
      expect.objectContaining({ code: "ENV_YML_UNSUPPORTED", where: ".env.yml:1", remedy: expect.stringContaining("PORT") }),
    );
  });
});

describe("unsetEnvVariable", () => {
  it("takes out the service redis and leaves the cache's Redis alone", () => {
    const cache = "cache:\n  redis:\n    url: redis://r\n";
    const text = `${cache}microservice:\n  redis:\n    url: http://redis\n`;
    expect(unsetEnvVariable(text, "MICROSERVICE_REDIS_URL")).toBe(cache);
    expect(unsetEnvVariable(cache, "MICROSERVICE_REDIS_URL")).toBe(cache);
    expect(unsetEnvVariable(cache, "REDIS_URL")).toBe(cache);
  });

  it.each([
    ["the parents that it leaves empty", "a: 1\nmicroservice:\n  billing:\n    url: x # it\nb: 2\n", "a: 1\nb: 2\n"],
    ["no parent with another key", "microservice:\n  billing:\n    url: x\n    timeout: 3\n", "microservice:\n  billing:\n    timeout: 3\n"],
    ["no parent of another service", "microservice: { billing: { url: x }, other: { url: y } }\n", "microservice: { other: { url: y } }\n"],
    ["no comment line around it", "microservice:\n  # all\n  billing:\n    # it\n    url: x\nb: 2\n", "  # all\n    # it\nb: 2\n"],
    ["each path to it", "microservice.billing.url: x\nmicroservice_billing_url: y\nmicroservice:\n  billing:\n    url: z\na: 1\n", "a: 1\n"],
    ["no empty list", "microservice_billing_url: []\nmicroservice: { billing: { url: x } }\n", "microservice_billing_url: []\n"],
    ["no empty value", 'microservice_billing_url: ""\nmicroservice: { billing: { url: x } }\n', 'microservice_billing_url: ""\n'],
  ])("takes out %s", (_case, text, rest) => {
    expect(unsetEnvVariable(text, "MICROSERVICE_BILLING_URL")).toBe(rest);
  });

  it("refuses to take out a variable that another one shares its value with", () => {
    const text = "base: &base { billing: { url: x } }\nmicroservice: *base\n";
    expect(() => unsetEnvVariable(text, "MICROSERVICE_BILLING_URL")).toThrowError(
      expect.objectContaining({ code: "ENV_YML_UNSUPPORTED", where: "modules/app/.env.yml:1" }),
    );
  });
});

describe("flattenEnv", () => {
  it("names variables as the runtime does", () => {
    const text = `
app: { env: local, host: 0.0.0.0, port: 3000 }
database: { url: "postgres://d" }
cache: { redis: { url: "redis://c" } }
pubsub: { redis: { url: "redis://p" } }
rate_limit: { redis: { url: "redis://r" } }
cors:
  origins: ["http://a", "http://b"]
  credentials: false
  max_age: 0
microservices: { billing: { url: "http://x" } }
some.dotted.key: 1
`;
    expect(Object.fromEntries(flattenEnv(text))).toEqual({
      APP_ENV: "local",
      HOST_NAME: "0.0.0.0",
      PORT: "3000",
      DATABASE_URL: "postgres://d",
      CACHE_REDIS_URL: "redis://c",
      PUBSUB_REDIS_URL: "redis://p",
      RATE_LIMIT_REDIS_URL: "redis://r",
      CORS_ORIGINS: "http://a,http://b",
      CORS_CREDENTIALS: "false",
      CORS_MAX_AGE: "0",
      MICROSERVICES_BILLING_URL: "http://x",
      SOME_DOTTED_KEY: "1",
    });
  });

  it("skips what is empty", () => {
    expect(flattenEnv("a:\nb: ~\nc: ''\nd: []\ne: {}\nf: { g: }\n")).toEqual(new Map());
  });

  it("takes the last of two paths to one variable", () => {
    expect(flattenEnv("port: 1\napp: { port: 2 }\n")).toEqual(new Map([["PORT", "2"]]));
  });

  it.each([
    ["broken YAML", "a: 1\nb: [\nc: 2\n", 3],
    ["a key twice", "a: 1\nb: 2\na: 3\n", 3],
    ["a string for the document", "hello\n", 1],
  ])("refuses %s with file and line", (_case, text, line) => {
    const edits = [
      () => flattenEnv(text, ".env.yml"),
      () => setEnvVariable(text, "PORT", "1", undefined, ".env.yml"),
      () => unsetEnvVariable(text, "PORT", ".env.yml"),
    ];
    for (const edit of edits) {
      expect(edit).toThrowError(expect.objectContaining({ code: "ENV_YML_INVALID", where: `.env.yml:${line}` }));
    }
  });
});

describe("resolveEnvFile", () => {
  it("takes the first that exists, in the framework's order", () => {
    const files = ["modules/shared/.env.yml", ".env.yml", "modules/app/.env.yml"];
    for (const [index, file] of files.entries()) {
      const present = new Set(files.slice(0, index + 1));
      expect(resolveEnvFile((path) => present.has(path))).toBe(file);
    }
    expect(resolveEnvFile(() => false)).toBeUndefined();
  });
});

function set(text: string, variable: string): string {
  return setEnvVariable(text, variable, URL);
}

/** How many characters of a text another one has in the same order. */
function countKept(text: string, other: string): number {
  let index = 0;
  for (const character of other) if (character === text.charAt(index)) index += 1;
  return index;
}

describe("listEmptyVariables", () => {
  it("lists what has a path and no value, once, under the names that the runtime gives", () => {
    const text = 'app:\n  host: ""\n  port: 3001\ndatabase:\n  url: ""\ncors:\n  origins: []\nlog:\nLOG: info\nDATABASE_URL: ""\n';
    expect(listEmptyVariables(text)).toEqual(["HOST_NAME", "DATABASE_URL", "CORS_ORIGINS"]);
    expect(listEmptyVariables("")).toEqual([]);
  });
});

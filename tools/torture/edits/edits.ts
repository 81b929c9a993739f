import { parse as parseJsonc, type ParseError } from "jsonc-parser";
import { parseSync } from "oxc-parser";
import { declareMicroservice, withdrawMicroservice } from "../../../packages/nx/src/workspace/app-yml.js";
import { setEnvVariable, unsetEnvVariable } from "../../../packages/nx/src/workspace/env-yml.js";
import { addModulePart, type ModulePart, removeModulePart } from "../../../packages/nx/src/workspace/module-registry.js";
import { addPathAlias, removePathAlias } from "../../../packages/nx/src/workspace/path-aliases.js";
import { updateCompose } from "../../../packages/nx/src/deployment/compose-file.js";
import { blockLines } from "../../../packages/nx/src/deployment/compose-block.js";
import { parse, parseAllDocuments } from "../yaml.js";
import type { Edit } from "./round-trip.js";

type Value = Record<string, unknown>;

/** The documents of a file. The first is the one that the runtime reads and that is edited; what follows may be broken, and its bytes are compared. */
function parseYaml(text: string): unknown[] {
  return parseAllDocuments(text, { merge: true }).map((document, index) => {
    if (index > 0) return "a later document";
    if (document.errors[0] !== undefined) throw document.errors[0];
    return document.toJS();
  });
}

function withFirst(documents: unknown[], change: (first: Value) => Value): unknown[] {
  const [first, ...rest] = documents.length === 0 ? [{}] : documents;
  return [change((first ?? {}) as Value), ...rest];
}

const NAME = "order-history";
const VARIABLE = "MICROSERVICE_ORDER_HISTORY_URL";
const URL = "http://localhost:3001";

export const APP_YML: Edit<unknown[]> = {
  add: (text) => declareMicroservice(text, { name: NAME, url: VARIABLE }),
  remove: (text) => withdrawMicroservice(text, NAME),
  parse: parseYaml,
  expected: (documents) => withFirst(documents, (first) => ({ ...first, microservices: [...((first["microservices"] ?? []) as unknown[]), { name: NAME, url: VARIABLE }] })),
};

export const ENV_YML: Edit<unknown[]> = {
  add: (text) => setEnvVariable(text, VARIABLE, URL),
  remove: (text) => unsetEnvVariable(text, VARIABLE),
  parse: parseYaml,
  expected: (documents) =>
    withFirst(documents, (first) => {
      const section = first["microservice"] ?? {};
      // A value in the way of the path leaves only a key of the top level.
      if (typeof section !== "object" || Array.isArray(section)) return { ...first, [VARIABLE.toLowerCase()]: URL };
      const service = (section as Value)["order_history"] as Value | null | undefined;
      return { ...first, microservice: { ...section, order_history: { ...(service ?? {}), url: URL } } };
    }),
};

const ALIAS = "@module/order-history/*";
const TARGET = "./modules/order-history/src/*";

export const TSCONFIG: Edit<Value> = {
  add: (text) => addPathAlias(text, ALIAS, TARGET, "tsconfig.json"),
  remove: (text) => removePathAlias(text, ALIAS, "tsconfig.json"),
  parse: (text) => {
    const errors: ParseError[] = [];
    const value = parseJsonc(text.replace(/^\uFEFF/, ""), errors, { allowTrailingComma: true }) as Value;
    if (errors.length > 0 || typeof value !== "object") throw new Error("not JSON");
    return value;
  },
  expected: (value) => {
    const options = (value["compilerOptions"] ?? {}) as Value;
    return { ...value, compilerOptions: { ...options, paths: { ...(options["paths"] as object | undefined), [ALIAS]: [TARGET] } } };
  },
};

const PART: ModulePart = {
  name: "OrderHistoryModule",
  specifier: "@module/order-history/OrderHistoryModule",
  synonyms: ["../../order-history/src/OrderHistoryModule"],
  arrays: ["controllers", "middlewares", "cronJobs", "events"],
  form: "spread",
};
const REGISTRY_FILE = { path: "modules/app/src/AppModule.ts", object: "AppModule" };

/** A registry means its imports, and the entries of each array in whatever order. */
export const REGISTRY: Edit<{ imports: string[]; arrays: Record<string, string[]> }> = {
  add: (text) => addModulePart(text, REGISTRY_FILE, PART),
  remove: (text) => removeModulePart(text, REGISTRY_FILE, PART),
  parse: (text) => {
    const { program, errors } = parseSync("app.ts", text.replace(/^\uFEFF/, ""));
    if (errors.length > 0) throw new Error("not TypeScript");
    const source = text.replace(/^\uFEFF/, "");
    const imports = program.body.flatMap((node) => (node.type === "ImportDeclaration" ? [`${node.source.value}:${node.specifiers.map(({ local }) => local.name).join()}`] : []));
    const arrays = [...source.matchAll(/^ {2}(\w+): \[([^\]]*)\]/gm)].map(([, key = "", items = ""]): [string, string[]] => [key, [...items.replaceAll(/\/\/[^\n]*|\/\*.*?\*\//g, "").matchAll(/[\w.]+/g)].map(([entry]) => entry).sort()]);
    return { imports: imports.sort(), arrays: Object.fromEntries(arrays) };
  },
  expected: ({ imports, arrays }) => ({
    imports: [...imports, `${PART.specifier}:${PART.name}`].sort(),
    arrays: Object.fromEntries(Object.entries(arrays).map(([key, items]) => [key, key === "entities" ? items : [...items, `...${PART.name}.${key}`].sort()])),
  }),
};

const SERVICE = { name: NAME, image: "order_history", port: 3001, urls: new Map<string, string>() };
const request = (services: readonly (typeof SERVICE)[]): Parameters<typeof updateCompose>[1] => ({ project: undefined, services, publish: new Set(), datastores: false });

export const COMPOSE: Edit<unknown[]> = {
  add: (text) => updateCompose(text, request([SERVICE]), "compose.yml").text,
  remove: (text) => updateCompose(text, request([]), "compose.yml").text,
  parse: parseYaml,
  expected: (documents) =>
    withFirst(documents, (first) => ({ ...first, services: { ...(first["services"] as object | null), ...(parse(blockLines({ ...SERVICE, isPublished: false }).join("\n")) as object) } })),
};

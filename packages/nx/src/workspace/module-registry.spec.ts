import { describe, expect, it } from "vitest";
import { createRandom } from "../testing/random.js";
import { addModulePart, type ModuleArray, type ModuleFile, type ModulePart, removeModulePart } from "./module-registry.js";

const APP: ModuleFile = { path: "modules/app/src/AppModule.ts", object: "AppModule" };
const ARRAYS: ModuleArray[] = ["controllers", "middlewares", "cronJobs", "events"];

const part = (pascal: string, kebab = pascal.toLowerCase()): ModulePart => ({
  name: `${pascal}Module`,
  specifier: `@module/${kebab}/${pascal}Module`,
  synonyms: [`../../${kebab}/src/${pascal}Module`],
  arrays: ARRAYS,
  form: "spread",
});
const BILLING = part("Billing");
const HEALTH: ModulePart = {
  name: "HealthController",
  specifier: "./controllers/HealthController",
  synonyms: [],
  arrays: ["controllers"],
  form: "item",
};

/** A module with one array, so that a style reads on one line. */
const file = (imports: string, controllers: string, type = ": ModuleType", end = ""): string =>
  `${imports}\nexport const AppModule${type} = {\n  controllers: ${controllers},\n}${end};\n`;
const ONE: ModulePart = { ...BILLING, arrays: ["controllers"] };

/** Each style: its name, the text, and the text with billing in it. */
const STYLES: [style: string, before: string, after: string][] = [
  [
    "sorted imports, packages before paths",
    file('import { SharedModule } from "@module/shared/SharedModule";\nimport type { ModuleType } from "@ooneex/module";\nimport { A } from "./A";\n', "[...SharedModule.controllers, A]"),
    file('import { BillingModule } from "@module/billing/BillingModule";\nimport { SharedModule } from "@module/shared/SharedModule";\nimport type { ModuleType } from "@ooneex/module";\nimport { A } from "./A";\n', "[...SharedModule.controllers, A, ...BillingModule.controllers]"),
  ],
  [
    "imports that are not sorted, single quotes, no semicolons, no blanks in braces",
    "import {A} from './A'\nimport type {ModuleType} from '@ooneex/module' // types\n\nexport const AppModule = {\n  controllers: [A],\n} satisfies ModuleType\n",
    "import {A} from './A'\nimport type {ModuleType} from '@ooneex/module' // types\nimport {BillingModule} from '@module/billing/BillingModule'\n\nexport const AppModule = {\n  controllers: [A, ...BillingModule.controllers],\n} satisfies ModuleType\n",
  ],
  [
    "Windows line endings, a byte order mark, and characters of two units",
    file('\uFEFF// 😀\r\nimport type { ModuleType } from "@ooneex/module";\r\n', "[\r\n    /* 😀 */\r\n  ]").replaceAll(/\r?\n/g, "\r\n"),
    file('\uFEFF// 😀\r\nimport type { ModuleType } from "@ooneex/module";\r\nimport { BillingModule } from "@module/billing/BillingModule";\r\n', "[\r\n    /* 😀 */\r\n    ...BillingModule.controllers\r\n  ]").replaceAll(/\r?\n/g, "\r\n"),
  ],
  [
    "an import for its effects, and others behind it",
    file('import "reflect-metadata";\nimport { z } from "zod";\n', "[ ]", "", " as const"),
    file('import "reflect-metadata";\nimport { BillingModule } from "@module/billing/BillingModule";\nimport { z } from "zod";\n', "[  ...BillingModule.controllers ]", "", " as const"),
  ],
  ["no imports", file("// The app.\n", "[]"), `import { BillingModule } from "@module/billing/BillingModule";\n\n${file("// The app.\n", "[...BillingModule.controllers]")}`],
  [
    "a directive",
    file('"use strict";\n', "([] as const)"),
    file('"use strict";\nimport { BillingModule } from "@module/billing/BillingModule";\n', "([...BillingModule.controllers] as const)"),
  ],
  [
    "entries over lines with a trailing comma and comments",
    file('import { A } from "./A";', "[\n    // ours\n    A, // the first\n  ]"),
    file('import { BillingModule } from "@module/billing/BillingModule";\nimport { A } from "./A";', "[\n    // ours\n    A, // the first\n    ...BillingModule.controllers,\n  ]"),
  ],
  [
    "modules that are sorted",
    file('import { AdsModule } from "@module/ads/AdsModule";\nimport { OrdersModule } from "@module/orders/OrdersModule";', "[A, ...AdsModule.controllers, ...OrdersModule.controllers, B]"),
    file('import { AdsModule } from "@module/ads/AdsModule";\nimport { BillingModule } from "@module/billing/BillingModule";\nimport { OrdersModule } from "@module/orders/OrdersModule";', "[A, ...AdsModule.controllers, ...BillingModule.controllers, ...OrdersModule.controllers, B]"),
  ],
  [
    "modules that are not sorted",
    file('import { OrdersModule } from "@module/orders/OrdersModule";\nimport { AdsModule } from "@module/ads/AdsModule";', "[...OrdersModule.controllers, ...AdsModule.controllers, B]"),
    file('import { OrdersModule } from "@module/orders/OrdersModule";\nimport { AdsModule } from "@module/ads/AdsModule";\nimport { BillingModule } from "@module/billing/BillingModule";', "[...OrdersModule.controllers, ...AdsModule.controllers, ...BillingModule.controllers, B]"),
  ],
  [
    "two imports on a line",
    file('import { A } from "./A"; import { B } from "./B";', "[A]"),
    file('import { BillingModule } from "@module/billing/BillingModule";\nimport { A } from "./A"; import { B } from "./B";', "[A, ...BillingModule.controllers]"),
  ],
  [
    "a comment about the first import",
    file('// @ts-expect-error untyped\nimport { A } from "./A";', "[A]"),
    file('// @ts-expect-error untyped\nimport { A } from "./A";\nimport { BillingModule } from "@module/billing/BillingModule";', "[A, ...BillingModule.controllers]"),
  ],
];

describe("addModulePart", () => {
  it.each(STYLES)("writes as the file does: %s", (_style, before, after) => {
    expect(addModulePart(before, APP, ONE)).toBe(after);
  });

  it.each(STYLES)("changes nothing the second time: %s", (_style, _before, after) => {
    expect(addModulePart(after, APP, ONE)).toBe(after);
  });

  it("enters a module into four arrays, and a controller into one", () => {
    const text = 'export const AppModule = { controllers: [], entities: [], middlewares: [], "cronJobs": [], events: [] };\n';
    const added = addModulePart(addModulePart(text, APP, BILLING), APP, HEALTH);
    expect(added).toContain("{ controllers: [...BillingModule.controllers, HealthController], entities: [], middlewares: [...BillingModule.middlewares], ");
    expect(added).toContain('import { HealthController } from "./controllers/HealthController";\n');
    expect(removeModulePart(removeModulePart(added, APP, HEALTH), APP, BILLING)).toBe(text);
  });

  it("knows the module under the name and the path that a person gave it", () => {
    const before = file('import { BillingModule as Bills } from "../../billing/src/BillingModule.ts";', "[]");
    const after = before.replace("[]", "[...Bills.controllers]");
    expect(addModulePart(before, APP, ONE)).toBe(after);
    expect(removeModulePart(after, APP, ONE)).toBe(file("", "[]").replace(/^\n/, ""));
  });

  it("takes an array for registered that is put together elsewhere in the file", () => {
    const text = file('import { BillingModule } from "@module/billing/BillingModule";\nconst all = [...BillingModule.controllers];', "all");
    expect(addModulePart(text, APP, ONE)).toBe(text);
  });
});

describe("removeModulePart", () => {
  it.each(STYLES)("gives the original back: %s", (_style, before, after) => {
    expect(removeModulePart(after, APP, ONE)).toBe(before);
  });

  it.each(STYLES)("changes nothing where it is not there: %s", (_style, before) => {
    expect(removeModulePart(before, APP, ONE)).toBe(before);
  });

  it.each([
    ["beside another name", 'import { BillingModule, Invoice } from "@module/billing/BillingModule";', 'import { Invoice } from "@module/billing/BillingModule";'],
    ["beside a default", 'import bills, { BillingModule } from "@module/billing/BillingModule";', 'import bills from "@module/billing/BillingModule";'],
    ["with a comment behind it", 'import { A } from "./A";\nimport { BillingModule } from "@module/billing/BillingModule"; // bills', 'import { A } from "./A";'],
  ])("takes out an import that a person wrote %s", (_title, before, after) => {
    expect(removeModulePart(file(before, "[A, ...BillingModule.controllers]"), APP, ONE)).toBe(file(after, "[A]"));
  });

  it("undoes additions in any order, whatever the style", () => {
    const { below, pick, shuffle } = createRandom(20_261_121);
    const blank = (): string => pick(["", " ", "\n    ", "\n\n\t", " // c, ]\n    ", " /* c, ] */ ", "\n    // c\n    "]);
    const writeArray = (array: ModuleArray): string => {
      const items = shuffle(["A", "...B", "...SharedModule", "...ZooModule"]).slice(below(5));
      const written = items.map((item) => blank() + (item.startsWith("...") ? `${item}.${array}` : item));
      const comma = written.length > 0 && below(2) === 0 ? `${blank()},` : "";
      return `${array}:${pick(["", " "])}[${written.join(`${blank()},`)}${comma}${blank()}]${pick(["", " as const", " satisfies X[]"])}`;
    };
    for (let run = 0; run < 150; run++) {
      const quote = pick(['"', "'"]);
      const end = pick([";", ""]);
      const sources = shuffle(["@module/shared/SharedModule", "@ooneex/module", "./A", "../b", "zod", "node:fs"]).slice(below(7));
      const imports = (below(2) === 0 ? sources.toSorted() : sources).map(
        (from, index) => `${pick(["", "", "// c\n", "/* c\n d */\n"])}import ${pick([`{ x${index} }`, `{x${index}}`, `x${index}`, `type { x${index} }`])} from ${quote}${from}${quote}${end}${pick(["", "", " // c", "\n"])}\n`,
      );
      const effects = below(4) === 0 ? [`import ${quote}reflect-metadata${quote}${end}\n`] : [];
      const head = pick(["", "", "\uFEFF", "#!/usr/bin/env bun\n", "// licence\n\n", "'use strict'\n"]);
      const object = `{${shuffle([...ARRAYS, "entities" as const]).map((array) => `${blank()}${writeArray(array)}`).join(",")}${blank()}}`;
      const before = `${head}${[...effects, ...imports].join("")}${pick(["\n", ""])}export const AppModule${pick(["", ": ModuleType"])} = ${object}${pick(["", " as const", " satisfies ModuleType"])};${pick(["\n", ""])}`.replaceAll("\n", pick(["\n", "\r\n"]));

      const parts = shuffle([BILLING, part("Ads"), part("Orders"), HEALTH]).slice(below(4));
      const full = parts.reduce((text, one) => addModulePart(text, APP, one), before);
      for (const one of parts) expect(addModulePart(full, APP, one)).toBe(full);
      for (const { name, form } of parts) if (form === "spread") for (const array of ARRAYS) expect(full).toContain(`...${name}.${array}`);
      expect(parts.toReversed().reduce((text, one) => removeModulePart(text, APP, one), full)).toBe(before);
    }
  });

  it("puts a module back where it was, whichever it was", () => {
    const names = ["Ads", "Billing", "Orders", "Users"];
    const before = file('import { SharedModule } from "@module/shared/SharedModule";\nimport { A } from "./A";\n', "[...SharedModule.controllers, A]");
    const parts = names.map((name) => ({ ...part(name), arrays: ["controllers"] as const }));
    const full = parts.toReversed().reduce((text, one) => addModulePart(text, APP, one), before);
    for (const one of parts) expect(addModulePart(removeModulePart(full, APP, one), APP, one)).toBe(full);
    expect(parts.reduce((text, one) => removeModulePart(text, APP, one), full)).toBe(before);
  });
});

describe("what cannot be edited is refused with its line", () => {
  const IMPORT = 'import { BillingModule } from "@module/billing/BillingModule";';
  it.each([
    ["an array given by a name", file('import { all } from "./all";', "all"), 3, "controllers of AppModule is not an array that is written out"],
    ["an array that is called for", file("", "[].concat(all)"), 3, "controllers of AppModule is not an array that is written out"],
    ["a missing array", "\nexport const AppModule = {};\n", 2, "AppModule has no array controllers"],
    ["an object that is made elsewhere", "\n\nexport const AppModule = SharedModule;\n", 3, "AppModule is not an object that is written out"],
    ["no such constant", "export default {};\n", 1, "there is no constant AppModule"],
    ["a name that means something else", file("const BillingModule = 1;", "[]"), 1, "BillingModule means something else there"],
    ["a type of that name", file(`import type { A } from "./A";\ntype BillingModule = A;`, "[]"), 2, "BillingModule means something else there"],
  ])("adding to %s", (_title, text, line, what) => {
    expect(() => addModulePart(text, APP, ONE)).toThrow(expect.objectContaining({ code: "MODULE_FILE_UNSUPPORTED", what, where: `${APP.path}:${line}` }) as Error);
  });

  it("removing what is used in another way", () => {
    const text = `${file(IMPORT, "[...BillingModule.controllers]")}console.log(BillingModule);\n`;
    expect(() => removeModulePart(text, APP, ONE)).toThrow(expect.objectContaining({ code: "MODULE_FILE_UNSUPPORTED", where: `${APP.path}:5` }) as Error);
  });

  it("a file that is no TypeScript", () => {
    const error = expect.objectContaining({ code: "MODULE_FILE_INVALID", where: `${APP.path}:2` }) as Error;
    expect(() => addModulePart("\nexport const = 1;\n", APP, ONE)).toThrow(error);
    expect(() => removeModulePart("\nexport const = 1;\n", APP, ONE)).toThrow(error);
  });
});

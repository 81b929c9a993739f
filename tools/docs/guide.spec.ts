import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { DockerfileParser } from "dockerfile-ast";
import { parseSync } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readDeploymentPlaces } from "../../packages/nx/src/deployment/places.js";
import { resolvePluginOptions } from "../../packages/nx/src/graph/options.js";
import { type Block, readBlocks, readCommands } from "./blocks.js";
import { listPages, REPOSITORY } from "./pages.js";
import { readAnchors, readLinks, readProse, readSentences } from "./prose.js";

const read = (path: string): string => readFileSync(join(REPOSITORY, path), "utf8");

const PAGES = listPages();
const BLOCKS = PAGES.flatMap((page) => readBlocks(page, read(page)));
const PACKAGE = "packages/nx";

interface Settings {
  readonly targets?: Record<string, { options?: object }>;
  readonly plugins?: { plugin: string; options: object }[];
}

/** How each language is read; a block of none is what a command prints. */
const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  "": (text) => text,
  sh: (text) => text,
  json: (text): unknown => JSON.parse(text),
  yaml: (text): unknown => parse(text),
  ts: (text) => {
    const { errors } = parseSync("block.ts", text);
    if (errors.length > 0) throw new Error(errors[0]?.message);
  },
  dockerfile: (text) => DockerfileParser.parse(text).getInstructions(),
};

describe("the user guide", () => {
  it.each(PAGES)("has links in %s that lead somewhere", (page) => {
    const broken = readLinks(read(page)).filter(({ path, anchor }) => {
      const target = path === "" ? page : relative(REPOSITORY, join(REPOSITORY, dirname(page), path));
      if (!existsSync(join(REPOSITORY, target))) return true;
      // A page of the package has nothing outside of the package to lead to.
      if (page.startsWith(PACKAGE) && !target.startsWith(PACKAGE)) return true;
      return anchor !== undefined && !readAnchors(read(target)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it("leads from its front page to every other page of the package, all of which are in it", () => {
    const linked = readLinks(read(`${PACKAGE}/README.md`)).map(({ path }) => `${PACKAGE}/${path}`);
    const pages = PAGES.filter((page) => page.startsWith(`${PACKAGE}/docs/`));
    expect(pages.length).toBeGreaterThan(9);
    expect(pages.filter((page) => !linked.includes(page))).toEqual([]);
    expect((JSON.parse(read(`${PACKAGE}/package.json`)) as { files: string[] }).files).toContain("docs");
  });

  it("says nothing twice", () => {
    const sentences = PAGES.flatMap((page) => readSentences(read(page)));
    expect(sentences.length).toBeGreaterThan(200);
    expect(sentences.filter((sentence, index) => sentences.indexOf(sentence) !== index)).toEqual([]);
  });

  it.each(BLOCKS.map(({ where, language, text }) => [where, language, text] as const))("has a block at %s that can be read", (_where, language, text) => {
    expect(PARSERS).toHaveProperty([language]);
    expect(() => PARSERS[language]?.(text)).not.toThrow();
  });

  it("names only options that exist", () => {
    const known = Object.keys({ ...resolvePluginOptions({}), registry: "", ...readDeploymentPlaces({}) });
    const unknown = BLOCKS.filter(({ language }) => language === "json").flatMap((block) => {
      const { targets = {}, plugins = [] } = JSON.parse(block.text) as Settings;
      return [
        ...Object.entries(targets).flatMap(([target, { options = {} }]) => listUnknown(block, Object.keys(options), listOptions("executors", target))),
        ...plugins.flatMap(({ options }) => listUnknown(block, Object.keys(options), known)),
      ];
    });
    expect(unknown).toEqual([]);
  });

  it("has each option of the plugin in a table, with its default", () => {
    const rows = [...read(`${PACKAGE}/docs/graph.md`).matchAll(/^\| `(\w+)` \| (?:`([\w./-]+)`|none) \| \S/gm)].map(([, option, value]) => [option, value]);
    expect(rows).toEqual([...Object.entries(resolvePluginOptions({})), ["registry", undefined], ...Object.entries(readDeploymentPlaces({}))]);
  });

  it("names only generators that exist", () => {
    const { generators } = JSON.parse(read(`${PACKAGE}/generators.json`)) as { generators: object };
    const texts = [...PAGES.map((page) => readProse(read(page))), ...BLOCKS.flatMap(readCommands)];
    const names = texts.flatMap((text) => [...text.matchAll(/@ooneex\/nx:([\w-]+)/g)].map(([, name = ""]) => name));
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !(name in generators))).toEqual([]);
  });
});

function listUnknown({ where }: Block, used: readonly string[], known: readonly string[]): string[] {
  return used.filter((option) => !known.includes(option)).map((option) => `${where}: ${option}`);
}

function listOptions(kind: string, name: string): string[] {
  const { properties } = JSON.parse(read(`${PACKAGE}/src/${kind}/${name}/schema.json`)) as { properties: object };
  return Object.keys(properties);
}

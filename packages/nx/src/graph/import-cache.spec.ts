import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeWorkspace } from "../testing/temporary-workspace.js";
import { type ImportCache, readImportCache, writeImportCache } from "./import-cache.js";

const PATH = ".nx/workspace-data/ooneex-nx-imports.json";

const CACHE: ImportCache = new Map([
  ["modules/a/src/index.ts", { hash: "1", imports: [{ specifier: "zod", dynamic: false }, { specifier: "?é", dynamic: true }] }],
  ["modules/b/src/none.ts", { hash: "2", imports: [] }],
]);

describe("the cache of imports", () => {
  it("gives back what it was given", () => {
    const root = writeWorkspace({});
    expect(readImportCache(root).size).toBe(0);
    writeImportCache(root, CACHE);
    expect(readImportCache(root)).toEqual(CACHE);
    writeImportCache(root, new Map([...CACHE].slice(1)));
    expect([...readImportCache(root).keys()]).toEqual(["modules/b/src/none.ts"]);
  });

  it("is empty wherever it is cut off", () => {
    const root = writeWorkspace({});
    writeImportCache(root, CACHE);
    const text = readFileSync(join(root, PATH));
    for (let length = 0; length < text.length; length++) {
      writeFileSync(join(root, PATH), text.subarray(0, length));
      expect(readImportCache(root).size, `${length} bytes`).toBe(0);
    }
  });

  it("is empty with one byte that is another", () => {
    const root = writeWorkspace({});
    writeImportCache(root, CACHE);
    const text = readFileSync(join(root, PATH));
    for (let at = 0; at < text.length; at++) {
      const damaged = Buffer.from(text);
      damaged[at] = text[at] === 0x78 ? 0x79 : 0x78;
      writeFileSync(join(root, PATH), damaged);
      expect(readImportCache(root).size, `byte ${at}`).toBe(0);
    }
  });

  it.each([["nothing", ""], ["a list", "[]"], ["another tool's", '{"version":"6.0","files":{}}\n{"modules/a/src/index.ts":["1"]}']])(
    "is empty where %s stands in its place",
    (_title, text) => {
      const root = writeWorkspace({ [PATH]: text });
      expect(readImportCache(root).size).toBe(0);
    },
  );

  it("fails nothing where it cannot be written", () => {
    const root = writeWorkspace({});
    mkdirSync(join(root, PATH, "a folder"), { recursive: true });
    writeImportCache(root, CACHE);
    expect(readImportCache(root).size).toBe(0);
  });
});

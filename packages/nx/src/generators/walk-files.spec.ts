import type { Tree } from "@nx/devkit";
import { existsSync, readdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeWorkspace } from "../testing/temporary-workspace.js";
import { walkFiles } from "./walk-files.js";

/** A tree over a real folder, as far as it is walked: devkit's own tree in memory knows no links. */
function openTree(root: string): Tree {
  const isFile = (path: string): boolean => statSync(join(root, path)).isFile();
  const children = (path: string): string[] => (existsSync(join(root, path)) ? readdirSync(join(root, path)) : []);
  return { root, isFile, children } as unknown as Tree;
}

describe("walkFiles", () => {
  it("lists what a person may have written, at any depth", () => {
    const root = writeWorkspace({
      "package.json": "{}",
      "modules/billing/package.json": "{}",
      "modules/billing/.env.yml": "",
      "modules/billing/src/coverage/plan.ts": "",
      "modules/billing/dist/index.js": "",
      "node_modules/zod/index.js": "",
    });
    expect(walkFiles(openTree(root)).sort()).toEqual([
      "modules/billing/.env.yml",
      "modules/billing/package.json",
      "modules/billing/src/coverage/plan.ts",
      "package.json",
    ]);
  });

  it("follows no link to a folder, which may lead back to where it stands", () => {
    const root = writeWorkspace({ "modules/billing/index.ts": "" });
    for (const name of ["one", "two"]) symlinkSync("..", join(root, "modules", name));
    expect(walkFiles(openTree(root))).toEqual(["modules/billing/index.ts"]);
  });
});

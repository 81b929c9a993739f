import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeWorkspace } from "../../../testing/temporary-workspace.js";
import { prepareOutputFile, writeOutputFile } from "./output-file.js";

it("writes JSON, with the folders above it, and nothing beside it", () => {
  const root = writeWorkspace({});
  writeOutputFile(root, "out/digest.json", { digest: "sha256:1" });
  expect(JSON.parse(readFileSync(join(root, "out/digest.json"), "utf8"))).toEqual({ digest: "sha256:1" });
  expect(readdirSync(join(root, "out"))).toEqual(["digest.json"]);
});

it.each([
  ["a file is where its folder would be", { out: "in the way\n" }],
  ["a folder is where it would be", { "out/digest.json/file": "in the way\n" }],
])("says which file cannot be written where %s", (_, files) => {
  const root = writeWorkspace(files);
  const error = expect.objectContaining({ code: "OUTPUT_UNWRITABLE", where: "out/digest.json", what: expect.not.stringContaining(root) as string }) as Error;
  expect(() => writeOutputFile(root, "out/digest.json", {})).toThrow(error);
  expect(readdirSync(root)).toEqual(["out"]);
  expect(existsSync(join(root, `out/digest.json.${process.pid}`))).toBe(false);
});

it("makes the folder of a file that an engine writes, or says that it cannot", () => {
  const root = writeWorkspace({ file: "" });
  expect(prepareOutputFile(root, "a/b/metadata.json")).toBe(join(root, "a/b/metadata.json"));
  expect(readdirSync(join(root, "a/b"))).toEqual([]);
  expect(() => prepareOutputFile(root, "file/metadata.json")).toThrow(expect.objectContaining({ code: "OUTPUT_UNWRITABLE" }));
});

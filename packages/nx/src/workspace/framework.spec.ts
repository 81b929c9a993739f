import { describe, expect, it } from "vitest";
import { resolveFramework } from "./framework.js";

describe("resolveFramework", () => {
  it.each([
    ["nothing installed", {}, "@ooneex"],
    ["the first name", { dependencies: { "@ooneex/app": "1.0.0" } }, "@ooneex"],
    ["the second name", { dependencies: { "@talosjs/app": "1.0.0" } }, "@talosjs"],
    ["development packages", { devDependencies: { "@talosjs/cli": "1.0.0" } }, "@talosjs"],
    [
      "this plugin beside the second name",
      { devDependencies: { "@ooneex/nx": "1.0.0" }, dependencies: { "@talosjs/logger": "1.0.0" } },
      "@talosjs",
    ],
    ["this plugin alone", { devDependencies: { "@ooneex/nx": "1.0.0" } }, "@ooneex"],
    ["both, one with app", { dependencies: { "@ooneex/logger": "1.0.0", "@talosjs/app": "1.0.0" } }, "@talosjs"],
    ["both with app", { dependencies: { "@talosjs/app": "1.0.0", "@ooneex/app": "1.0.0" } }, "@ooneex"],
    ["both without app", { dependencies: { "@talosjs/logger": "1.0.0", "@ooneex/cache": "1.0.0" } }, "@ooneex"],
    ["a name that only looks alike", { dependencies: { talosjs: "1.0.0", "@talosjs-x/app": "1.0.0" } }, "@ooneex"],
  ])("%s", (_, manifest, framework) => {
    expect(resolveFramework(JSON.stringify(manifest))).toBe(framework);
  });

  it("refuses what is not JSON", () => {
    expect(() => resolveFramework("{")).toThrowError(expect.objectContaining({ code: "JSON_INVALID" }));
  });
});

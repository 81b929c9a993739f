import { describe, expect, it } from "vitest";
import { readOwnership, signFile } from "./signed-file.js";

describe("readOwnership", () => {
  const text = signFile("name: Ooneex\n\non: push\n", "ci");

  it("knows what was written here, whatever git did to its line endings", () => {
    expect(text.split("\n", 1)[0]).toMatch(/^# Written by `nx g @ooneex\/nx:ci`/);
    expect(readOwnership(text, "ci")).toBe("ours");
    expect(readOwnership(text.replaceAll("\n", "\r\n"), "ci")).toBe("ours");
  });

  it.each([
    ["edited", text.replace("push", "pull_request")],
    ["edited", `${text}# more\n`],
    ["foreign", "name: CI\n"],
    ["foreign", `\n${text}`],
    ["foreign", signFile("name: Ooneex\n", "kubernetes")],
    ["foreign", ""],
  ])("calls %s what begins %j", (ownership, other) => {
    expect(readOwnership(other, "ci")).toBe(ownership);
  });
});

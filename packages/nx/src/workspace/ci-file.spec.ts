import { describe, expect, it } from "vitest";
import { readCiOwnership, signCiFile } from "./ci-file.js";

describe("readCiOwnership", () => {
  const text = signCiFile("name: Ooneex\n\non: push\n");

  it("knows what was written here, whatever git did to its line endings", () => {
    expect(text.split("\n", 1)[0]).toMatch(/^# Written by `nx g @ooneex\/nx:ci`/);
    expect(readCiOwnership(text)).toBe("ours");
    expect(readCiOwnership(text.replaceAll("\n", "\r\n"))).toBe("ours");
  });

  it.each([
    ["edited", text.replace("push", "pull_request")],
    ["edited", `${text}# more\n`],
    ["foreign", "name: CI\n"],
    ["foreign", `\n${text}`],
    ["foreign", ""],
  ])("calls %s what begins %j", (ownership, other) => {
    expect(readCiOwnership(other)).toBe(ownership);
  });
});

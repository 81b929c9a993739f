import { describe, expect, it } from "vitest";
import { findEmptyKey, removeEmptyKey } from "./yaml-empty-key.js";

const FILE = { code: "APP_YML", path: "modules/app/app.yml" };

describe("a key without a value", () => {
  it.each([
    ["at the end", 'type: "api"\n\nmicroservices:\n', 'type: "api"\n'],
    ["in the middle, with Windows line ends", "a: 1\r\nmicroservices:\r\nb: 2\r\n", "a: 1\r\nb: 2\r\n"],
    ["as null", "a: 1\nmicroservices: null # none\nb: 2\n", "a: 1\nb: 2\n"],
    ["below a comment", "# what the app calls\nmicroservices:\nb: 2\n", "# what the app calls\nb: 2\n"],
    ["alone", "microservices:\n", ""],
  ])("goes %s", (_where, text, rest) => {
    expect(findEmptyKey(text, "microservices", FILE)).toBe(text.indexOf("microservices"));
    expect(removeEmptyKey(text, "microservices", FILE)).toBe(rest);
  });

  it.each(["microservices: []\n", "microservices:\n  - name: a\n    url: A\n", "other:\n  microservices:\n", ""])("is not %j", (text) => {
    expect(findEmptyKey(text, "microservices", FILE)).toBeUndefined();
    expect(removeEmptyKey(text, "microservices", FILE)).toBe(text);
  });
});

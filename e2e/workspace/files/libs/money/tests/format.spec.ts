import { expect, test } from "bun:test";
import { format } from "@acme/money";

test("format", () => {
  expect(format(1999, "EUR")).toBe("19.99 EUR");
});

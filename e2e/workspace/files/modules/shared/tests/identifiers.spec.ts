import { expect, test } from "bun:test";
import { createIdentifier } from "@module/shared/identifiers";

test("createIdentifier", () => {
  expect(createIdentifier("order")).toMatch(/^order_[\w-]{10}$/);
});

import { describe, expect, it } from "vitest";
import { resolveNames } from "./names.js";

describe("resolveNames", () => {
  it.each(["order history", "OrderHistoryModule", "order_history", "order-history", " orderHistory ", "order-history-module"])(
    "gives one normal form for %j",
    (input) => {
      expect(resolveNames(input)).toEqual({
        kebab: "order-history",
        pascal: "OrderHistory",
        snake: "order_history",
        packageName: "@module/order-history",
        alias: "@module/order-history/*",
        variable: "MICROSERVICE_ORDER_HISTORY_URL",
        root: "modules/order-history",
      });
    },
  );

  it.each([
    ["HTTPServer", "http-server"],
    ["oauth2", "oauth2"],
    ["Order2Cash", "order2-cash"],
    ["ORDER2CASH", "order2cash"],
    ["billingModuleModule", "billing"],
  ])("splits %s into words", (input, kebab) => {
    expect(resolveNames(input).kebab).toBe(kebab);
  });

  it("is its own fixed point in every spelling", () => {
    const names = resolveNames("Order2 History");
    for (const spelling of [names.kebab, names.snake, names.pascal, `${names.pascal}Module`]) expect(resolveNames(spelling)).toEqual(names);
  });

  it.each([
    ["", "NAME_EMPTY"],
    ["   ", "NAME_EMPTY"],
    ["module", "NAME_EMPTY"],
    ["ModuleModule", "NAME_EMPTY"],
    ["app", "NAME_RESERVED"],
    ["SharedModule", "NAME_RESERVED"],
    ["node_modules", "NAME_RESERVED"],
    ["scratch", "NAME_RESERVED"],
    ["nul", "NAME_RESERVED"],
    ["../evil", "NAME_ILLEGAL"],
    ["a/b", "NAME_ILLEGAL"],
    ["a\\b", "NAME_ILLEGAL"],
    ["a;rm", "NAME_ILLEGAL"],
    ["<%= x %>", "NAME_ILLEGAL"],
    ["$(x)", "NAME_ILLEGAL"],
    ["a\nb", "NAME_ILLEGAL"],
    ["2fast", "NAME_ILLEGAL"],
    ["café", "NAME_ILLEGAL"],
    ["-a", "NAME_ILLEGAL"],
    [".env", "NAME_ILLEGAL"],
    ["a".repeat(64), "NAME_TOO_LONG"],
    ["order-2", "NAME_AMBIGUOUS"],
    ["plan-b-c", "NAME_AMBIGUOUS"],
  ])("refuses %j with %s", (input, code) => {
    expect(() => resolveNames(input)).toThrowError(expect.objectContaining({ code }));
  });

  it("keeps the name of a folder that is there, so that what is called order-2 can be removed", () => {
    expect(resolveNames("order-2", (root) => root === "modules/order-2").kebab).toBe("order-2");
    expect(() => resolveNames("order-2", () => false)).toThrowError(expect.objectContaining({ remedy: "write order2, or other words" }));
  });

  it.each(["constructor", "prototype", "to-string"])("takes %s, which is a name like any other", (input) => {
    expect(resolveNames(input).kebab).toBe(input);
  });
});

import { describe, expect, it } from "vitest";
import { buildServiceRepository, readPluginRegistry } from "./plugin-registry.js";

describe("readPluginRegistry", () => {
  it("reads the plugin's own entry", () => {
    const other = { plugin: "other", options: { registry: "no" } };
    expect(readPluginRegistry({ plugins: ["@ooneex/nx", other, { plugin: "@ooneex/nx", options: { registry: " ghcr.io/Acme/" } }] })).toBe("ghcr.io/Acme");
    expect(readPluginRegistry({ plugins: ["@ooneex/nx"] })).toBeUndefined();
    expect(readPluginRegistry({})).toBeUndefined();
  });

  it.each(["", " ", 5000])("takes %j for none", (registry) => {
    expect(readPluginRegistry({ plugins: [{ plugin: "@ooneex/nx", options: { registry } }] })).toBeUndefined();
  });
});

describe("buildServiceRepository", () => {
  it("writes the name of an organisation as registries take it", () => {
    expect(buildServiceRepository("ghcr.io/Acme/", "order_history")).toBe("ghcr.io/acme/order_history");
  });
});

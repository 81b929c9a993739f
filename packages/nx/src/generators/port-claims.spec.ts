import { describe, expect, it } from "vitest";
import { createWorkspace } from "../testing/fake-workspace.js";
import { readPortClaims } from "./port-claims.js";

describe("readPortClaims", () => {
  it("names the file that everybody has where one says the same", () => {
    const tree = createWorkspace({
      "modules/app/.env.yml": "microservice: { billing: { url: http://localhost:3001 }, search: { url: http://localhost:3002 } }\n",
      "modules/billing/billing.yml": "type: microservice\nport: 3001\n",
    });
    const claims = readPortClaims(tree);
    expect(claims).toContainEqual({ port: 3001, owner: "billing", file: "modules/billing/billing.yml" });
    expect(claims).toContainEqual({ port: 3002, owner: "search", file: "modules/app/.env.yml" });
  });
});

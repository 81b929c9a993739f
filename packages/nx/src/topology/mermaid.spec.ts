import { describe, expect, it } from "vitest";
import { makeProcess } from "../testing/topology.js";
import { escapeLabel, renderMermaid } from "./mermaid.js";
import { buildTopology } from "./model.js";

describe("the Mermaid drawing", () => {
  const app = makeProcess("app", { kind: "api", port: 3000, environment: new Map([["CACHE_REDIS_URL", "redis://localhost:6379"]]) });
  const billing = makeProcess("billing", { port: 3001, image: "billing:latest", environment: new Map([["DATABASE_URL", "postgres://u:p@db:5432/billing"], ["CACHE_REDIS_URL", "redis://localhost:6379/1"]]) });
  const ghost = makeProcess("ghost", { kind: "missing" });
  const calls = [
    { from: "app", to: "billing", variable: "MICROSERVICE_BILLING_URL", file: "modules/app/app.yml" },
    { from: "billing", to: "ghost", variable: "MICROSERVICE_GHOST_URL", file: "modules/billing/src/a.ts" },
  ];
  const observed = { health: new Map([["billing", "unhealthy" as const]]), digests: new Map([["billing", `sha256:${"a1".repeat(32)}`]]) };

  it("has the processes, the datastores and the arrows", () => {
    expect(renderMermaid(buildTopology({ title: "acme", processes: [ghost, billing, app], calls, observed }))).toBe(
      [
        "flowchart LR",
        '  n0[["app<br/>:3000"]]',
        '  subgraph g0["Services"]',
        '    n1["billing<br/>:3001<br/>billing:latest sha256:a1a1a1a1a1a1<br/>unhealthy"]',
        '    n2["ghost<br/>no such module"]',
        "  end",
        '  subgraph g1["Datastores"]',
        '    n3[("Postgres<br/>db:5432/billing")]',
        '    n4[("Redis<br/>localhost:6379")]',
        "  end",
        "  n0 --> n1",
        "  n1 --> n2",
        "  n0 -.- n4",
        "  n1 -.- n3",
        "  n1 -.- n4",
        "  classDef missing stroke-dasharray: 5 5",
        "  class n2 missing",
        "  classDef unwell stroke:#d1242f,stroke-width:2px",
        "  class n1 unwell",
        "",
      ].join("\n"),
    );
  });

  it("is the same whatever order the facts come in", () => {
    const one = buildTopology({ title: "acme", processes: [app, billing, ghost], calls });
    expect(buildTopology({ title: "acme", processes: [ghost, billing, app], calls: calls.toReversed() })).toEqual(one);
  });

  it.each(['"];click n0 "javascript:x', "```\n# out", "--> <!-- /topology -->", "%%{init: {}}%%", "#quot;", "<b>", "é\u0000\n"])("keeps %j a label", (name) => {
    expect(escapeLabel(name)).toMatch(/^(?:[A-Za-z0-9 ._/:@-]|#\d+;)*$/);
    const drawing = renderMermaid(buildTopology({ title: "acme", processes: [makeProcess(name, { kind: "missing" })], calls: [] }));
    expect(drawing.split("\n")).toHaveLength(7);
  });
});

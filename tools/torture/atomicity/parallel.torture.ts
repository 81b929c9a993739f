import { expect } from "vitest";
import { REGISTRIES } from "../../../packages/nx/src/testing/composed-workspace.js";
import { OONEEX_WORKSPACE } from "../../../packages/nx/src/testing/fake-workspace.js";
import { readMicroservices } from "../../../packages/nx/src/workspace/app-yml.js";
import { flattenEnv } from "../../../packages/nx/src/workspace/env-yml.js";
import { readManifest } from "../../../packages/nx/src/workspace/manifest.js";
import { readPathAliases } from "../../../packages/nx/src/workspace/path-aliases.js";
import { scaled, torture } from "../torture.js";
import { dispose, listLeftovers, readFiles, runInChild, writeFiles } from "./runs.js";

const SERVICES = ["billing", "history", "orders"];

torture("four generators in parallel in one workspace: no entry lost, no port twice", async (tally) => {
  for (let round = 0; round < scaled(20); round += 1) {
    const root = writeFiles({ ...OONEEX_WORKSPACE, ...REGISTRIES });
    const steps = [...SERVICES.map((name) => ({ generator: "microservice", options: { name } })), { generator: "module", options: { name: "carts" } }];
    const outcomes = await Promise.all(steps.map((step) => runInChild([{ ...step, root }])));
    for (const [outcome] of outcomes) {
      if (outcome?.error !== undefined) tally.refusals += 1;
      expect([undefined, "GENERATOR_BUSY"]).toContain(outcome?.error);
    }
    const files = readFiles(root);
    const read = (path: string): string => files[path] ?? "";
    const made = SERVICES.filter((_, index) => outcomes[index]?.[0]?.error === undefined);
    expect(readMicroservices(read("modules/app/app.yml")).map(({ name }) => name).sort()).toEqual(made);
    expect([...readPathAliases(read("tsconfig.json")).keys()].sort()).toEqual([...["app", "carts", "shared", ...made].map((name) => `@module/${name}/*`)].sort());
    const variables = flattenEnv(read("modules/app/.env.yml"));
    const ports = made.map((name) => readManifest(read(`modules/${name}/${name}.yml`), name).port);
    expect(new Set(ports).size).toBe(made.length);
    expect(made.map((name) => variables.get(`MICROSERVICE_${name.toUpperCase()}_URL`))).toEqual(ports.map((port) => `http://localhost:${port ?? 0}`));
    expect(read("modules/app/src/AppModule.ts")).toContain("...CartsModule.controllers");
    expect(listLeftovers(root)).toEqual([]);
    dispose(root);
    tally.cases += steps.length;
  }
});

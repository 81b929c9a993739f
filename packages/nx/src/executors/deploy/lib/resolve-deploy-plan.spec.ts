import { expect, it } from "vitest";
import { writeWorkspace } from "../../../testing/temporary-workspace.js";
import { resolveDeployPlan } from "./resolve-deploy-plan.js";

const PROJECT = { name: "@module/billing", root: "modules/billing", imageName: "billing" };
const nxJson = (composeFile: unknown) => ({ plugins: ["@ooneex/other", { plugin: "@ooneex/nx", options: { composeFile } }] });

it("runs the compose file that the options name, else nx.json, else the one that compose writes", () => {
  const root = writeWorkspace({ "mine.yml": "", "ops/compose.yml": "", "docker-compose.production.yml": "" });
  const fileOf = (options: { file?: string }, settings?: object) => resolveDeployPlan(options, PROJECT, root, "deploy", settings).file;
  expect([fileOf({ file: "mine.yml" }, nxJson("ops/compose.yml")), fileOf({}, nxJson("./ops/compose.yml")), fileOf({}, {}), fileOf({})]).toEqual(["mine.yml", "ops/compose.yml", "docker-compose.production.yml", "docker-compose.production.yml"]);
});

it.each(["../compose.yml", "", 3])("refuses %j as the place of it", (composeFile) => {
  expect(() => resolveDeployPlan({}, PROJECT, writeWorkspace({}), "deploy", nxJson(composeFile))).toThrow(expect.objectContaining({ code: "PATH_ILLEGAL", where: "composeFile in nx.json" }) as Error);
});

import { AggregateCreateNodesError, type CreateNodesResult } from "@nx/devkit";
import { describe, expect, it } from "vitest";
import { writeWorkspace } from "../testing/temporary-workspace.js";
import { createNodes } from "./create-nodes.js";
import type { OoneexPluginOptions } from "./options.js";

const FILES = {
  "modules/app/app.yml": 'type: "api"\n',
  "modules/app/package.json": "{}",
  "modules/billing/billing.yml": 'type: "microservice"\n',
  "modules/billing/package.json": "{}",
  "modules/billing/roles.yml": 'type: "microservice"\n',
  "modules/shared/shared.yml": 'type: "module"\n',
  "modules/by-hand/by-hand.yml": "type: microservice",
};

async function infer(files: Record<string, string>, options?: OoneexPluginOptions): Promise<CreateNodesResult["projects"]> {
  const [, create] = createNodes;
  const context = { workspaceRoot: writeWorkspace(files), nxJsonConfiguration: {} };
  const results = await create(Object.keys(files).filter((path) => path.endsWith(".yml")), options, context);
  return Object.assign({}, ...results.map(([, { projects }]) => projects)) as CreateNodesResult["projects"];
}

describe("createNodes", () => {
  it("gives targets to every microservice and API, and to nothing else", async () => {
    const projects = await infer(FILES);
    expect(Object.keys(projects ?? {})).toEqual(["modules/app", "modules/billing", "modules/by-hand"]);
    for (const [root, project] of Object.entries(projects ?? {})) {
      expect(Object.keys(project.targets ?? {})).toEqual(["build", "serve", "docker-build", "docker-run", "docker-push", "deploy", ...(root === "modules/app" ? ["topology"] : [])]);
    }
  });

  it("names only what Nx would not name by itself", async () => {
    const projects = await infer(FILES);
    expect(projects?.["modules/billing"]?.name).toBeUndefined();
    expect(projects?.["modules/by-hand"]?.name).toBe("by-hand");
  });

  it("describes each target for Nx Console, and none as docker's, which Nx 22 would version", async () => {
    const projects = await infer(FILES);
    for (const target of Object.values(projects?.["modules/billing"]?.targets ?? {})) {
      expect(target.metadata?.description).toMatch(/^\w.+[^.]$/);
      expect(target.metadata?.help?.command).toContain("--help");
      expect(target.metadata?.technologies ?? []).not.toContain("docker");
    }
    expect(projects?.["modules/billing"]?.metadata?.targetGroups).toEqual({
      Service: ["build", "serve"],
      Image: ["docker-build", "docker-run", "docker-push"],
      Deployment: ["deploy"],
    });
  });

  it("counts all that a bundle can be made from as inputs, its own and what it imports", async () => {
    const projects = await infer(FILES);
    for (const name of ["build", "docker-build"]) {
      const inputs = projects?.["modules/billing"]?.targets?.[name]?.inputs;
      expect(inputs).toContain("{projectRoot}/**/*");
      expect(inputs).toContain("!{projectRoot}/tests/**/*");
      expect(inputs).toContainEqual({ fileset: "{projectRoot}/**/*", dependencies: true });
      expect(inputs).toContainEqual({ externalDependencies: [] });
    }
  });

  it("lets an app have no Dockerfile, and no microservice", async () => {
    const projects = await infer(FILES);
    expect(projects?.["modules/app"]?.targets?.["docker-build"]?.options).toEqual({ optional: true });
    expect(projects?.["modules/billing"]?.targets?.["docker-build"]?.options).toEqual({});
  });

  it("renames targets as nx.json says", async () => {
    const projects = await infer(FILES, { dockerBuildTargetName: "image", serveTargetName: "dev" });
    const targets = projects?.["modules/billing"]?.targets ?? {};
    expect(Object.keys(targets)).toEqual(["build", "dev", "image", "docker-run", "docker-push", "deploy"]);
    expect(targets["docker-run"]?.dependsOn).toEqual(["image"]);
    expect(targets["docker-push"]?.options).toEqual({ buildTarget: "image" });
  });

  it("reports a manifest that is not YAML and keeps every other module", async () => {
    const error = await infer({ ...FILES, "modules/broken/broken.yml": "type: [" }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AggregateCreateNodesError);
    const { errors, partialResults } = error as AggregateCreateNodesError;
    expect(errors.map(([file]) => file)).toEqual(["modules/broken/broken.yml"]);
    expect(partialResults).toHaveLength(3);
  });
});

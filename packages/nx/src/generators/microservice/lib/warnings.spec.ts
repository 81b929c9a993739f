import { describe, expect, it } from "vitest";
import { createWorkspace } from "../../../testing/fake-workspace.js";
import { ensureDockerIgnore } from "../../../workspace/docker-ignore.js";
import { resolveService } from "./service.js";
import { readWarnings } from "./warnings.js";

type FilesWithGaps = Parameters<typeof createWorkspace>[0];

function warn(files: FilesWithGaps = {}): string[] {
  const tree = createWorkspace({ ".dockerignore": ensureDockerIgnore(undefined), ...files });
  return readWarnings(tree, resolveService(tree, { name: "billing" }));
}

describe("readWarnings", () => {
  it("says nothing of a workspace that has everything", () => {
    expect(warn()).toEqual([]);
  });

  it("names the packages to install", () => {
    expect(
      warn({
        "package.json": '{ "dependencies": { "@talosjs/app": "1" }, "devDependencies": { "@talosjs/module": "1" } }',
      }),
    ).toEqual([
      "The root package.json lacks what the service imports. Run: bun add @talosjs/cache @talosjs/controller" +
        " @talosjs/logger @talosjs/middleware @talosjs/rate-limit @talosjs/routing @talosjs/validation",
    ]);
  });

  it("reads a package.json with a byte order mark", () => {
    expect(warn({ "package.json": "\uFEFF{}" })[0]).toContain("bun add @ooneex/app ");
  });

  it("says how the app gets to know the service where there is no env file", () => {
    expect(warn({ "modules/app/.env.yml": undefined })).toEqual([
      "The app has no .env.yml here. Where it runs, set MICROSERVICE_BILLING_URL=http://localhost:3001",
    ]);
  });

  it("says that a variable is left as it is where it leads elsewhere", () => {
    const environment = (port: number) => `microservice:\n  billing:\n    url: "http://localhost:${port}"\n`;
    expect(warn({ "modules/app/.env.yml": environment(3009) })).toEqual([
      "modules/app/.env.yml sets MICROSERVICE_BILLING_URL to http://localhost:3009 and is left as it is. The service" +
        " listens on http://localhost:3001",
    ]);
    expect(warn({ "modules/app/.env.yml": environment(3001) })).toEqual([]);
  });

  it.each([[undefined], ["node_modules\n"], ["**/.env*\n!modules/**\n"]])(
    "warns of a .dockerignore that is %j",
    (text) => {
      expect(warn({ ".dockerignore": text })).toEqual([
        "The root .dockerignore lets secrets or node_modules into builds. Run: nx g @ooneex/nx:init",
      ]);
    },
  );

  it.each([
    [
      ".commitlintrc.yml",
      "rules:\n  scope-enum: [2, always, [app]]\n",
      ".commitlintrc.yml is YAML, which is not edited",
    ],
    [
      "commitlint.config.js",
      'export default { rules: { "scope-enum": [2, "always", read()] } };',
      "commitlint.config.js computes its scope-enum",
    ],
  ])("asks for the commit scope by hand where %s says %j", (path, text, reason) => {
    expect(warn({ ".commitlintrc.ts": undefined, [path]: text })).toEqual([
      `${reason}. Add billing to the commit scopes by hand`,
    ]);
  });

  it("says what a tsconfig with comments costs", () => {
    expect(warn({ "tsconfig.json": "{ /* ours */ }" })).toEqual([
      expect.stringMatching(/^tsconfig\.json holds comments/),
    ]);
  });
});

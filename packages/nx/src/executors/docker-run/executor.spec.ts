import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createExecutorContext } from "../../testing/executor-context.js";
import { installFakeEngine } from "../../testing/fake-engine.js";
import { writeWorkspace } from "../../testing/temporary-workspace.js";
import { logger } from "../logger.js";
import dockerRun from "./executor.js";

const FILES = { "modules/billing/.env.yml": 'app:\n  port: 3001\ndatabase:\n  url: "postgres://secret"\n' };

let info: string[];
let errors: string[];

beforeEach(() => {
  [info, errors] = [[], []];
  vi.spyOn(logger, "info").mockImplementation((line: string) => void info.push(line));
  vi.spyOn(logger, "error").mockImplementation((line: string) => void errors.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("docker-run", () => {
  it("runs the service's image on its own port, and says where it answers", async () => {
    const engine = installFakeEngine();
    expect(await dockerRun({}, createExecutorContext(writeWorkspace(FILES)))).toEqual({ success: true });
    const [command] = engine.readCommands();
    expect(command).toMatch(/^docker run --rm .*--publish 127\.0\.0\.1:3001:3001 .* billing:latest$/);
    expect(command).toContain("--env DATABASE_URL");
    expect(info).toEqual(["billing:latest on http://127.0.0.1:3001"]);
  });

  it("shows no value of a variable, be it run or with --dry-run", async () => {
    const engine = installFakeEngine();
    const context = createExecutorContext(writeWorkspace(FILES));
    await dockerRun({ dryRun: true }, context);
    expect(engine.readCommands()).toEqual([]);
    expect(info.at(-1)).toMatch(/^ {2}docker run --rm .*--env DATABASE_URL .*billing:latest$/);
    await dockerRun({}, context);
    expect([...info, ...engine.readCommands()].join("\n")).not.toContain("secret");
  });

  it.each([130, 143])("succeeds where the container was asked to end, which is exit code %i", async (code) => {
    installFakeEngine(code);
    expect(await dockerRun({}, createExecutorContext(writeWorkspace(FILES)))).toEqual({ success: true });
  });

  it("fails with one clear error where the container fails", async () => {
    installFakeEngine(1);
    expect(await dockerRun({}, createExecutorContext(writeWorkspace(FILES)))).toEqual({ success: false });
    expect(errors).toEqual([
      expect.stringMatching(/^RUN_FAILED: the container ended with exit code 1\n {2}where: {2}billing:latest\n/),
    ]);
  });
});

import type { ExecutorContext } from "@nx/devkit";
import { describe, expect, it } from "vitest";
import { createExecutorContext } from "../testing/executor-context.js";
import { readProject } from "./project.js";

const ROOT = "/acme";

describe("readProject", () => {
  it.each([
    ["modules/billing", "billing"],
    ["modules/order-history", "order_history"],
    ["apps/nested/api2", "api2"],
  ])("names the image of %s %s", (root, imageName) => {
    const context = createExecutorContext(ROOT, root);
    expect(readProject(context)).toEqual({ name: context.projectName, root, imageName });
  });

  it.each([".", "modules/Billing", "modules/order_history", "modules/2fast", "modules/café"])(
    "refuses the folder %s, after which no image can be named",
    (root) => {
      const refusal = expect.objectContaining({ code: "NAME_ILLEGAL", where: root }) as Error;
      expect(() => readProject(createExecutorContext(ROOT, root))).toThrowError(refusal);
    },
  );

  it.each([
    [{ projectName: undefined }, "docker-build of no project"],
    [{ projectName: "gone" }, "docker-build of gone"],
    [{ projectName: undefined, targetName: undefined }, "target of no project"],
  ])("refuses to run with %j", (part, where) => {
    const context = { ...createExecutorContext(ROOT), ...part } as ExecutorContext;
    const refusal = expect.objectContaining({ code: "PROJECT_MISSING", where }) as Error;
    expect(() => readProject(context)).toThrowError(refusal);
  });
});

import { afterEach, describe, expect, it, vi } from "vitest";
import { OoneexNxError } from "../errors.js";
import { createExecutorContext } from "../testing/executor-context.js";
import { logger } from "./logger.js";
import { reportErrors } from "./report-errors.js";

const context = createExecutorContext("/acme");

afterEach(() => {
  vi.restoreAllMocks();
});

describe("reportErrors", () => {
  it("hands on what an executor is given and what it returns", async () => {
    const executor = reportErrors((options: { n: number }, { root }) =>
      Promise.resolve({ success: root === "/acme" && options.n === 1 }),
    );
    expect(await executor({ n: 1 }, context)).toEqual({ success: true });
  });

  it("turns a user's mistake into one message without a stack", async () => {
    const error = vi.spyOn(logger, "error").mockReturnValue();
    const mistake = new OoneexNxError({ code: "TAG_ILLEGAL", what: "no", where: "tags", remedy: "write :1" });
    expect(await reportErrors(() => Promise.reject(mistake))({}, context)).toEqual({ success: false });
    expect(error.mock.calls).toEqual([["TAG_ILLEGAL: no\n  where:  tags\n  remedy: write :1"]]);
  });

  it("keeps the stack of a mistake of ours", async () => {
    const mistake = new TypeError("x is not a function");
    await expect(reportErrors(() => Promise.reject(mistake))({}, context)).rejects.toBe(mistake);
  });
});

import { afterEach, describe, expect, it, vi } from "vitest";
import { logger } from "./logger.js";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** What is written to a stream while something is logged. */
function capture(stream: "stdout" | "stderr", log: () => void): string {
  let text = "";
  vi.spyOn(process[stream], "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  log();
  return text;
}

describe("logger", () => {
  it("writes what happens to the standard output, as it is", () => {
    vi.stubEnv("FORCE_COLOR", "1");
    expect(capture("stdout", () => logger.info("billing:latest: up to date"))).toBe("billing:latest: up to date\n");
  });

  it.each([
    [{ NO_COLOR: "1", FORCE_COLOR: "1" }, "careful\n"],
    [{ NO_COLOR: "", FORCE_COLOR: "0" }, "careful\n"],
    [{ NO_COLOR: "", FORCE_COLOR: "1" }, "\u001b[1m\u001b[33mcareful\u001b[39m\u001b[22m\n"],
  ])("warns in the colours that %j asks for", (environment, text) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    expect(capture("stderr", () => logger.warn("careful"))).toBe(text);
  });

  it("writes errors to the standard error", () => {
    vi.stubEnv("NO_COLOR", "1");
    expect(capture("stderr", () => logger.error("BUILD_FAILED: no"))).toBe("BUILD_FAILED: no\n");
  });
});

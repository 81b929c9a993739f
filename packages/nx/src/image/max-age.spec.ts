import { describe, expect, it } from "vitest";
import { countPeriods, isPinned, readMaxAge } from "./max-age.js";

const DAY = 86_400_000;

describe("readMaxAge", () => {
  it.each([
    ["30m", 30 * 60_000],
    ["12h", DAY / 2],
    ["7d", 7 * DAY],
    ["2w", 14 * DAY],
    ["never", undefined],
  ])("reads %s", (text, milliseconds) => {
    expect(readMaxAge(text)).toBe(milliseconds);
  });

  it.each(["", "7", "0d", "-1d", "1.5d", "7 d", "7D", "soon"])("refuses %j", (text) => {
    expect(() => readMaxAge(text)).toThrow(/^MAX_AGE_ILLEGAL: /);
  });
});

describe("countPeriods", () => {
  it("goes on by one with each length of time, and no sooner", () => {
    const start = Date.UTC(2026, 0, 1);
    const counts = Array.from({ length: 22 }, (_, day) => countPeriods("billing", 7 * DAY, start + day * DAY));
    expect((counts.at(-1) ?? 0) - (counts[0] ?? 0)).toBe(3);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
  });

  it("does not go on for all services at once", () => {
    const now = Date.UTC(2026, 0, 1);
    const changes = (name: string): number => {
      let day = 0;
      while (countPeriods(name, 30 * DAY, now) === countPeriods(name, 30 * DAY, now + day * DAY)) day++;
      return day;
    };
    expect(new Set(["billing", "notifications", "orders", "users"].map(changes)).size).toBeGreaterThan(1);
  });
});

describe("isPinned", () => {
  it.each([
    ["oven/bun:1.4.5", false],
    ["oven/bun", false],
    [`oven/bun:1.4.5@sha256:${"a".repeat(64)}`, true],
    [`oven/bun@sha256:${"a".repeat(63)}`, false],
  ])("%s: %j", (reference, pinned) => {
    expect(isPinned(reference)).toBe(pinned);
  });
});

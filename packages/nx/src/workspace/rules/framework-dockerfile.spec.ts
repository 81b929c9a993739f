import { describe, expect, it } from "vitest";
import { buildFrameworkDockerfile } from "../../testing/framework-workspace.js";
import { type ModuleNames, readNames } from "../names.js";
import { findForeignLine } from "./framework-dockerfile.js";

const NAMES = readNames("billing") as ModuleNames;
const DOCKERFILE = buildFrameworkDockerfile("billing");

function lineOf(text: string, piece: string): number {
  return text.slice(0, text.indexOf(piece)).split("\n").length;
}

describe("the framework's Dockerfile", () => {
  it.each([
    ["as it is", (text: string) => text],
    ["with other comments", (text: string) => text.replaceAll(/^# .*$/gm, "# ours")],
    ["with another Bun", (text: string) => text.replace("1.3.12", "1.2")],
    ["with Windows line ends", (text: string) => text.replaceAll("\n", "\r\n")],
  ])("is known %s", (_how, edit) => {
    expect(findForeignLine(edit(DOCKERFILE), NAMES)).toBeUndefined();
  });

  it.each([
    ["a package of the system", "RUN chown", "RUN apt-get update && apt-get install -y ffmpeg\nRUN chown"],
    ["a variable", "USER bun", "ENV FEATURE=1\nUSER bun"],
    ["a file", "USER bun", "COPY modules/billing/templates ./templates\nUSER bun"],
    ["a file of another service", "USER bun", "COPY modules/orders/prices.yml ./prices.yml\nUSER bun"],
    ["another image", "FROM base AS production", "FROM gcr.io/distroless/base AS production"],
    ["more in a step", "RUN bun run build", "RUN bun run build && bun run minify"],
    ["another port", "EXPOSE 3500", "EXPOSE 8080"],
    ["another command", 'CMD ["bun", "run", "dist/index.js"]', 'CMD ["bun", "run", "start"]'],
  ])("is somebody's own with %s", (_what, from, to) => {
    const text = DOCKERFILE.replace(from, to);
    expect(text).not.toBe(DOCKERFILE);
    expect(findForeignLine(text, NAMES)).toBe(lineOf(text, to));
  });

  it("is not what has none of its stages", () => {
    expect(findForeignLine("FROM oven/bun:1.4 AS base\nUSER bun\n", NAMES)).toBe(1);
  });
});

import { describe, expect, it } from "vitest";
import { readDockerfile } from "./dockerfile.js";

const read = (text: string, question: Partial<Parameters<typeof readDockerfile>[1]> = {}) =>
  readDockerfile(text, { target: "production", replaced: [], buildArgs: {}, ...question });

describe("readDockerfile", () => {
  const PRUNABLE = `
ARG BUN=1.4.5
FROM oven/bun:\${BUN} AS base
FROM base AS context
COPY . .
FROM scratch AS manifests
COPY --from=context /m /
FROM scratch AS sources
COPY --from=context /repo /
FROM manifests AS runtime
FROM base AS build
ARG EXTERNAL
COPY --from=manifests / ./
COPY --from=sources / ./
FROM node:22 AS unused
COPY unused ./
FROM base AS production
COPY --from=build /out /
`;

  it("tells which stages a target is made from, and no other", () => {
    expect(read(PRUNABLE)).toEqual({
      stages: ["base", "context", "manifests", "sources", "runtime", "build", "unused", "production"],
      reached: ["base", "context", "manifests", "sources", "build", "production"],
      arguments: expect.arrayContaining(["EXTERNAL", "BUN"]),
      images: ["oven/bun:1.4.5"],
      contextPaths: ["."],
    });
  });

  it("ends at a stage that a named context takes the place of", () => {
    const facts = read(PRUNABLE, { replaced: ["manifests", "sources"] });
    expect(facts).toMatchObject({ images: ["oven/bun:1.4.5"], contextPaths: [] });
    expect(facts.reached).not.toContain("context");
  });

  it.each([
    ["COPY a b ./", ["a", "b"]],
    ['COPY ["a b", "c", "./"]', ["a b", "c"]],
    ["COPY --chown=bun:bun \\\n  a \\\n  b/ ./", ["a", "b/"]],
    ["ADD https://example.org/x.tgz /", []],
    ["ADD local.tgz /", ["local.tgz"]],
    ["COPY <<EOF /file\nhello\nEOF", []],
    ["RUN --mount=type=bind,source=scripts,target=/s sh /s/x", ["scripts"]],
    ["RUN --mount=target=/s ls", ["."]],
    ["RUN --mount=type=cache,target=/c --mount=type=secret,id=a ls", []],
    ["RUN --mount=type=bind,from=other,source=x,target=/s ls", []],
    ["COPY $FOLDER ./", ["$FOLDER"]],
  ])("reads what %j takes of the build context", (instruction, contextPaths) => {
    expect(read(`FROM scratch AS production\n${instruction}\n`).contextPaths).toEqual(contextPaths);
  });

  it("names every image that a target is made from, filled in as a build would", () => {
    const text = `ARG BASE=oven/bun:1\nARG EMPTY\nFROM \${BASE} AS a\nFROM a AS production\nCOPY --from=busybox:1 /x /\nCOPY --from=0 /y /\nRUN --mount=type=bind,from=alpine:3,target=/m ls\n`;
    expect(read(text).images).toEqual(["oven/bun:1", "busybox:1", "alpine:3"]);
    expect(read(text, { buildArgs: { BASE: "mine:2" } }).images[0]).toBe("mine:2");
    expect(read("FROM ${NOTHING:-debian:12} AS production\n").images).toEqual(["debian:12"]);
  });

  it("takes a name for the nearest stage above, whatever its case", () => {
    const text = "FROM a AS base\nCOPY old ./\nFROM b AS Base\nCOPY new ./\nFROM base AS production\n";
    expect(read(text)).toMatchObject({ images: ["b"], contextPaths: ["new"] });
  });

  it("finds nothing for a target that is not there", () => {
    expect(read("FROM a AS other\nCOPY x ./\n")).toMatchObject({ reached: [], images: [], contextPaths: [] });
  });
});

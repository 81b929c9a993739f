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
      arguments: new Map([["BUN", "1.4.5"], ["EXTERNAL", ""]]),
      images: ["oven/bun:1.4.5"],
      contextPaths: ["."],
      unknown: [],
      triggers: [],
    });
  });

  it.each([
    ["FROM base-${TARGETARCH} AS production", ["base-${TARGETARCH}"]],
    ["FROM a AS production\nCOPY $X ./", ["$X"]],
    ['FROM a AS production\nCOPY "quoted" ./', ['"quoted"']],
    ['FROM a AS production\nCOPY --from="x" /a /b', ['"x"']],
    ["FROM a AS production\nCOPY my\\ dir ./", ["my\\ dir ./"]],
    ['FROM a AS production\nCOPY ["a", "b",] ', ['["a", "b",]']],
    ["FROM a AS b\nONBUILD COPY x ./\nFROM b AS production", ["ONBUILD COPY x ./"]],
    ["FROM a AS b\nONBUILD LABEL x=1\nFROM b AS production", []],
  ])("says of %j what only a build can tell", (text, unknown) => {
    expect(read(`${text}\n`).unknown).toEqual(unknown);
  });

  it("tells what the target hands on, and no other stage", () => {
    expect(read("FROM a AS b\nONBUILD LABEL b=1\nFROM b AS production\nONBUILD LABEL p=1\n").triggers).toEqual(["LABEL p=1"]);
  });

  it("takes the default at the head of the file for an argument's own", () => {
    const text = 'ARG EXTERNAL="a b"\nARG OTHER=1\nFROM a AS production\nARG EXTERNAL\nARG OTHER=2\n';
    expect(read(text).arguments).toEqual(new Map([["EXTERNAL", "a b"], ["OTHER", "2"]]));
  });

  it("counts what ADD fetches to what may change elsewhere", () => {
    expect(read("FROM a AS production\nADD https://example.org/x.tgz /\n").images).toEqual(["a", "https://example.org/x.tgz"]);
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

  it("knows stages by their names in lower case, and so what takes their place", () => {
    const text = "FROM a AS Context\nCOPY . .\nFROM scratch AS SOURCES\nCOPY --from=CONTEXT / /\nFROM b AS Production\nCOPY --from=Sources / ./\nONBUILD LABEL x=1\n";
    expect(read(text)).toMatchObject({ stages: ["context", "sources", "production"], reached: ["context", "sources", "production"], contextPaths: ["."] });
    expect(read(text, { replaced: ["sources"] })).toMatchObject({ reached: ["production"], images: ["b"], contextPaths: [], triggers: ["LABEL x=1"] });
  });

  it("tells an image from the stage of the same name that starts from it", () => {
    expect(read("FROM debian AS debian\nFROM debian AS production\n").images).toEqual(["debian"]);
  });

  it("finds nothing for a target that is not there", () => {
    expect(read("FROM a AS other\nCOPY x ./\n")).toMatchObject({ reached: [], images: [], contextPaths: [] });
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findDroppedLine } from "./replaced-stages.js";

const REPLACED = ["manifests", "sources", "runtime"];

const GENERATED = readFileSync(new URL("../generators/microservice/files/Dockerfile.template", import.meta.url), "utf8").replace("<%= bunVersion %>", "1.4.5");

const find = (text: string) => findDroppedLine(text, REPLACED);

/** The generated Dockerfile with lines behind one of its own. */
function insert(line: string, added: string): string {
  const text = GENERATED.replace(`${line}\n`, `${line}\n${added}\n`);
  if (text === GENERATED) throw new Error(`there is no line ${line}`);
  return text;
}

describe("findDroppedLine", () => {
  it("finds none in what the generator writes", () => {
    expect(find(GENERATED)).toBeUndefined();
    expect(find(GENERATED.replaceAll("\n", "\r\n"))).toBeUndefined();
  });

  it.each([
    ["COPY --from=context /manifests /", "COPY --from=context /repo/scripts /scripts"],
    ["COPY --from=context /manifests /", "COPY .npmrc ./"],
    ["COPY --from=context /repo /", "COPY --from=busybox:1 / /"],
    ["COPY --from=context /repo /", "ADD https://example.org/model.bin /models/"],
    ["COPY --from=context /repo /", "COPY <<EOF /version\n1\nEOF"],
    ["FROM manifests AS runtime", 'RUN echo "added"'],
    ["FROM manifests AS runtime", "COPY --from=context /repo/libs /"],
    ["COPY . .", "RUN bun run codegen"],
    ["COPY . .", "COPY --from=busybox:1 /bin/sh /repo/"],
    ["FROM base AS context", "ONBUILD RUN true"],
  ])("finds behind %j what is added: %j", (line, added) => {
    const text = insert(line, added);
    const [first = ""] = added.split("\n", 1);
    expect(find(text)).toEqual({ line: text.split("\n").indexOf(first) + 1, text: first });
  });

  it("finds a command that picks other files than manifests, by its first line", () => {
    const text = GENERATED.replace("-name package.json", "-name package.json -o -name .npmrc");
    expect(find(text)).toEqual({ line: text.split("\n").indexOf("RUN mkdir /manifests \\") + 1, text: "RUN mkdir /manifests" });
  });

  it("finds a command that picks manifests of something else", () => {
    expect(find(GENERATED.replace("RUN mkdir /manifests", "RUN --mount=from=busybox:1,target=/repo mkdir /manifests"))?.text).toBe("RUN --mount=from=busybox:1,target=/repo mkdir /manifests");
    expect(find(GENERATED.replace("COPY . .\n", "COPY . .\nWORKDIR /repo/modules\n"))?.text).toBe("RUN mkdir /manifests");
  });

  it("finds a stage that starts from something", () => {
    expect(find("FROM oven/bun:1 AS base\nFROM base AS sources\nCOPY . .\n")).toEqual({ line: 2, text: "FROM base AS sources" });
  });

  it.each([
    ["what the copied-from stage starts from", "FROM base AS codegen\nWORKDIR /repo\nCOPY . .\nRUN gen\nFROM codegen AS context", "RUN gen"],
    ["and further back", "FROM base AS tools\nRUN apt-get install protoc\nFROM tools AS codegen\nFROM codegen AS context", "RUN apt-get install protoc"],
    ["though only it brings the repository", "FROM base AS repository\nWORKDIR /repo\nCOPY . .\nRUN gen\nFROM repository AS context", "RUN gen"],
    ["whatever the case of names", "FROM base AS CodeGen\nWORKDIR /repo\nCOPY . .\nRUN gen\nFROM CODEGEN AS Context", "RUN gen"],
    ["by an argument", "FROM base AS codegen\nRUN gen\nFROM ${ORIGIN} AS context", "RUN gen"],
  ])("finds %s", (_what, stages, line) => {
    const text = `ARG ORIGIN=codegen\n${GENERATED.replace("FROM base AS context", stages)}`;
    expect(find(text)?.text).toBe(line);
  });

  it("leaves alone what the users of a stage start from as well, before the repository is there", () => {
    const tools = "FROM base AS tools\nRUN apt-get install protoc\nCOPY --from=busybox:1 /bin/sh /bin/";
    const shared = GENERATED.replace("FROM base AS context", `${tools}\nFROM tools AS context`).replaceAll(/FROM base AS (deps|prod-deps)/g, "FROM tools AS $1");
    expect(find(shared)).toBeUndefined();
    expect(find(insert("FROM oven/bun:1.4.5 AS base", "RUN apt-get install protoc"))).toBeUndefined();
    // One of the users does not.
    expect(find(shared.replace("FROM tools AS prod-deps", "FROM base AS prod-deps"))?.text).toBe("RUN apt-get install protoc");
    // With the repository in it, what it adds may be made from that, and lie where a user has something else.
    expect(find(shared.replace("RUN apt-get", "WORKDIR /repo\nCOPY . .\nRUN apt-get"))?.text).toBe("RUN apt-get install protoc");
  });

  it.each([
    ["COPY --from=context /repo /", "COPY --from=ghcr.io/acme/protos:1 /gen /"],
    ["COPY --from=context /repo /", "COPY --from=$ORIGIN /repo /"],
    ["COPY --from=context /repo /", "COPY --from=build /repo /"],
    ["COPY --from=context /repo /", "COPY --from=context /repo/modules /"],
    ["COPY --from=context /repo /", "COPY --from=context / /"],
    ["COPY --from=context /repo /", "COPY --from=context /repo /repo"],
    ["COPY --from=context /repo /", "COPY . /repo"],
    ["COPY --from=context /manifests /", "COPY modules/billing/package.json ./"],
    ["COPY --from=context /manifests /", "COPY modules/billing/package.json libs/money/package.json ./"],
  ])("finds, in the place of %j, what hands on something else than the whole: %j", (line, other) => {
    const text = GENERATED.replace(`${line}\n`, `${other}\n`);
    expect(find(text)).toEqual({ line: text.split("\n").indexOf(other) + 1, text: other });
  });

  it("finds the context's copy where only its image says into which folder", () => {
    expect(find(GENERATED.replace("AS context\nWORKDIR /repo\n", "AS context\n"))?.text).toBe("COPY . .");
  });

  it.each([
    GENERATED.replaceAll("context", "CONTEXT").replaceAll("FROM base", "FROM Base"),
    GENERATED.replaceAll("--from=context", "--from=1"),
    GENERATED.replaceAll("/repo", "/src").replace("WORKDIR /src\nCOPY . .", "COPY . /src/\nWORKDIR /src"),
    GENERATED.replace("WORKDIR /repo\nCOPY . .", "WORKDIR /\nWORKDIR repo\nCOPY [\".\", \"./\"]"),
    GENERATED.replace("FROM base AS context\nWORKDIR /repo\nCOPY . .", "FROM base AS repository\nWORKDIR /repo\nCOPY . .\nFROM repository AS context"),
    GENERATED.replace("/repo /\n", "/repo/. ./\n"),
    "FROM scratch AS manifests\nCOPY package.json ./package.json\n",
    "FROM scratch AS manifests\nCOPY package.json bun.lock ./\nCOPY modules/billing/package.json modules/billing/\n",
    "FROM scratch AS sources\nCOPY ./ /\n",
    insert("FROM base AS context", "ARG A=1\nENV B=2\n# RUN nothing"),
    insert("FROM deps AS build", "RUN bun run codegen"),
    insert("FROM base AS production", "COPY NOTICE.txt ./"),
  ])("finds none where nothing is lost", (text) => {
    expect(find(text)).toBeUndefined();
  });
});

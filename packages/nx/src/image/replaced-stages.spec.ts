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

  it("finds a stage that starts from something", () => {
    expect(find("FROM oven/bun:1 AS base\nFROM base AS sources\nCOPY . .\n")).toEqual({ line: 2, text: "FROM base AS sources" });
  });

  it.each([
    "FROM scratch AS manifests\nCOPY package.json bun.lock ./\nCOPY modules/billing/package.json modules/billing/\n",
    "FROM scratch AS sources\nCOPY ./ /\n",
    insert("FROM base AS context", "ARG A=1\nENV B=2\n# RUN nothing"),
    insert("FROM deps AS build", "RUN bun run codegen"),
    insert("FROM base AS production", "COPY NOTICE.txt ./"),
  ])("finds none where nothing is lost", (text) => {
    expect(find(text)).toBeUndefined();
  });
});

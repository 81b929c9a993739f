import { describe, expect, it } from "vitest";
import { type BuildState, foldLog, openProgressLines } from "./progress-lines.js";

const building = (done: number): BuildState => ({ is: "building", done, steps: 9 });

function record(names: readonly string[], rows?: number) {
  const written: string[] = [];
  return { written, show: openProgressLines(names, { write: (text) => written.push(text), rows }) };
}

describe("openProgressLines", () => {
  it("adds a line for each new state where there is no terminal", () => {
    const { written, show } = record(["billing", "order-history"]);
    show("order-history", { is: "up to date" });
    show("billing", building(0));
    show("billing", building(3));
    show("billing", { is: "built", milliseconds: 4_123 });
    expect(written).toEqual(["order-history  up to date\n", "billing        building\n", "billing        built 4.1 s\n"]);
  });

  it("writes the lines anew on a terminal", () => {
    const { written, show } = record(["a", "b"], 24);
    show("b", building(0));
    show("b", building(3));
    show("a", { is: "interrupted" });
    show("b", { is: "built", milliseconds: 50 });
    expect(written).toEqual([
      "b  building 0/9\n",
      "\u001B[1A\u001B[0Jb  building 3/9\n",
      "\u001B[1A\u001B[0Ja  interrupted\nb  building 3/9\n",
      "\u001B[2A\u001B[0Ja  interrupted\nb  built 0.1 s\n",
    ]);
  });

  it("adds lines to a terminal that has no room for all of them", () => {
    const { written, show } = record(["a", "b"], 2);
    show("a", building(0));
    show("a", building(1));
    show("b", building(0));
    expect(written).toEqual(["a  building\n", "b  building\n"]);
  });

  it.each([
    [{ is: "failed", step: undefined }, "a  failed\n"],
    [{ is: "failed", step: "[build 2/3] RUN false" }, "a  failed: [build 2/3] RUN false\n"],
    [{ is: "failed", step: "x".repeat(200) }, `a  failed: ${"x".repeat(99)}…\n`],
    [{ is: "building", done: 0, steps: 0 }, "a  building\n"],
  ] as const)("says %j", (state, line) => {
    const { written, show } = record(["a"], 24);
    show("a", state);
    expect(written).toEqual([line]);
  });
});

describe("foldLog", () => {
  it("makes a section where GitLab reads it", () => {
    expect(foldLog("@module/billing:docker-build", "line", 1_700_000_000_999, { GITLAB_CI: "true" })).toBe(
      "\u001B[0Ksection_start:1700000000:_module_billing_docker_build[collapsed=true]\r\u001B[0K@module/billing:docker-build\nline\n" +
        "\u001B[0Ksection_end:1700000000:_module_billing_docker_build\r\u001B[0K",
    );
  });

  it("leaves the log as it is elsewhere", () => {
    expect(foldLog("x", "line", 0, { GITHUB_ACTIONS: "true" })).toBe("line");
  });
});

import { describe, expect, it } from "vitest";
import { readProgress } from "./progress.js";

/** What buildx 0.13 wrote of a bake of three services, one of which runs a command that fails. */
const FAILED = `#0 building with "default" instance using docker driver

#1 [internal] load local bake definitions
#1 reading from stdin 692B done
#1 DONE 0.0s

#2 [order-history internal] load build definition from Dockerfile
#2 transferring dockerfile: 338B done
#2 DONE 0.0s

#4 [bad internal] load build definition from Dockerfile
#4 DONE 0.0s

#11 [billing base 1/1] FROM docker.io/oven/bun:1.4.5
#11 CACHED

#15 [billing context manifests] load from client
#15 transferring manifests: 41B done
#15 DONE 0.0s

#16 [bad deps 1/2] COPY --from=manifests / /m/
#16 CACHED

#18 [billing deps 1/2] COPY --from=manifests / /m/
#18 DONE 0.0s

#19 [bad deps 2/2] RUN echo "hello bad" && sleep 1 && echo done-bad
#19 0.106 hello bad
#19 1.106 done-bad
#19 DONE 1.1s

#20 [order-history deps 2/2] RUN echo "hello two" && sleep 1 && echo done-two
#20 0.120 hello two
#20 1.120 done-two
#20 DONE 1.1s

#22 [order-history prod 1/2] RUN cat /run/secrets/s || true
#22 0.155 cat: /run/secrets/s: No such file or directory
#22 DONE 0.2s

#23 [order-history prod 2/2] RUN if [ "two" = bad ]; then echo oops; sleep 1; exit 3; else sleep 4; fi
#23 ...

#24 [bad prod 1/2] RUN cat /run/secrets/s || true
#24 DONE 0.2s

#26 [bad prod 2/2] RUN if [ "bad" = bad ]; then echo oops; sleep 1; exit 3; else sleep 4; fi
#26 0.136 oops
#26 ERROR: process "/bin/sh -c if [ \\"$A\\" = bad ]; then echo oops; sleep 1; exit 3; else sleep 4; fi" did not complete successfully: exit code: 3

#27 [billing prod 2/2] RUN if [ "one" = bad ]; then echo oops; sleep 1; exit 3; else sleep 4; fi
#27 CANCELED

#23 [order-history prod 2/2] RUN if [ "two" = bad ]; then echo oops; sleep 1; exit 3; else sleep 4; fi
#23 CANCELED
------
 > [bad prod 2/2] RUN if [ "bad" = bad ]; then echo oops; sleep 1; exit 3; else sleep 4; fi:
0.136 oops
------
Dockerfile:8
--------------------
   6 |     FROM deps AS prod
   8 | >>> RUN if [ "$A" = bad ]; then echo oops; sleep 1; exit 3; else sleep 4; fi
--------------------
ERROR: failed to solve: process "/bin/sh -c if [ \\"$A\\" = bad ]; then echo oops; sleep 1; exit 3; else sleep 4; fi" did not complete successfully: exit code: 3
`;

const TARGETS = ["billing", "order-history", "bad"];

function readAll(text: string, targets = TARGETS, size = text.length) {
  const progress = readProgress(targets);
  for (let start = 0; start < text.length; start += size) progress.read(text.slice(start, start + size));
  return progress;
}

describe("readProgress", () => {
  it.each([1, 7, 64, FAILED.length])("tells how far each target is, in pieces of %i characters", (size) => {
    const { progressOf } = readAll(FAILED, TARGETS, size);
    expect(progressOf("bad")).toEqual({ done: 3, steps: 4, isExported: false, hasBegun: true });
    expect(progressOf("billing")).toEqual({ done: 2, steps: 5, isExported: false, hasBegun: true });
    expect(progressOf("unheard-of")).toEqual({ done: 0, steps: 0, isExported: false, hasBegun: false });
  });

  it("gives each target the output of its own steps", () => {
    expect(readAll(FAILED).logOf("order-history")).toBe(
      [
        '[deps 2/2] RUN echo "hello two" && sleep 1 && echo done-two',
        "  0.120 hello two",
        "  1.120 done-two",
        "  DONE 1.1s",
        "[prod 1/2] RUN cat /run/secrets/s || true",
        "  0.155 cat: /run/secrets/s: No such file or directory",
        "  DONE 0.2s",
        '[prod 2/2] RUN if [ "two" = bad ]; then echo oops; sleep 1; exit 3; else sleep 4; fi',
        "  CANCELED",
      ].join("\n"),
    );
  });

  it("blames the target whose step has failed, with the engine's words and without what it repeats", () => {
    const failures = readAll(FAILED).findFailures();
    expect([...failures.keys()]).toEqual(["bad"]);
    expect(failures.get("bad")).toEqual({
      step: '[prod 2/2] RUN if [ "bad" = bad ]; then echo oops; sleep 1; exit 3; else sleep 4; fi',
      message: FAILED.slice(FAILED.indexOf("Dockerfile:8")).trim(),
    });
  });

  it("knows the export, which carries no step", () => {
    const text = "#1 [a 1/1] FROM x\n#1 CACHED\n\n#2 [a] exporting to image\n#2 naming to docker.io/library/a:latest done\n#2 DONE 0.1s\n";
    const { progressOf, logOf } = readAll(text, ["a", "b"]);
    expect(progressOf("a")).toMatchObject({ done: 1, steps: 1, isExported: true });
    expect(logOf("a")).toBe("[1/1] FROM x\n  CACHED\nexporting to image\n  naming to docker.io/library/a:latest done\n  DONE 0.1s");
  });

  it("takes a stage for no target where there is one target alone", () => {
    const { progressOf } = readAll("#1 [build 1/2] FROM x\n#1 DONE 0.1s\n#2 [linux/arm64 base 1/3] FROM y\n", ["build"]);
    expect(progressOf("build")).toMatchObject({ done: 1, steps: 5 });
  });

  it("takes what a command writes for no end of the step", () => {
    const text = "#1 [a build 1/1] RUN x\n#1 0.1 DONE 0.1s\n#1 0.2 ERROR: none\n#1 0.3 CACHED\n#2 [b 1/1] FROM x\n";
    expect(readAll(text, ["a", "b"]).progressOf("a")).toMatchObject({ done: 0, steps: 1 });
    expect(readAll(`${text}ERROR: failed to solve: no\n`, ["a", "b"]).findFailures().size).toBe(0);
  });

  describe("blames", () => {
    const vertex = (index: number, title: string, end: string): string => `#${index} ${title}\n#${index} ${end}\n`;
    const ownFault = (code: number): string => `ERROR: process "/bin/sh -c x" did not complete successfully: exit code: ${code}`;

    it("every target whose command has ended by itself", () => {
      const text = vertex(1, "[a 1/1] RUN x", ownFault(1)) + vertex(2, "[b 1/1] RUN x", ownFault(2)) + vertex(3, "[c 1/1] RUN x", "CANCELED");
      const failures = readAll(`${text}ERROR: failed to solve: ${ownFault(1).slice("ERROR: ".length)}\n`, ["a", "b", "c"]).findFailures();
      expect([...failures.keys()]).toEqual(["a", "b"]);
      expect(failures.get("b")).toEqual({ step: "[1/1] RUN x", message: ownFault(2).slice("ERROR: ".length) });
    });

    it("no target that failed because another did", () => {
      const lost = "ERROR: no active session for m5dv3l2yin5srav9gcv4ghidp: context deadline exceeded";
      const text = vertex(1, "[a 1/1] RUN x", lost) + vertex(2, "[b 1/1] COPY y /", 'ERROR: "/y": not found');
      const failures = readAll(`${text}ERROR: failed to solve: failed to compute cache key: "/y": not found\n`, ["a", "b"]).findFailures();
      expect([...failures.keys()]).toEqual(["b"]);
    });

    it("the target that the engine names", () => {
      const failures = readAll("ERROR: target b: failed to solve: dockerfile parse error on line 2: unknown instruction: NO\n", ["a", "b"]).findFailures();
      expect(failures).toEqual(
        new Map([["b", { step: undefined, message: "ERROR: target b: failed to solve: dockerfile parse error on line 2: unknown instruction: NO" }]]),
      );
    });

    it("nobody where the engine does not say", () => {
      expect(readAll("ERROR: failed to solve: target stage \"x\" could not be found\n", ["a", "b"]).findFailures().size).toBe(0);
      expect(readAll("ERROR: target other: no\n", ["a", "b"]).findFailures().size).toBe(0);
    });

    it("the one target that there is", () => {
      expect(readAll("ERROR: Attestation is not supported\n", ["a"]).findFailures().get("a")?.message).toBe("ERROR: Attestation is not supported");
    });
  });
});

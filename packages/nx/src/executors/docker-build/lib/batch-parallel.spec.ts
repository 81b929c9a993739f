import { availableParallelism } from "node:os";
import { describe, expect, it } from "vitest";
import { readParallel } from "./batch-parallel.js";

describe("readParallel", () => {
  it.each([
    [{}, {}, 3],
    [{}, { parallel: 2 }, 2],
    [{ NX_PARALLEL: "1" }, { parallel: 2 }, 1],
    [{ NX_PARALLEL: "true" }, {}, 3],
    [{ NX_PARALLEL: "0" }, {}, 1],
    [{}, { parallel: 64 }, 10],
    [{ NX_PARALLEL: "100%" }, {}, Math.min(availableParallelism(), 10)],
  ])("of %j and %j is %i", (env, nxJson, parallel) => {
    expect(readParallel(env, nxJson)).toBe(parallel);
  });
});

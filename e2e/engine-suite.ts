import { describe, it } from "vitest";
import { findEngine, type Engine } from "./engine.js";

const found = await findEngine();

/**
 * A suite that needs a container engine. Without one it is reported as skipped, with the reason in its title; with
 * `REQUIRE_ENGINE=1` it fails instead, so that a run which has to cover it cannot pass without.
 */
export function engineSuite(name: string, define: (engine: Engine) => void): void {
  if (!("none" in found)) {
    describe(`${name} (${found.kind} ${found.version})`, () => define(found));
  } else if (process.env["REQUIRE_ENGINE"] === "1") {
    describe(name, () => {
      it("finds the container engine that REQUIRE_ENGINE=1 asks for", () => {
        throw new Error(`no container engine: ${found.none}`);
      });
    });
  } else {
    describe(name, () => {
      it.skip(`needs a container engine: ${found.none}`, () => undefined);
    });
  }
}

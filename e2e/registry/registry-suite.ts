import { describe, it } from "vitest";
import { dockerSuite } from "../image/docker-suite.js";
import { findRegistryProgram } from "./image-registry.js";

const program = await findRegistryProgram().catch((error: Error) => error);

/**
 * A suite that pushes images with Docker. Without the program that serves them it is reported as skipped, with the reason in
 * its title; with `REQUIRE_ENGINE=1` it fails instead.
 */
export function registrySuite(name: string, define: (program: string) => void): void {
  dockerSuite(name, () => {
    if (!(program instanceof Error)) return define(program);
    if (process.env["REQUIRE_ENGINE"] !== "1") return it.skip(`needs a registry: ${program.message.split("\n", 1)[0]}`, () => undefined);
    return describe("a registry", () => {
      it("is to be had", () => {
        throw program;
      });
    });
  });
}

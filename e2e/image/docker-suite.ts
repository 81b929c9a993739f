import { describe, it } from "vitest";
import { engineSuite } from "../engine-suite.js";

/** An engine suite for what only Docker does. Where only Podman answers, it is as if there were no engine. */
export function dockerSuite(name: string, define: () => void): void {
  engineSuite(name, ({ kind }) => {
    if (kind === "docker") return define();
    if (process.env["REQUIRE_ENGINE"] !== "1") return it.skip("needs Docker, and only Podman answers", () => undefined);
    return describe("Docker", () => {
      it("is the engine that REQUIRE_ENGINE=1 asks for", () => {
        throw new Error("only Podman answers");
      });
    });
  });
}

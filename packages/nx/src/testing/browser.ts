import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { describe, it } from "vitest";

const PROGRAMS = ["chromium", "chromium-browser", "google-chrome"];

/**
 * Finds a Chromium: the one that `CHROMIUM` names, else the first on the path. `tools/browser/chromium.sh` installs one.
 *
 * @returns absolute path; `undefined` where there is none
 */
function findBrowser(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const paths = [process.env["CHROMIUM"] ?? "", ...folders.flatMap((folder) => PROGRAMS.map((program) => join(folder, program)))];
  return paths.find((path) => path !== "" && existsSync(path));
}

/**
 * A suite that looks at a page. Without a browser it is reported as skipped; with `REQUIRE_ENGINE=1`, which says that a run
 * has to cover everything, it fails.
 */
export function browserSuite(name: string, define: (launch: () => Promise<Browser>) => void): void {
  const program = findBrowser();
  const remedy = "needs a browser: tools/browser/chromium.sh installs one";
  if (program !== undefined) {
    // Chromium's sandbox refuses to run as root, which a container usually is. The page is our own.
    describe(name, () => define(() => chromium.launch({ executablePath: program, args: ["--no-sandbox"] })));
  } else if (process.env["REQUIRE_ENGINE"] === "1") {
    describe(name, () => {
      it("finds the browser that REQUIRE_ENGINE=1 asks for", () => {
        throw new Error(remedy);
      });
    });
  } else {
    describe(name, () => {
      it.skip(remedy, () => undefined);
    });
  }
}

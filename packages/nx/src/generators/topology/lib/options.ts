import { posix } from "node:path";
import { OoneexNxError } from "../../../errors.js";
import type { TopologyOptions } from "../schema.js";

/** {@link TopologyOptions} with every default filled in. Paths are workspace-relative. */
export interface NormalizedOptions {
  /** `undefined` where no Mermaid is wanted. */
  readonly readme: string | undefined;
  /** `undefined` where no page is wanted. */
  readonly page: string | undefined;
  readonly digestFiles: readonly string[];
  readonly live: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

/**
 * Fills in the defaults.
 *
 * @throws OoneexNxError `PATH_ILLEGAL` for a path that leads out of the workspace or has the wrong extension
 */
export function normalizeOptions(options: TopologyOptions): NormalizedOptions {
  const { readme = "README.md", page = "topology.html", digestFiles = [], live = false, timeout = 2000 } = options;
  return {
    readme: options.skipReadme === true ? undefined : requirePath(readme, "readme", /\.(?:md|mdx|markdown)$/i, "README.md"),
    page: options.skipPage === true ? undefined : requirePath(page, "page", /\.html?$/i, "topology.html"),
    digestFiles: digestFiles.map((file) => requirePath(file, "digestFiles", /./, "dist/billing.json")),
    live,
    timeout,
  };
}

function requirePath(path: string, option: string, ending: RegExp, example: string): string {
  const normal = posix.normalize(path.replaceAll("\\", "/"));
  const leadsOut = normal.startsWith("../") || normal === ".." || posix.isAbsolute(normal) || /^[A-Za-z]:/.test(normal);
  if (!leadsOut && ending.test(normal)) return normal;
  throw new OoneexNxError({
    code: "PATH_ILLEGAL",
    what: `${JSON.stringify(path)} ${leadsOut ? "leads out of the workspace" : "is no file of that kind"}`,
    where: option,
    remedy: `write a path from the workspace root, such as ${example}`,
  });
}

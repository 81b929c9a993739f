import { requireWorkspacePath } from "../../../workspace/workspace-path.js";
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
    readme: options.skipReadme === true ? undefined : requireWorkspacePath(readme, { option: "readme", ending: /\.(?:md|mdx|markdown)$/i, example: "README.md" }),
    page: options.skipPage === true ? undefined : requireWorkspacePath(page, { option: "page", ending: /\.html?$/i, example: "topology.html" }),
    digestFiles: digestFiles.map((file) => requireWorkspacePath(file, { option: "digestFiles", example: "dist/billing.json" })),
    live,
    timeout,
  };
}

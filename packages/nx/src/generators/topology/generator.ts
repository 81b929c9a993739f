import type { Tree } from "@nx/devkit";
import { renderMermaid } from "../../topology/mermaid.js";
import { buildTopology } from "../../topology/model.js";
import { renderPage } from "../../topology/page.js";
import { replaceSection } from "../../topology/section.js";
import { atomic } from "../atomic/atomic.js";
import { readDigestFiles } from "./lib/digest-files.js";
import { observe } from "./lib/observe.js";
import { normalizeOptions } from "./lib/options.js";
import { readFacts } from "./lib/read-facts.js";
import { requireOwnPage } from "./lib/require-own-page.js";
import type { TopologyOptions } from "./schema.js";

/**
 * Draws what runs where and who calls whom. The same workspace gives the same bytes, but for `--live`.
 *
 * In Markdown only what stands between the markers is replaced; a page that somebody else wrote is refused.
 */
export async function topologyGenerator(tree: Tree, rawOptions: TopologyOptions): Promise<void> {
  const options = normalizeOptions(rawOptions);
  if (options.page !== undefined) requireOwnPage(tree, options.page);
  const facts = readFacts(tree);
  const digests = readDigestFiles(tree, options.digestFiles, facts.processes);
  const observed = options.live ? await observe(tree, facts.processes, options.timeout) : {};
  const topology = buildTopology({ ...facts, observed: { ...observed, digests: new Map([...(observed.digests ?? []), ...digests]) } });
  const { readme, page } = options;
  const section = readme === undefined ? undefined : replaceSection(tree.read(readme, "utf8") ?? undefined, renderMermaid(topology), readme);

  if (readme !== undefined && section !== undefined) tree.write(readme, section);
  if (page !== undefined) tree.write(page, renderPage(topology));
}

export default atomic("topology", topologyGenerator, () => true);

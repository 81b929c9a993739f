import type { Tree } from "@nx/devkit";
import { OoneexNxError } from "../../../errors.js";
import { PAGE_MARK } from "../../../topology/page.js";

/**
 * Refuses to write over a file that this generator did not make.
 *
 * @throws OoneexNxError `PAGE_NOT_OURS`
 */
export function requireOwnPage(tree: Tree, page: string): void {
  if (!tree.exists(page)) return;
  if (tree.isFile(page) && tree.read(page, "utf8")?.startsWith(PAGE_MARK) === true) return;
  throw new OoneexNxError({
    code: "PAGE_NOT_OURS",
    what: "there is something else under the page's path, which would be lost",
    where: page,
    remedy: "move it away, or name another path with --page",
  });
}

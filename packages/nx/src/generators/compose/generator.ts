import { type GeneratorCallback, logger, type Tree } from "@nx/devkit";
import { posix } from "node:path";
import { updateCompose } from "../../deployment/compose-file.js";
import { atomic } from "../atomic/atomic.js";
import { isIgnoredByGit } from "../git-ignore.js";
import { resolveComposition } from "./lib/composition.js";
import type { ComposeOptions } from "./schema.js";

/**
 * Writes the compose file that runs the workspace's services, or brings the one that is there in step.
 *
 * What a person has changed in it stays. Nothing is written before every check has passed.
 */
export function composeGenerator(tree: Tree, options: ComposeOptions): GeneratorCallback {
  const composition = resolveComposition(tree, options);
  const { file, request } = composition;
  const before = tree.read(file, "utf8") ?? undefined;
  const { text, notices } = updateCompose(before, request, file);

  if (text !== before) tree.write(file, text);

  return () => {
    for (const notice of [...composition.notices, ...notices]) logger.warn(notice);
    const secrets = request.services.map(({ name }) => posix.join(posix.dirname(file), `${name}.env`)).find((path) => isIgnoredByGit(tree.root, path) === false);
    if (secrets !== undefined) logger.warn(`Git does not ignore ${secrets}, which will hold secrets. Add a line *.env to .gitignore`);
  };
}

export default atomic("compose", composeGenerator);

import { type GeneratorCallback, logger, type Tree } from "@nx/devkit";
import { atomic } from "../atomic/atomic.js";
import { planKubernetes } from "./lib/plan.js";
import { planPushed } from "./lib/pushed.js";
import { resolveFolder, resolveRequest } from "./lib/request.js";
import type { KubernetesOptions } from "./schema.js";

/**
 * Writes the manifests that run the workspace's services on Kubernetes, or brings those that are there in step.
 *
 * What a person has changed in them stays, but for ports and addresses. With `pushed`, overlays deploy what was pushed. Nothing is written before every check has passed.
 */
export function kubernetesGenerator(tree: Tree, options: KubernetesOptions): GeneratorCallback {
  if (options.pushed !== undefined) return deployPushed(tree, options.pushed, options);
  const request = resolveRequest(tree, options);
  const { edits, notices, needs } = planKubernetes(tree, request);
  for (const [path, text] of edits) {
    if (text === undefined) tree.delete(path);
    else tree.write(path, text);
  }
  return () => {
    for (const need of needs) logger.info(need);
    for (const notice of [...request.notices, ...notices]) logger.warn(notice);
  };
}

/** Shipping changes what the overlays deploy, and nothing else. */
function deployPushed(tree: Tree, pushed: readonly string[], options: KubernetesOptions): GeneratorCallback {
  const { edits, notices } = planPushed(tree, resolveFolder(tree, options), pushed, options.environments);
  for (const [path, text] of edits) tree.write(path, text);
  return () => {
    for (const notice of notices) logger.info(notice);
  };
}

export default atomic("kubernetes", kubernetesGenerator);

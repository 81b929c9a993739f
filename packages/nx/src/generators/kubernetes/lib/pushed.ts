import type { Tree } from "@nx/devkit";
import { setImageDigest } from "../../../deployment/kubernetes-image.js";
import { type PushedImage, parsePushedImage, pushedImagePath } from "../../../deployment/pushed-image.js";
import { OoneexNxError } from "../../../errors.js";
import { type Deployable, readDeployables } from "../../../workspace/service-model.js";
import { readTree } from "../../tree-reader.js";
import type { KubernetesOptions } from "../schema.js";
import { overlayPath } from "./environments.js";

/** What overlays deploy from now on. */
export interface PushedPlan {
  /** Workspace-relative path to its new text. Only files that change. */
  readonly edits: ReadonlyMap<string, string>;
  /** What each of them deploys, one sentence each. */
  readonly notices: readonly string[];
}

/**
 * Plans to have overlays deploy what `docker-push` has pushed from this checkout, by digest.
 *
 * @param folder - of the manifests, workspace-relative
 * @param names - of services or of their projects, each of which may be a list with commas
 * @throws OoneexNxError `ENVIRONMENT_MISSING`, `SERVICE_MISSING` or `PUSHED_MISSING`, and as editing an overlay does
 */
export function planPushed(tree: Tree, folder: string, names: readonly string[], environments: KubernetesOptions["environments"]): PushedPlan {
  const overlays = requireOverlays(tree, folder, split(environments ?? []));
  const deployables = readDeployables(readTree(tree));
  const edits = new Map<string, string>();
  const notices: string[] = [];
  for (const wanted of split(names)) {
    const service = requireService(wanted, deployables);
    const image = readPushed(tree, service);
    if (image === undefined) {
      notices.push(`${service.names.root} has no Dockerfile, so no image of ${service.names.kebab} is deployed.`);
      continue;
    }
    for (const path of overlays) {
      const before = edits.get(path) ?? tree.read(path, "utf8") ?? "";
      const after = setImageDigest(before, service.names.snake, image, path);
      notices.push(`${path} ${after === before ? "deploys already" : "deploys"} ${image.repository}@${image.digest}.`);
      if (after !== before) edits.set(path, after);
    }
  }
  return { edits, notices };
}

/** What is deployed to production is said by name. */
function requireOverlays(tree: Tree, folder: string, environments: readonly string[]): string[] {
  const present = tree.children(`${folder}/overlays`).filter((name) => tree.exists(overlayPath(folder, name)));
  const unknown = environments.find((name) => !present.includes(name));
  if (environments.length > 0 && unknown === undefined) return environments.map((name) => overlayPath(folder, name));
  throw new OoneexNxError({
    code: "ENVIRONMENT_MISSING",
    what: unknown === undefined ? "no environment is named that is to deploy what was pushed" : `there is no overlay of ${JSON.stringify(unknown)}`,
    where: unknown === undefined ? "--environments" : overlayPath(folder, unknown),
    remedy: present.length === 0 ? "write overlays first: nx g @ooneex/nx:kubernetes" : `name some of ${present.join(", ")}`,
  });
}

function requireService(wanted: string, deployables: readonly Deployable[]): Deployable {
  const name = wanted.slice(wanted.lastIndexOf("/") + 1);
  const found = deployables.find(({ names }) => names.kebab === name);
  if (found !== undefined) return found;
  throw new OoneexNxError({
    code: "SERVICE_MISSING",
    what: `there is no service ${JSON.stringify(name)} in the workspace`,
    where: "--pushed",
    remedy: `name some of ${deployables.map(({ names }) => names.kebab).join(", ")}`,
  });
}

function readPushed(tree: Tree, { names, hasDockerfile }: Deployable): PushedImage | undefined {
  const path = pushedImagePath(names.snake);
  const text = tree.read(path, "utf8");
  if (text === null && !hasDockerfile) return undefined;
  const image = text === null ? undefined : parsePushedImage(text);
  if (image !== undefined) return image;
  throw new OoneexNxError({
    code: "PUSHED_MISSING",
    what: text === null ? "no image was pushed from this checkout" : "the file names no image with a digest",
    where: path,
    remedy: `push it first: nx docker-push ${names.kebab}`,
  });
}

function split(lists: readonly string[]): string[] {
  return lists.flatMap((names) => names.split(",")).map((name) => name.trim()).filter((name) => name !== "");
}

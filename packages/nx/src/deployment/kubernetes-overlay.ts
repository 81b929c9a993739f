import { imageLines, type KustomizeImage } from "./kubernetes-lists.js";
import { nameText } from "./kubernetes-service.js";

/** One environment as it is first written. */
export interface KubernetesOverlay {
  /** `staging`, which is also what the services find in `APP_ENV`. */
  readonly environment: string;
  readonly namespace: string;
  readonly images: readonly KustomizeImage[];
}

/** Replicas of each service by the name of an environment; one that is for people to try things out runs one. */
const PRODUCTION = "production";

/**
 * Renders the kustomization of an environment. It is its reader's from then on.
 *
 * Replicas are patched in the autoscalers, as a Deployment that names a number of its own would be set back by each apply.
 */
export function renderOverlay({ environment, namespace, images }: KubernetesOverlay): string {
  const [least, most] = environment === PRODUCTION ? [2, 6] : [1, 2];
  return [
    `# ${environment}, first written by: nx g @ooneex/nx:kubernetes`,
    "# Run again, it adds an image for each new service. Everything else is yours to change.",
    "apiVersion: kustomize.config.k8s.io/v1beta1",
    "kind: Kustomization",
    `namespace: ${nameText(namespace)}`,
    "resources:",
    "  - ../../base",
    "# What is deployed: a tag (newTag), or what nothing can move, a digest (digest: sha256:…).",
    ...(images.length === 0 ? ["images: []"] : ["images:", ...images.flatMap(imageLines)]),
    "patches:",
    "  - target:",
    "      kind: ConfigMap",
    "      name: .+-config",
    "    patch: |-",
    "      - op: add",
    "        path: /data/APP_ENV",
    `        value: ${nameText(environment)}`,
    "  - target:",
    "      kind: HorizontalPodAutoscaler",
    "    patch: |-",
    "      - op: replace",
    "        path: /spec/minReplicas",
    `        value: ${least}`,
    "      - op: replace",
    "        path: /spec/maxReplicas",
    `        value: ${most}`,
    "",
  ].join("\n");
}

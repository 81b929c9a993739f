import { type KubernetesService, NAME_LABEL, nameText } from "./kubernetes-service.js";
import { headLines } from "./kubernetes-workload.js";

/**
 * A service's NetworkPolicy: in come the services that call it, out goes it to names, its datastores and the services that it
 * calls. A policy has no port of another service in it, so that none can be out of step.
 */
export function networkPolicyLines(service: KubernetesService): string[] {
  const { name, callees, datastorePorts } = service;
  return [
    ...headLines("networking.k8s.io/v1", "NetworkPolicy", name),
    "spec:",
    "  podSelector:",
    "    matchLabels:",
    `      ${NAME_LABEL}: ${nameText(name)}`,
    "  policyTypes:",
    "    - Ingress",
    "    - Egress",
    ...ingressLines(service),
    "  egress:",
    "    # Names: the cluster's DNS, and the cache of it that a node may run.",
    "    - to:",
    "        - namespaceSelector:",
    "            matchLabels:",
    "              kubernetes.io/metadata.name: kube-system",
    "        - ipBlock:",
    "            cidr: 169.254.20.10/32",
    "      ports:",
    "        - protocol: UDP",
    "          port: 53",
    "        - protocol: TCP",
    "          port: 53",
    ...(datastorePorts.length === 0
      ? []
      : ["    # Its datastores, wherever they are.", "    - ports:", ...datastorePorts.flatMap((port) => ["        - protocol: TCP", `          port: ${port}`])]),
    ...(callees.length === 0 ? [] : ["    # The services that it calls, on the ports that their own policies let in.", "    - to:", ...podLines(callees)]),
  ];
}

function ingressLines({ isOpen, callers }: KubernetesService): string[] {
  if (!isOpen && callers.length === 0) return ["  # Nothing calls it.", "  ingress: []"];
  const from = isOpen ? ["        - namespaceSelector: {}"] : podLines(callers);
  return ["  ingress:", "    - from:", ...from, "      ports:", "        - protocol: TCP", "          port: http"];
}

function podLines(names: readonly string[]): string[] {
  return names.flatMap((name) => ["        - podSelector:", "            matchLabels:", `              ${NAME_LABEL}: ${nameText(name)}`]);
}

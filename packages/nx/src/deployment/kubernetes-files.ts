import { signFile } from "../workspace/signed-file.js";
import { networkPolicyLines } from "./kubernetes-network.js";
import { type KubernetesService, NAME_LABEL, nameText, settingsName } from "./kubernetes-service.js";
import { accountLines, autoscalerLines, deploymentLines, disruptionBudgetLines, serviceLines } from "./kubernetes-workload.js";

/** What lists the other files of its folder. */
export const KUSTOMIZATION = "kustomization.yaml";

/** Where a service's settings are, one `NAME=value` a line. */
export const SETTINGS = "config.properties";

/** What makes up a service, by the names of their files, in the order in which they are listed. */
const OBJECTS: Readonly<Record<string, (service: KubernetesService) => string[]>> = {
  "serviceaccount.yaml": accountLines,
  "deployment.yaml": deploymentLines,
  "service.yaml": serviceLines,
  "hpa.yaml": autoscalerLines,
  "pdb.yaml": disruptionBudgetLines,
  "networkpolicy.yaml": networkPolicyLines,
};

/** Names of the files of a service's folder that describe an object. */
export const OBJECT_FILES: ReadonlySet<string> = new Set(Object.keys(OBJECTS));

/**
 * Renders the files of a service's folder.
 *
 * @returns name of the file to text, with the line that says whose it is; the same service always gives the same bytes
 */
export function renderService(service: KubernetesService): ReadonlyMap<string, string> {
  const files: [string, string[]][] = [
    ...Object.entries(OBJECTS).map(([file, lines]): [string, string[]] => [file, lines(service)]),
    [SETTINGS, settingsLines(service)],
    [KUSTOMIZATION, kustomizationLines(service)],
  ];
  return new Map(files.map(([file, lines]) => [file, sign(lines)]));
}

/** Renders what lists the services. */
export function renderBase(names: readonly string[]): string {
  const resources = names.length === 0 ? ["resources: []"] : ["resources:", ...names.map((name) => `  - ${nameText(name)}`)];
  return sign(["apiVersion: kustomize.config.k8s.io/v1beta1", "kind: Kustomization", ...resources]);
}

/** The ConfigMap is made of the settings by kustomize, and named after its contents: a change of them starts new pods. */
function kustomizationLines({ name }: KubernetesService): string[] {
  return [
    "apiVersion: kustomize.config.k8s.io/v1beta1",
    "kind: Kustomization",
    "resources:",
    ...Object.keys(OBJECTS).map((file) => `  - ${file}`),
    "configMapGenerator:",
    `  - name: ${settingsName(name)}`,
    "    envs:",
    `      - ${SETTINGS}`,
    "    options:",
    "      labels:",
    `        ${NAME_LABEL}: ${nameText(name)}`,
  ];
}

function settingsLines({ variables: { settings, unset } }: KubernetesService): string[] {
  return [
    "# No secret belongs here. A changed value starts new pods.",
    ...[...settings].map(([name, value]) => `${name}=${value}`),
    ...(unset.length === 0 ? [] : ["# Without a value for a cluster yet:", ...unset.map((name) => `# ${name}=`)]),
  ];
}

function sign(lines: readonly string[]): string {
  return signFile(`${lines.join("\n")}\n`, "kubernetes");
}

import { type KubernetesService, NAME_LABEL, nameText, secretsName, settingsName } from "./kubernetes-service.js";

/** Lines of an object up to its specification. */
export function headLines(apiVersion: string, kind: string, name: string): string[] {
  return [`apiVersion: ${apiVersion}`, `kind: ${kind}`, "metadata:", `  name: ${nameText(name)}`, "  labels:", `    ${NAME_LABEL}: ${nameText(name)}`];
}

/**
 * A service's Deployment. How many replicas run is its autoscaler's to say.
 *
 * The uid is that of the user `bun` of the base image, in digits, as a kubelet cannot tell by a name that it is not root.
 */
export function deploymentLines(service: KubernetesService): string[] {
  const { port } = service;
  const [name, image] = [nameText(service.name), nameText(service.image)];
  return [
    ...headLines("apps/v1", "Deployment", service.name),
    "spec:",
    "  revisionHistoryLimit: 5",
    "  strategy:",
    "    type: RollingUpdate",
    "    rollingUpdate:",
    "      maxUnavailable: 0",
    "      maxSurge: 1",
    "  selector:",
    "    matchLabels:",
    `      ${NAME_LABEL}: ${name}`,
    "  template:",
    "    metadata:",
    "      labels:",
    `        ${NAME_LABEL}: ${name}`,
    "    spec:",
    `      serviceAccountName: ${name}`,
    "      automountServiceAccountToken: false",
    "      # Variables of the other services of the namespace would mix with its own.",
    "      enableServiceLinks: false",
    "      terminationGracePeriodSeconds: 30",
    "      securityContext:",
    "        runAsNonRoot: true",
    "        runAsUser: 1000",
    "        runAsGroup: 1000",
    "        seccompProfile:",
    "          type: RuntimeDefault",
    "      topologySpreadConstraints:",
    "        - maxSkew: 1",
    "          topologyKey: kubernetes.io/hostname",
    "          whenUnsatisfiable: ScheduleAnyway",
    "          labelSelector:",
    "            matchLabels:",
    `              ${NAME_LABEL}: ${name}`,
    "      containers:",
    `        - name: ${name}`,
    `          image: ${image}`,
    "          imagePullPolicy: IfNotPresent",
    "          ports:",
    "            - name: http",
    `              containerPort: ${port}`,
    "          envFrom:",
    "            - configMapRef:",
    `                name: ${settingsName(service.name)}`,
    ...secretLines(service),
    ...probeLines(service),
    "          lifecycle:",
    "            # Requests come in until every node knows that this pod is going.",
    "            preStop:",
    "              exec:",
    '                command: ["sleep", "5"]',
    "          resources:",
    "            requests:",
    "              cpu: 100m",
    "              memory: 128Mi",
    "            limits:",
    '              cpu: "1"',
    "              memory: 512Mi",
    "          securityContext:",
    "            allowPrivilegeEscalation: false",
    "            readOnlyRootFilesystem: true",
    "            capabilities:",
    '              drop: ["ALL"]',
    "          volumeMounts:",
    "            - name: tmp",
    "              mountPath: /tmp",
    "      volumes:",
    "        - name: tmp",
    "          emptyDir:",
    "            sizeLimit: 64Mi",
  ];
}

/** The Service, whose name the others reach it by. */
export function serviceLines({ name, port }: KubernetesService): string[] {
  return [
    ...headLines("v1", "Service", name),
    "spec:",
    "  type: ClusterIP",
    "  selector:",
    `    ${NAME_LABEL}: ${nameText(name)}`,
    "  ports:",
    "    - name: http",
    `      port: ${port}`,
    "      targetPort: http",
  ];
}

export function autoscalerLines({ name }: KubernetesService): string[] {
  return [
    ...headLines("autoscaling/v2", "HorizontalPodAutoscaler", name),
    "spec:",
    "  scaleTargetRef:",
    "    apiVersion: apps/v1",
    "    kind: Deployment",
    `    name: ${nameText(name)}`,
    "  minReplicas: 2",
    "  maxReplicas: 6",
    "  metrics:",
    "    - type: Resource",
    "      resource:",
    "        name: cpu",
    "        target:",
    "          type: Utilization",
    "          averageUtilization: 70",
  ];
}

/** One pod at a time, so that a node can be drained even where a single replica runs. */
export function disruptionBudgetLines({ name }: KubernetesService): string[] {
  return [
    ...headLines("policy/v1", "PodDisruptionBudget", name),
    "spec:",
    "  maxUnavailable: 1",
    "  selector:",
    "    matchLabels:",
    `      ${NAME_LABEL}: ${nameText(name)}`,
  ];
}

export function accountLines({ name }: KubernetesService): string[] {
  return [...headLines("v1", "ServiceAccount", name), "automountServiceAccountToken: false"];
}

function secretLines({ name, variables: { secrets, optionalSecrets } }: KubernetesService): string[] {
  const keys = [...secrets.map((key) => ({ key, optional: false })), ...optionalSecrets.map((key) => ({ key, optional: true }))];
  if (keys.length === 0) return [];
  return [
    "          env:",
    ...keys.flatMap(({ key, optional }) => [
      `            - name: ${nameText(key)}`,
      "              valueFrom:",
      "                secretKeyRef:",
      `                  name: ${secretsName(name)}`,
      `                  key: ${nameText(key)}`,
      `                  optional: ${optional}`,
    ]),
  ];
}

/** As patient as the image's own health check. Where no path is known, a port that takes connections has to do. */
function probeLines({ probePath }: KubernetesService): string[] {
  const question = probePath === undefined ? ["tcpSocket:", "  port: http"] : ["httpGet:", `  path: ${probePath}`, "  port: http"];
  const probe = (name: string, lines: readonly string[]): string[] => [
    `          ${name}:`,
    ...[...question, ...lines].map((line) => `            ${line}`),
  ];
  return [
    ...probe("startupProbe", ["periodSeconds: 2", "timeoutSeconds: 3", "failureThreshold: 30"]),
    ...probe("readinessProbe", ["periodSeconds: 5", "timeoutSeconds: 3", "failureThreshold: 2"]),
    ...probe("livenessProbe", ["periodSeconds: 10", "timeoutSeconds: 3", "failureThreshold: 3"]),
  ];
}

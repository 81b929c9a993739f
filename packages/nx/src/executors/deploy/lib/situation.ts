import { join } from "node:path";
import { type Compose, composeCommand, type DeployPlan } from "../../../deployment/deploy-plan.js";
import { OoneexNxError } from "../../../errors.js";
import type { ProbeResult, TimedProbe } from "../../../image/engine.js";

/** What compose and the engine are asked about, and how. */
export interface Inquiry {
  readonly plan: DeployPlan;
  readonly compose: Compose;
  /** Absolute path of the workspace. */
  readonly root: string;
  readonly probe: TimedProbe;
}

/** The container that a service runs in. */
export interface Running {
  readonly container: string;
  /** Id of its image. */
  readonly image: string;
  /** Such as `running, healthy` or `restarting`. */
  readonly state: string;
}

/** What a deployment finds. */
export interface Situation {
  /** Name of the compose project. */
  readonly project: string;
  /** Reference of the image that is to run. */
  readonly image: string;
  /** `undefined` where the service has no container yet. */
  readonly running: Running | undefined;
  /** All of the service's containers, stopped ones too. */
  readonly containers: readonly string[];
  readonly configuration: ServiceConfiguration;
}

interface Configuration {
  readonly name: string;
  readonly services?: Readonly<Record<string, ServiceConfiguration>>;
}

/** What compose makes of a service's block, as far as it matters here. */
export interface ServiceConfiguration {
  readonly image?: string;
  readonly container_name?: string;
  readonly network_mode?: string;
  readonly ports?: readonly unknown[];
  readonly networks?: Readonly<Record<string, { readonly ipv4_address?: string; readonly ipv6_address?: string; readonly mac_address?: string } | null>>;
}

/** Compose reads every file that the compose file names; the engine may be on another machine. In milliseconds. */
const PATIENCE = 60_000;

/**
 * Reads what runs and what is to run.
 *
 * @throws OoneexNxError `COMPOSE_REFUSED`, `SERVICE_MISSING` or `IMAGE_MISSING`
 */
export async function readSituation(inquiry: Inquiry): Promise<Situation> {
  const { plan, compose } = inquiry;
  const { code, stdout, stderr } = await askCompose(inquiry, ["config", "--format", "json"]);
  if (code !== 0) {
    const remedy = `mend the file; to see what compose makes of it: ${compose.join(" ")} --file ${plan.file} config`;
    throw new OoneexNxError({ code: "COMPOSE_REFUSED", what: `compose does not take the file: ${stderr.trim()}`, where: plan.file, remedy });
  }
  const { name, services = {} } = JSON.parse(stdout) as Configuration;
  const service = Object.hasOwn(services, plan.service) ? services[plan.service] : undefined;
  if (service === undefined) {
    throw new OoneexNxError({
      code: "SERVICE_MISSING",
      what: `the compose file has no service ${plan.service}; it has ${Object.keys(services).join(", ") || "none"}`,
      where: plan.file,
      remedy: "bring it in step with nx g @ooneex/nx:compose, or name the service with --service",
    });
  }
  const image = plan.image ?? service.image;
  if (image === undefined) {
    throw new OoneexNxError({
      code: "IMAGE_MISSING",
      what: `the service ${plan.service} names no image`,
      where: plan.file,
      remedy: "give it an image, or name one with --image",
    });
  }
  return { project: name, image, running: await readRunning(inquiry), containers: await listContainers(inquiry), configuration: service };
}

/** Ids of the service's containers, stopped ones too. */
export async function listContainers(inquiry: Inquiry): Promise<string[]> {
  const { stdout } = await askCompose(inquiry, ["ps", "--all", "--quiet", inquiry.plan.service]);
  return stdout.split("\n").filter((line) => line !== "");
}

/** Reads the service's container, the first of several. */
export async function readRunning(inquiry: Inquiry): Promise<Running | undefined> {
  const [container] = await listContainers(inquiry);
  return container === undefined ? undefined : await readContainer(container, inquiry);
}

/** @returns `undefined` where there is no such container any more */
export async function readContainer(container: string, { probe }: Inquiry): Promise<Running | undefined> {
  const format = "{{.Image}} {{.State.Status}}{{if .State.Health}}, {{.State.Health.Status}}{{end}}";
  const { code, stdout } = await probe(["docker", "inspect", "--format", format, container], PATIENCE);
  const [, image, state] = /^(\S+) (.*)$/.exec(stdout.trim()) ?? [];
  return code !== 0 || image === undefined || state === undefined ? undefined : { container, image, state };
}

/** Id of an image that is in the engine's store; `undefined` where it is not. */
export async function readImageId(reference: string, { probe }: Inquiry): Promise<string | undefined> {
  const { code, stdout } = await probe(["docker", "image", "inspect", "--format", "{{.Id}}", reference], PATIENCE);
  return code === 0 ? stdout.trim() : undefined;
}

/** The last lines that a service's container wrote, both streams. */
export async function readLastLines(inquiry: Inquiry): Promise<string> {
  const args = ["logs", "--no-color", "--no-log-prefix", "--tail", "20", inquiry.plan.service];
  const { stdout, stderr } = await askCompose(inquiry, args);
  return `${stdout}${stderr}`.trimEnd();
}

/** By absolute paths, since a short command runs wherever this process does. */
function askCompose({ plan, compose, root, probe }: Inquiry, args: readonly string[]): Promise<ProbeResult> {
  const absolute = { ...plan, file: join(root, plan.file), envFiles: plan.envFiles.map((file) => join(root, file)) };
  return probe(composeCommand(absolute, compose, args).argv, PATIENCE);
}

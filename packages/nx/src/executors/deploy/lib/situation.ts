import { OoneexNxError } from "../../../errors.js";
import { askCompose, type Inquiry, PATIENCE } from "./compose-calls.js";
import { readContainers, type Running } from "./containers.js";

/** What a deployment finds. */
export interface Situation {
  /** Name of the compose project. */
  readonly project: string;
  /** Reference of the image that is to run. */
  readonly image: string;
  /** `undefined` where the service has no container yet. */
  readonly running: Running | undefined;
  /** All of the service's containers, stopped ones too; the one that it runs in is the first. */
  readonly containers: readonly Running[];
  readonly configuration: ServiceConfiguration;
}

/** What a deployment goes on with from step to step. */
export interface RollOut extends Inquiry {
  readonly situation: Situation;
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
  /** How many containers it has; compose takes either, and the same where both are there. */
  readonly scale?: number;
  readonly deploy?: { readonly replicas?: number };
  readonly networks?: Readonly<Record<string, { readonly ipv4_address?: string; readonly ipv6_address?: string; readonly mac_address?: string } | null>>;
}

/**
 * Reads what runs and what is to run.
 *
 * @throws OoneexNxError `COMPOSE_REFUSED`, `SERVICE_MISSING`, `IMAGE_MISSING` or `ENGINE_SILENT`
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
  const containers = await readContainers(inquiry);
  return { project: name, image, running: containers[0], containers, configuration: service };
}

/** Id of an image that is in the engine's store; `undefined` where it is not. */
export async function readImageId(reference: string, { probe }: Inquiry): Promise<string | undefined> {
  const { code, stdout } = await probe(["docker", "image", "inspect", "--format", "{{.Id}}", reference], PATIENCE);
  return code === 0 ? stdout.trim() : undefined;
}

import { OoneexNxError } from "../../../errors.js";
import { shortenDigest } from "../../../image/reference.js";
import { askCompose, type Inquiry, PATIENCE } from "./compose-calls.js";

/** The container that a service runs in. */
export interface Running {
  readonly container: string;
  /** Id of its image. */
  readonly image: string;
  /** Such as `running, healthy` or `restarting`. */
  readonly state: string;
}

/** When it was made, whether it is of `compose run`, its image, and its state. */
const FORMAT = '{{.Created}} {{index .Config.Labels "com.docker.compose.oneoff"}} {{.Image}} {{.State.Status}}{{if .State.Health}}, {{.State.Health.Status}}{{end}}';

const STATES = [isHealthy, isStarted, () => true] as const;

/** Whether a container answers, as far as its health check tells. */
export function isHealthy({ state }: Running): boolean {
  return state.endsWith(", healthy");
}

/** Whether a container's process is there. */
export function isStarted({ state }: Running): boolean {
  return state.startsWith("running");
}

/**
 * Reads the service's containers, stopped ones too. Those of `docker compose run` are none: compose lists them, and serves
 * nobody by them.
 *
 * @returns the one that the service runs in first: a healthy one before one that runs, and the newest of several
 * @throws OoneexNxError `ENGINE_SILENT` where that cannot be told, which is not the same as none
 */
export async function readContainers(inquiry: Inquiry): Promise<Running[]> {
  const { code, stdout, stderr } = await askCompose(inquiry, ["ps", "--all", "--quiet", inquiry.plan.service]);
  if (code !== 0) throw engineSilent(inquiry, stderr);
  const ids = stdout.split("\n").filter((line) => line !== "");
  const found = await Promise.all(ids.map((id) => inspect(id, inquiry)));
  const rank = (container: Running): number => STATES.findIndex((isOf) => isOf(container));
  return found
    .filter((container) => container !== undefined)
    .filter(({ isOneOff }) => !isOneOff)
    .sort((one, other) => rank(one.running) - rank(other.running) || other.created - one.created)
    .map(({ running }) => running);
}

/**
 * Reads the service's container, the first of {@link readContainers}, to say what has become of it.
 *
 * @returns `undefined` where there is none, or that cannot be told
 */
export async function readRunning(inquiry: Inquiry): Promise<Running | undefined> {
  return (await unlessSilent(readContainers(inquiry)))?.[0];
}

/** @returns `undefined` where there is no such container any more, or that cannot be told */
export async function readContainer(container: string, inquiry: Inquiry): Promise<Running | undefined> {
  return (await unlessSilent(inspect(container, inquiry)))?.running;
}

/** What was asked for; `undefined` where the engine does not say. */
export async function unlessSilent<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof OoneexNxError) return undefined;
    throw error;
  }
}

function engineSilent({ plan }: Inquiry, reason: string): OoneexNxError {
  return new OoneexNxError({
    code: "ENGINE_SILENT",
    what: `what runs cannot be told: ${reason.trim() === "" ? `no word within ${PATIENCE / 1_000} s` : reason.trim()}`,
    where: plan.service,
    remedy: "see whether the engine answers: docker version; then run the command again",
  });
}

/** The image of a container as it is shown to a person. */
export function showImage(running: Pick<Running, "image"> | undefined): string {
  return running === undefined ? "no image" : shortenDigest(running.image);
}

interface Inspected {
  readonly running: Running;
  /** In milliseconds since 1970, by the engine's clock. */
  readonly created: number;
  readonly isOneOff: boolean;
}

/** @returns `undefined` where the container is gone */
async function inspect(container: string, inquiry: Inquiry): Promise<Inspected | undefined> {
  const { code, stdout, stderr } = await inquiry.probe(["docker", "inspect", "--format", FORMAT, container], PATIENCE);
  if (code !== 0 && !/no such (?:object|container)/i.test(stderr)) throw engineSilent(inquiry, stderr);
  const [, created = "", oneOff, image, state] = /^(\S+) (\S*) (\S+) (.*)$/.exec(stdout.trim()) ?? [];
  if (code !== 0 || image === undefined || state === undefined) return undefined;
  return { running: { container, image, state }, created: Date.parse(created), isOneOff: oneOff === "True" };
}

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
 */
export async function readContainers(inquiry: Inquiry): Promise<Running[]> {
  const { stdout } = await askCompose(inquiry, ["ps", "--all", "--quiet", inquiry.plan.service]);
  const ids = stdout.split("\n").filter((line) => line !== "");
  const found = await Promise.all(ids.map((id) => inspect(id, inquiry)));
  const rank = (container: Running): number => STATES.findIndex((isOf) => isOf(container));
  return found
    .filter((container) => container !== undefined)
    .filter(({ isOneOff }) => !isOneOff)
    .sort((one, other) => rank(one.running) - rank(other.running) || other.created - one.created)
    .map(({ running }) => running);
}

/** Reads the service's container, the first of {@link readContainers}. */
export async function readRunning(inquiry: Inquiry): Promise<Running | undefined> {
  return (await readContainers(inquiry))[0];
}

/** @returns `undefined` where there is no such container any more */
export async function readContainer(container: string, inquiry: Inquiry): Promise<Running | undefined> {
  return (await inspect(container, inquiry))?.running;
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

async function inspect(container: string, { probe }: Inquiry): Promise<Inspected | undefined> {
  const { code, stdout } = await probe(["docker", "inspect", "--format", FORMAT, container], PATIENCE);
  const [, created = "", oneOff, image, state] = /^(\S+) (\S*) (\S+) (.*)$/.exec(stdout.trim()) ?? [];
  if (code !== 0 || image === undefined || state === undefined) return undefined;
  return { running: { container, image, state }, created: Date.parse(created), isOneOff: oneOff === "True" };
}

/** What one deployment of one service is, independent of the state that it finds. */
export interface DeployPlan {
  /** Name of the service in the compose file. */
  readonly service: string;
  /** Compose file, workspace-relative. */
  readonly file: string;
  /** Files with values for the compose file's variables, workspace-relative. */
  readonly envFiles: readonly string[];
  /** Name of the compose project; `undefined` leaves it to compose. */
  readonly projectName: string | undefined;
  /** Reference of the image; `undefined` for the one that the compose file names. */
  readonly image: string | undefined;
  /** How long the service may take to become healthy, in seconds. */
  readonly timeout: number;
  /** What a person types to deploy so again, but for the image. */
  readonly command: string;
  /** Whether the new container starts beside the previous one; `undefined` does so where it can. */
  readonly rolling: boolean | undefined;
  /** How long both run before the previous one is stopped, in seconds. */
  readonly settle: number;
  /** Whether the image is pulled; `undefined` does so where its name has a registry. */
  readonly pull: boolean | undefined;
  /** How long that may take, in milliseconds; `undefined` for as long as it likes. */
  readonly pullTimeout: number | undefined;
}

/** Compose as it can be called: a plugin of docker, or a program of its own. */
export type Compose = readonly ["docker", "compose"] | readonly ["docker-compose"];

/** A compose command. */
export interface ComposeCommand {
  readonly argv: readonly [program: string, ...args: string[]];
  /** A second compose file, on standard input, that says which image the service runs. */
  readonly stdin: string | undefined;
}

/**
 * Builds a command on the compose file of a plan.
 *
 * @param image - runs the service with this image instead of the file's
 */
export function composeCommand(plan: DeployPlan, compose: Compose, args: readonly string[], image?: string): ComposeCommand {
  const [program, ...plugin] = compose;
  return {
    argv: [
      program,
      ...plugin,
      ...(plan.projectName === undefined ? [] : ["--project-name", plan.projectName]),
      ...plan.envFiles.flatMap((file) => ["--env-file", file]),
      "--file",
      plan.file,
      ...(image === undefined ? [] : ["--file", "-"]),
      ...args,
    ],
    stdin: image === undefined ? undefined : JSON.stringify({ services: { [plan.service]: { image } } }),
  };
}

/** Arguments that put one service's image in the place of the one that runs, and wait until it is healthy. */
export function swapArguments(plan: DeployPlan): string[] {
  return upArguments(plan, []);
}

/** Arguments that start a second container of one service beside the one that runs, and wait until it is healthy. */
export function addArguments(plan: DeployPlan): string[] {
  return upArguments(plan, ["--no-recreate", "--scale", `${plan.service}=2`]);
}

function upArguments({ service, timeout }: DeployPlan, flags: readonly string[]): string[] {
  // What is to be pulled has been pulled: an image that is missing now is a mistake, and no reason to ask a registry.
  return ["up", "--detach", "--no-deps", "--no-build", "--pull", "never", ...flags, "--wait", "--wait-timeout", String(timeout), service];
}

/** Whether a reference names a place that it can be pulled from, as opposed to an image of this machine alone. */
export function namesRegistry(reference: string): boolean {
  return reference.includes("/");
}

/** Name that the image which ran before is kept under, so that nothing cleans it away and anyone can go back to it. */
export function previousReference(project: string, service: string): string {
  return `${project}-${service}:previous`;
}

import { parse } from "yaml";
import type { Workspace } from "../workspace/workspace.js";

/** Git's name of a tree without a file. */
export const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** Where services are deployed: this machine's own engine. */
const ENGINE = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";

/** Installs what a machine of the provider lacks, or uses a builder whose image cannot be had here. */
const OF_THE_MACHINE = /^(?:apk add|npm install --global|docker buildx create|docker context create)\b/;

interface Step {
  readonly run?: string;
  readonly if?: string;
}

type Job = "check" | "ship";

/** Runs commands as one script, as a step of a provider's does, and gives what they print. */
export async function runScript(
  workspace: Workspace,
  commands: readonly string[],
  env: Record<string, string>,
  expect: "success" | "failure" = "success",
): Promise<string> {
  const script = commands.filter((command) => !OF_THE_MACHINE.test(command)).join("\n");
  // Where Nx keeps results is for the pipeline to say.
  const outer = { DEPLOY_HOST: ENGINE, NX_CACHE_DIRECTORY: "" };
  const { stdout, stderr } = await workspace.run(["bash", "-e", "-c", script], { env: { ...outer, ...env, NX_PARALLEL: "2" }, expect });
  return stdout + stderr;
}

/** Reads the variables that all of a pipeline has. */
export async function readVariables(workspace: Workspace, file: string, key: "env" | "variables"): Promise<Record<string, string>> {
  return (parse(await workspace.read(file)) as Record<typeof key, Record<string, string>>)[key];
}

/** Reads the commands that the generated workflow of GitHub runs in a job when something happens. */
export async function readGithubCommands(workspace: Workspace): Promise<(job: Job, event: "push" | "pull_request") => string[]> {
  const { jobs } = parse(await workspace.read(".github/workflows/ooneex.yml")) as { jobs: Record<Job, { steps: Step[] }> };
  return (job, event) =>
    jobs[job].steps.filter((step) => step.if === undefined || [`github.event_name == '${event}'`, "env.DEPLOY_HOST != ''"].includes(step.if)).flatMap((step) => step.run ?? []);
}

export function isLogin(command: string): boolean {
  return command.includes("docker login");
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OoneexNxError } from "../../../errors.js";
import type { RunPlan } from "../../../image/run-plan.js";
import { flattenEnv } from "../../../workspace/env-yml.js";
import { readManifest } from "../../../workspace/manifest.js";
import { IMAGE_PORT } from "../../../workspace/service-model.js";
import { readAssignments } from "../../option-values.js";
import type { Project } from "../../project.js";
import type { DockerRunOptions } from "../schema.js";

/**
 * Fills in the defaults and says what to run.
 *
 * @param workspaceRoot - absolute path
 * @throws OoneexNxError `ENV_FILE_MISSING` or `ASSIGNMENT_ILLEGAL`, or where a file cannot be read
 */
export function resolveRunPlan(options: DockerRunOptions, project: Project, workspaceRoot: string): RunPlan {
  const read = (path: string): string | undefined =>
    existsSync(join(workspaceRoot, path)) ? readFileSync(join(workspaceRoot, path), "utf8") : undefined;
  const env = { ...readEnvironment(options, project, read), ...readAssignments(options.env, "env") };
  return {
    image: options.image ?? `${project.imageName}:latest`,
    name: `${project.imageName}-${process.pid}`,
    port: options.port ?? readPort(env, project, read),
    host: options.host ?? "127.0.0.1",
    env,
    network: options.network,
    hardened: options.hardened ?? true,
    args: options.args ?? [],
  };
}

type Read = (path: string) => string | undefined;

function readEnvironment(options: DockerRunOptions, { root }: Project, read: Read): Record<string, string> {
  const candidates = options.envFile === undefined ? [`${root}/.env.yml`, `${root}/.env.example.yml`] : [options.envFile];
  for (const path of candidates) {
    const text = read(path);
    if (text !== undefined) return Object.fromEntries(flattenEnv(text, path));
  }
  if (options.envFile === undefined) return {};
  throw new OoneexNxError({
    code: "ENV_FILE_MISSING",
    what: "there is no such file",
    where: options.envFile,
    remedy: "say where the environment is with the option envFile, relative to the workspace root",
  });
}

function readPort(env: Record<string, string>, { root }: Project, read: Read): number {
  const port = Number(env["PORT"]);
  if (Number.isInteger(port) && port > 0) return port;
  const manifest = `${root}/${root.slice(root.lastIndexOf("/") + 1)}.yml`;
  return readManifest(read(manifest) ?? "", manifest).port ?? IMAGE_PORT;
}

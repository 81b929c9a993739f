import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { parse } from "yaml";
import type { DeployPlan } from "../../../deployment/deploy-plan.js";
import { OoneexNxError } from "../../../errors.js";
import { isLoopback, readUrl } from "../../../workspace/rules/loopback.js";

/**
 * Requires the files that hold a service's settings, where the engine is on another machine. Compose reads them on the machine
 * that the command is typed on, such as a pipeline's, and starts a service without those that it may do without: what runs
 * would be replaced by a container without its settings.
 *
 * @param host - address of the engine as in DOCKER_HOST; `undefined` for the one of this machine
 * @throws OoneexNxError `ENV_FILE_MISSING`
 */
export function requireEnvFiles(plan: DeployPlan, workspaceRoot: string, host: string | undefined): void {
  if (host === undefined || !isElsewhere(host)) return;
  const at = (file: string): string => (posix.isAbsolute(file) ? file : posix.join(posix.dirname(plan.file), file));
  const missing = listEnvFiles(readFileSync(join(workspaceRoot, plan.file), "utf8"), plan.service)
    // A name with a variable in it is compose's to read.
    .filter((file) => !file.includes("$"))
    .map((file) => at(file))
    .find((file) => !existsSync(posix.isAbsolute(file) ? file : join(workspaceRoot, file)));
  if (missing === undefined) return;
  throw new OoneexNxError({
    code: "ENV_FILE_MISSING",
    what: `the engine is on another machine, and the settings of ${plan.service} are read on this one, which has no such file`,
    where: missing,
    remedy: "write it here before the deployment, such as from a secret of the pipeline; an empty one says that the service needs none",
  });
}

function isElsewhere(host: string): boolean {
  const url = readUrl(host);
  return url !== undefined && ["ssh:", "tcp:", "http:", "https:"].includes(url.protocol) && !isLoopback(url.hostname);
}

/** The paths under `env_file` of a service, which is one path, or a list of paths and of maps with a path. */
function listEnvFiles(text: string, service: string): string[] {
  const files = readCompose(text)?.services?.[service]?.env_file;
  return [files ?? []].flat().flatMap((file) => (typeof file === "string" ? [file] : typeof file?.path === "string" ? [file.path] : []));
}

interface Compose {
  readonly services?: Readonly<Record<string, { readonly env_file?: EnvFile | readonly EnvFile[] } | null>> | null;
}

type EnvFile = string | { readonly path?: unknown } | null;

/** What cannot be parsed is compose's to refuse. */
function readCompose(text: string): Compose | null | undefined {
  try {
    return parse(text, { merge: true, logLevel: "silent" }) as Compose | null;
  } catch {
    return undefined;
  }
}

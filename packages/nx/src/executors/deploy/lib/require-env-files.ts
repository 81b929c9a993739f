import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import type { DeployPlan } from "../../../deployment/deploy-plan.js";
import { OoneexNxError } from "../../../errors.js";
import { isLoopback, readUrl } from "../../../workspace/rules/loopback.js";

/**
 * Requires the files that hold a service's settings, before anything is asked of the engine. Where that is on another machine,
 * those that the service may do without are required too: compose reads them on the machine that the command is typed on, such
 * as a pipeline's, and would replace what runs by a container without its settings.
 *
 * @param host - address of the engine; `undefined` where it is not known, and taken for this machine's
 * @throws OoneexNxError `ENV_FILE_MISSING`
 */
export function requireEnvFiles({ file, service }: DeployPlan, workspaceRoot: string, host: string | undefined): void {
  const isFar = host !== undefined && isElsewhere(host);
  const at = (path: string): string => resolve(workspaceRoot, dirname(file), path);
  const missing = listEnvFiles(readFileSync(join(workspaceRoot, file), "utf8"), service)
    // A name with a variable in it, or with the home folder, is compose's to read.
    .find(({ path, isRequired }) => (isRequired || isFar) && !/^~|\$/.test(path) && !existsSync(at(path)));
  if (missing === undefined) return;
  const reader = isFar ? `the engine is on another machine, and the settings of ${service} are read on this one` : `the settings of ${service} are read from a file`;
  throw new OoneexNxError({
    code: "ENV_FILE_MISSING",
    what: `${reader}, which ${isFar ? "has no" : "is not there:"} ${missing.path}; nothing has changed`,
    where: `${file}, env_file of ${service}`,
    remedy: isFar
      ? `write ${missing.path} here before the deployment, such as from a secret of the pipeline; an empty one says that the service needs none`
      : `write ${missing.path}, or let the service start without it: { path: ${missing.path}, required: false }`,
  });
}

function isElsewhere(host: string): boolean {
  const url = readUrl(host);
  return url !== undefined && ["ssh:", "tcp:", "http:", "https:"].includes(url.protocol) && !isLoopback(url.hostname);
}

interface NamedFile {
  readonly path: string;
  readonly isRequired: boolean;
}

/** The files under `env_file` of a service, which is one path, or a list of paths and of maps with a path. */
function listEnvFiles(text: string, service: string): NamedFile[] {
  const files = readCompose(text)?.services?.[service]?.env_file;
  return [files ?? []].flat().flatMap((file): NamedFile[] => {
    if (typeof file === "string") return [{ path: file, isRequired: true }];
    return typeof file?.path === "string" ? [{ path: file.path, isRequired: file.required !== false }] : [];
  });
}

interface Compose {
  readonly services?: Readonly<Record<string, { readonly env_file?: EnvFile | readonly EnvFile[] } | null>> | null;
}

type EnvFile = string | { readonly path?: unknown; readonly required?: unknown } | null;

/** What cannot be parsed is compose's to refuse. */
function readCompose(text: string): Compose | null | undefined {
  try {
    return parse(text, { merge: true, logLevel: "silent" }) as Compose | null;
  } catch {
    return undefined;
  }
}

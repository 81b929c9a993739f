import type { NX } from "../workspace/manifest.js";
import type { Workspace } from "../workspace/workspace.js";

/** One thing that somebody may change in the workspace of `makeChangesWorkspace`, and what that means for its images. */
export interface Change {
  readonly title: string;
  /** Edits files; may run Bun or Nx. */
  readonly apply: (workspace: Workspace) => Promise<void>;
  /** Services whose image has other contents: exactly these have another id after all are built. */
  readonly images: readonly string[];
  /**
   * Services whose docker-build task `nx affected` runs, by the line of Nx, where these are more than `images`: the task finds
   * the image that is there. Never fewer.
   */
  readonly tasks?: Partial<Record<keyof typeof NX, readonly string[]>>;
  /** Why Nx runs more tasks. */
  readonly why?: string;
}

/** Changes written down as a table. */
export function defineChanges(changes: readonly Change[]): readonly Change[] {
  return changes;
}

/** The services, as folders of `modules` and as names of their images; names that nothing else builds an image of. */
export const SERVICES = ["alerts", "ledger", "parcels"] as const;

/** The same tasks whatever the line of Nx. */
export function onEveryNx(tasks: readonly string[]): Required<NonNullable<Change["tasks"]>> {
  return { "22.7": tasks, "23.2": tasks, "24.0": tasks };
}

/** Replaces a text that has to be there, so that no change comes to nothing unnoticed. */
export async function replace(workspace: Workspace, path: string, before: string, after: string): Promise<void> {
  const text = await workspace.read(path);
  if (!text.includes(before)) throw new Error(`${path} does not contain ${before}`);
  await workspace.write(path, text.replace(before, () => after));
}

export async function append(workspace: Workspace, path: string, text: string): Promise<void> {
  await workspace.write(path, `${await workspace.read(path)}${text}`);
}

/** What changes edit in the JSON files of a workspace. */
export interface PackageJson {
  version?: string;
  description?: string;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  overrides?: Record<string, string>;
  patchedDependencies?: Record<string, string>;
}

export interface TsconfigJson {
  compilerOptions: Record<string, unknown> & { paths: Record<string, string[]> };
}

export interface NxJson {
  targetDefaults: Record<string, Record<string, unknown>>;
}

/** Edits a JSON file without comments, which keeps its style: two blanks, a newline at the end. */
export async function editJson<T>(workspace: Workspace, path: string, edit: (json: T) => void): Promise<void> {
  const json = JSON.parse(await workspace.read(path)) as T;
  edit(json);
  await workspace.write(path, `${JSON.stringify(json, null, 2)}\n`);
}

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Workspace } from "../../../e2e/workspace/workspace.js";

/** The modules of a workspace that an image is built of, by their folder's name. */
export async function listServices(workspace: Workspace): Promise<string[]> {
  const modules = await readdir(join(workspace.root, "modules"));
  return modules.filter((module) => workspace.exists(`modules/${module}/Dockerfile`)).sort();
}

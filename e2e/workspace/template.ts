import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runProcess } from "../process.js";
import { buildEnvironment } from "./environment.js";
import { buildManifest, DEFAULTS, type WorkspaceOptions } from "./manifest.js";
import { openWorkspace } from "./workspace.js";

/** What the workspaces of one run of the tests have in common. */
export interface WorkspaceHost {
  /** Address of the local registry. */
  readonly registry: string;
  /** Address of the registry for everything that is not in the local one. */
  readonly upstream: string;
  /** Folder that holds the templates, the workspaces made from them, and Bun's downloads. */
  readonly root: string;
}

const FILES = join(import.meta.dirname, "files");

/**
 * Makes the template of one kind of workspace, installed and committed, unless it is there already.
 *
 * @returns the absolute path of its folder
 */
export async function makeTemplate(host: WorkspaceHost, kind: Required<WorkspaceOptions>): Promise<string> {
  const name = ["template", `nx-${kind.nx}`, `bun-${kind.bun}`, `ts-${kind.typescript}`, kind.framework].join("-");
  const template = join(host.root, name);
  if (existsSync(template)) return template;
  const draft = await mkdtemp(join(host.root, "draft-"));
  await writeFiles(draft, kind);
  await writeFile(join(draft, "bunfig.toml"), buildBunfig(host));
  const workspace = openWorkspace(draft, await buildEnvironment(draft, host.root, kind.bun));
  await workspace.run(["bun", "install"]);
  await workspace.run(["git", "init", "--quiet", "--initial-branch=main"]);
  await workspace.commit("chore: a new workspace");
  // Two test workers may have made the same one at once; the first stays.
  await rename(draft, template).catch(() => rm(draft, { recursive: true }));
  return template;
}

/** Copies a template. node_modules is hard-linked, as Bun itself does from its cache; what tests write to is copied. */
export async function copyTemplate(template: string, to: string): Promise<void> {
  const names = await readdir(template);
  const copy = (flags: string, files: string[]) =>
    runProcess(["cp", flags, ...files, to], { cwd: template, env: process.env });
  await copy("-al", ["node_modules"]);
  await copy("-a", names.filter((name) => name !== "node_modules"));
}

async function writeFiles(root: string, kind: Required<WorkspaceOptions>): Promise<void> {
  const entries = await readdir(FILES, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((found) => found.isFile())) {
    const source = join(entry.parentPath, entry.name);
    // The dot files are named so that the tools of this repository leave them alone.
    const target = join(root, source.slice(FILES.length).replaceAll("__dot__", "."));
    const text = await readFile(source, "utf8");
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text.replaceAll(`"${DEFAULTS.framework}/`, `"${kind.framework}/`));
  }
  await writeFile(join(root, "package.json"), `${JSON.stringify(buildManifest(kind), null, 2)}\n`);
}

/** Sends only our own scopes to the local registry, so that everything else installs at full speed. */
function buildBunfig({ registry, upstream }: WorkspaceHost): string {
  return [
    "[install]",
    `registry = "${upstream}"`,
    "",
    "[install.scopes]",
    `"@ooneex" = "${registry}"`,
    `"@talosjs" = "${registry}"`,
    "",
  ].join("\n");
}

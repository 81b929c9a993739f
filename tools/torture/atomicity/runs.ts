import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export type Kind = "ENOSPC" | "EACCES" | "SIGKILL" | "SIGINT";

/** One generator in one workspace. */
export interface Run {
  readonly root: string;
  readonly generator: string;
  readonly options: object;
  /** What befalls which write, from 1. */
  readonly fault?: { readonly kind: Kind; readonly at: number } | undefined;
}

export interface Outcome {
  readonly writes: number;
  /** Code of the error. */
  readonly error?: string;
}

export type Files = Readonly<Record<string, string>>;

const folder = mkdtempSync(join(tmpdir(), "ooneex-nx-atomicity-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

/** The generators' callbacks install packages, which is not what is tried here. */
const programs = join(folder, "bin");
mkdirSync(programs);
for (const name of ["bun", "npm"]) {
  writeFileSync(join(programs, name), "#!/bin/sh\necho 10.0.0\n");
  chmodSync(join(programs, name), 0o755);
}

/** Runs generators in a process of their own, until one ends it. */
export async function runInChild(runs: readonly Run[]): Promise<Outcome[]> {
  const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "child.ts"), JSON.stringify(runs)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PATH: `${programs}:${process.env["PATH"] ?? ""}`, NX_DAEMON: "false" },
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (data) => (output += String(data)));
  child.stderr.on("data", (data) => (errors += String(data)));
  const ended = await new Promise<string>((resolve) => child.once("close", (code, signal) => resolve(signal ?? String(code))));
  const outcomes = output.split("\n").filter((line) => line.startsWith('{"writes"')).map((line) => JSON.parse(line) as Outcome);
  const killer = runs.at(-1)?.fault?.kind;
  if (ended !== "0" && ended !== killer) throw new Error(`the process ended with ${ended}: ${errors}`);
  return outcomes;
}

/** Writes a workspace of its own. */
export function writeFiles(files: Files): string {
  const root = mkdtempSync(join(folder, "workspace-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** Every file of a workspace but what Nx and the plugin keep for themselves. */
export function readFiles(root: string, path = ""): Files {
  return Object.assign(
    {},
    ...readdirSync(join(root, path), { withFileTypes: true }).map((entry) => {
      const child = path === "" ? entry.name : `${path}/${entry.name}`;
      if (child === ".nx") return {};
      return entry.isDirectory() ? readFiles(root, child) : { [child]: readFileSync(join(root, child), "utf8") };
    }),
  ) as Files;
}

/** Files of the plugin's own that are left over. */
export function listLeftovers(root: string): string[] {
  return readdirSync(join(root, ".nx/ooneex")).filter((name) => name.startsWith("ooneex-nx"));
}

export function dispose(root: string): void {
  rmSync(root, { recursive: true, force: true });
}

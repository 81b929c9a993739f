import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { writeWorkspace } from "./temporary-workspace.js";

/** What a script of an engine can use. */
const PRELUDE = `
const fs = require("fs");
const args = process.argv.slice(2);
if (args[0] === "version") {
  console.log(JSON.stringify({ Client: { Version: "28.5.0" } }));
  process.exit(0);
}
if (args[0] === "--version") process.exit(0);
const input = args[1] === "bake" ? JSON.parse(fs.readFileSync(0, "utf8")) : {};
const targets = Object.keys(input.target ?? input.services ?? {});
const names = args.filter((arg) => arg.endsWith(":latest"));
fs.appendFileSync(__dirname + "/log", [...args.slice(0, args[0] === "buildx" ? 2 : 1), ...targets, ...names].join(" ") + "\\n");
const metadata = args[1] === "bake" ? args[args.indexOf("--metadata-file") + 1] : undefined;
const say = (text) => fs.writeSync(2, text + "\\n");
const done = () => {
  for (const [index, name] of targets.entries()) say("#" + (90 + index) + " [" + name + "] exporting to image\\n#" + (90 + index) + " DONE 0.1s");
  const digests = targets.map((name) => [name, { "containerimage.config.digest": "sha256:" + name }]);
  if (metadata) fs.writeFileSync(metadata, JSON.stringify(Object.fromEntries(digests)));
  process.exit(0);
};
const fail = (name, step) => {
  const error = 'process "' + step + '" did not complete successfully: exit code: 1';
  say("#1 [" + name + " build 1/2] FROM x\\n#1 CACHED\\n#2 [" + name + " build 2/2] RUN " + step + "\\n#2 0.1 oops");
  say("#2 ERROR: " + error + "\\nERROR: failed to solve: " + error);
  process.exit(1);
};
`;

/** An engine that does what a script says, and nothing else. */
export interface ScriptedEngine {
  /** Absolute path of a workspace with it and the files. */
  readonly root: string;
  /** What it was asked to do: the command, then the targets of a bake or the names of an image. */
  readonly readCommands: () => string[];
}

/**
 * Makes the PATH of the running test hold a `docker` and a `podman` that are told by a script what to write and how to end.
 *
 * @param script - in JavaScript, which knows `args`, a bake's `targets`, and `say`, `done()` and `fail(target, step)`
 * @param files - of the workspace
 */
export function installScriptedEngine(script: string, files: Readonly<Record<string, string>> = { Dockerfile: "FROM scratch\n" }): ScriptedEngine {
  const program = `#!${process.execPath}\n${PRELUDE}${script}\n`;
  const root = writeWorkspace({ ...files, "bin/docker": program, "bin/podman": program });
  for (const name of ["docker", "podman"]) chmodSync(join(root, "bin", name), 0o755);
  vi.stubEnv("PATH", join(root, "bin"));
  onTestFinished(() => void vi.unstubAllEnvs());
  const log = join(root, "bin/log");
  return { root, readCommands: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []) };
}

import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeWorkspace } from "../../testing/temporary-workspace.js";
import { BEFORE_DEPLOY } from "../../workspace/ci-facts.js";
import { renderUserFiles } from "./lib/pipeline.js";

/** Stands for the agent and what it is told, which not every machine has. */
const AGENT = {
  "bin/ssh-agent": "#!/bin/sh\necho SSH_AUTH_SOCK=of-the-agent\\; export SSH_AUTH_SOCK\\;\n",
  "bin/ssh-add": "#!/bin/sh\n[ \"$*\" = - ] && cat > added\n",
};

const COMPOSE = "docker-compose.production.yml";

/** Has the script read by a shell, which then tells what it knows. */
function deploy(shell: string, brought: Record<string, string>) {
  const root = writeWorkspace({ ...Object.fromEntries(renderUserFiles(COMPOSE)), ...AGENT, "home/keep": "" });
  execFileSync("chmod", ["+x", "bin/ssh-agent", "bin/ssh-add"], { cwd: root });
  const env = { PATH: `${join(root, "bin")}:${process.env["PATH"]}`, HOME: join(root, "home"), ...brought };
  const { status, stdout } = spawnSync(shell, ["-e", "-c", `. ${BEFORE_DEPLOY}; env`], { cwd: root, env, encoding: "utf8" });
  const read = (path: string): string | undefined => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined);
  return { status, stdout, read };
}

const { privateKey: KEY } = generateKeyPairSync("rsa", { modulusLength: 2048, privateKeyEncoding: { type: "pkcs1", format: "pem" }, publicKeyEncoding: { type: "pkcs1", format: "pem" } });

describe.each(["sh", "bash"])("what a deployment begins with, read by %s", (shell) => {
  it("does nothing where nothing is brought", () => {
    const { status, stdout, read } = deploy(shell, {});
    expect(status).toBe(0);
    expect(stdout).not.toContain("SSH_AUTH_SOCK");
    for (const path of ["added", "home/.ssh/known_hosts"]) expect(read(path)).toBeUndefined();
  });

  it("unpacks the env files that were packed as it says", () => {
    const packed = writeWorkspace({ ".env": "APP_PUBLISH=0.0.0.0:443\n", "billing.env": "DATABASE_URL=postgres://db\n" });
    const [command] = /tar -cz .*$/m.exec([...renderUserFiles(COMPOSE).values()].join("")) ?? [];
    const files = execFileSync("sh", ["-c", command ?? "false"], { cwd: packed, encoding: "utf8" });
    expect(files).toMatch(/^[\w+/=]+$/);
    const { status, stdout, read } = deploy(shell, { DEPLOY_FILES: files });
    expect(status).toBe(0);
    expect([read(".env"), read("billing.env")]).toEqual(["APP_PUBLISH=0.0.0.0:443\n", "DATABASE_URL=postgres://db\n"]);
    expect(stdout).not.toContain("DEPLOY_FILES");
  });

  it.each(["ops/compose.yaml", "our ops's/$HOME/compose.yaml"])("packs the env files beside %s, and no others", (composeFile) => {
    const folder = dirname(composeFile);
    const packed = writeWorkspace({ ".env": "NOT=this\n", [`${folder}/.env`]: "APP_PUBLISH=0.0.0.0:443\n", [`${folder}/billing.env`]: "DATABASE_URL=postgres://db\n" });
    const [command] = /tar -cz .*$/m.exec([...renderUserFiles(composeFile).values()].join("")) ?? [];
    const files = execFileSync(shell, ["-c", command ?? "false"], { cwd: packed, encoding: "utf8" });
    const { status, read } = deploy(shell, { DEPLOY_FILES: files });
    expect(status).toBe(0);
    expect([read(".env"), read(`${folder}/.env`), read(`${folder}/billing.env`)]).toEqual([undefined, "APP_PUBLISH=0.0.0.0:443\n", "DATABASE_URL=postgres://db\n"]);
  });

  it.each([
    ["as it is in its file", KEY.trimEnd()],
    ["in one line", Buffer.from(KEY).toString("base64")],
  ])("hands the agent a key that is kept %s, and nobody else", (_, key) => {
    const { status, stdout, read } = deploy(shell, { DEPLOY_SSH_KEY: key, DEPLOY_KNOWN_HOSTS: "example.com ssh-ed25519 AAAA" });
    expect(status).toBe(0);
    expect(read("added")?.trimEnd()).toBe(KEY.trimEnd());
    expect(read("home/.ssh/known_hosts")).toBe("example.com ssh-ed25519 AAAA\n");
    expect(stdout).toContain("SSH_AUTH_SOCK=of-the-agent");
    expect(stdout).not.toContain("DEPLOY_SSH_KEY");
  });

  it("ends the job where what is brought is broken", () => {
    expect(deploy(shell, { DEPLOY_FILES: "no archive" }).status).not.toBe(0);
  });
});

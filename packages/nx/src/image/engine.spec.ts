import { constants } from "node:os";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { writeWorkspace } from "../testing/temporary-workspace.js";
import { detectBuilder, type ProbeResult, readDefaultPlatform, readDockerEngineVersion, runCommand, runProbe, TIMED_OUT } from "./engine.js";

/** An engine's answers by the first words of what it is asked; anything else is a program that does not exist. */
function answering(answers: Record<string, Partial<ProbeResult>>) {
  return (argv: readonly string[]): Promise<ProbeResult> => {
    const key = Object.keys(answers).find((words) => argv.join(" ").startsWith(words));
    const missing = { code: undefined, stdout: "", stderr: "" };
    return Promise.resolve(key === undefined ? missing : { ...missing, code: 0, ...answers[key] });
  };
}

const version = (client: string): Partial<ProbeResult> => ({ stdout: JSON.stringify({ Client: { Version: client } }) });
const server = (engine: string): Partial<ProbeResult> => ({
  stdout: JSON.stringify({ Client: { Version: "5.5.0" }, Server: { Version: engine } }),
});
const down = { code: 1, stderr: "Cannot connect to the Docker daemon" };

describe("readDefaultPlatform", () => {
  const says = (versions: object): Partial<ProbeResult> => ({ stdout: JSON.stringify(versions) });

  it.each([
    ["the server's, not the client's", "buildx", "docker version", { Client: { Os: "darwin", Arch: "arm64" }, Server: { Os: "linux", Arch: "arm64" } }, "linux/arm64"],
    ["that of Podman's server", "podman", "podman version", { Client: { OsArch: "darwin/arm64" }, Server: { OsArch: "linux/arm64" } }, "linux/arm64"],
    ["that of a Podman that is its own server", "podman-4", "podman version", { Client: { OsArch: "linux/amd64" } }, "linux/amd64"],
    ["none where no server answers", "buildx", "docker version", { Client: { Os: "linux", Arch: "amd64" } }, undefined],
  ] as const)("is %s", async (_title, builder, question, versions, platform) => {
    expect(await readDefaultPlatform(builder, answering({ [question]: says(versions) }))).toBe(platform);
  });

  it("is the one that Docker is told to take", async () => {
    vi.stubEnv("DOCKER_DEFAULT_PLATFORM", "linux/amd64");
    onTestFinished(() => void vi.unstubAllEnvs());
    const probe = answering({ "docker version": says({ Server: { Os: "linux", Arch: "arm64" } }) });
    expect(await readDefaultPlatform("buildx", probe)).toBe("linux/amd64");
  });
});

describe("detectBuilder", () => {
  it.each([
    ["auto", { "docker version": version("28.5.0"), "docker buildx": {} }, "buildx"],
    ["auto", { "docker version": version("20.10.24"), "docker buildx": { code: 1 } }, "docker-buildkit"],
    ["auto", { "docker version": down, "docker buildx": {}, "podman version": {} }, "podman"],
    ["auto", { "podman version": {} }, "podman"],
    ["docker", { "docker version": version("28.5.0"), "docker buildx": {}, "podman version": {} }, "buildx"],
    ["podman", { "docker version": version("28.5.0"), "docker buildx": {}, "podman version": {} }, "podman"],
    ["auto", { "podman version": version("4.3.1") }, "podman-4"],
    ["auto", { "podman version": server("5.0.3") }, "podman-4"],
    ["podman", { "podman version": version("5.1.0") }, "podman"],
    ["podman", { "podman version": version("5.10.0-rhel") }, "podman"],
    ["docker", { "docker --version": { stdout: "podman version 5.4.0\n" }, "podman version": version("5.4.0") }, "podman"],
  ] as const)("%s with %j is %s", async (engine, answers, builder) => {
    expect(await detectBuilder(engine, answering(answers))).toBe(builder);
  });

  it.each([
    ["auto", {}, "ENGINE_MISSING"],
    ["docker", { "podman version": {} }, "ENGINE_MISSING"],
    ["podman", { "docker version": version("28.5.0") }, "ENGINE_MISSING"],
    ["auto", { "docker version": down, "docker buildx": {} }, "ENGINE_DOWN"],
    ["podman", { "podman version": { code: 125 } }, "ENGINE_DOWN"],
    ["docker", { "docker version": version("28.5.0"), "docker buildx": { code: 1 } }, "BUILDX_MISSING"],
  ] as const)("%s with %j is refused with %s", async (engine, answers, code) => {
    await expect(detectBuilder(engine, answering(answers))).rejects.toMatchObject({ code });
  });
});

describe("readDockerEngineVersion", () => {
  it.each([
    [{ "docker version": server("24.0.7") }, "24.0.7"],
    [{ "docker version": version("28.5.0") }, undefined],
    [{ "docker version": { ...down, stdout: '{"Client":{"Version":"28.5.0"},"Server":null}' } }, undefined],
    [{}, undefined],
  ])("of %j is %s", async (answers, engine) => {
    expect(await readDockerEngineVersion(answering(answers))).toBe(engine);
  });
});

describe("runProbe", () => {
  it("waits no longer than it says, even where a wrapper's own child holds on", async () => {
    const script = "require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 5000)'], { stdio: 'inherit' })";
    const started = Date.now();
    expect((await runProbe([process.execPath, "-e", script], 500)).code).toBe(TIMED_OUT);
    // The child goes on for five seconds; this says only that it is not waited for.
    expect(Date.now() - started).toBeLessThan(4_500);
  });

  it("reads what a command says, and knows one that does not exist", async () => {
    expect(await runProbe([process.execPath, "-p", "1+1"])).toEqual({ code: 0, stdout: "2\n", stderr: "" });
    expect((await runProbe(["no-such-engine", "version"])).code).toBeUndefined();
  });
});

describe("runCommand", () => {
  const node = (script: string) => ({ argv: [process.execPath, "-e", script] as const, env: { WORD: "x" } });

  it("returns the exit code and hands variables on", async () => {
    expect(await runCommand(node("process.exit(process.env.WORD === 'x' ? 7 : 1)"), import.meta.dirname)).toBe(7);
  });

  it("hands a file in without what its pattern matches", async () => {
    const folder = writeWorkspace({ Dockerfile: "HEALTHCHECK --start-interval=250ms --retries=3 \\\n  --start-interval=1s CMD x\n" });
    const script = `require("fs").readFileSync(0, "utf8") === "HEALTHCHECK --retries=3 \\\\\\n CMD x\\n" || process.exit(1)`;
    const input = { file: "Dockerfile", without: " *--start-interval=[0-9a-z.]*" };
    expect(await runCommand({ ...node(script), input }, folder)).toBe(0);
  });

  it("hands a text in and what is written out, both streams of it", async () => {
    let written = "";
    const script = "const text = require('fs').readFileSync(0, 'utf8'); console.log(text); console.error('é' + text)";
    const options = { stdin: "in", onOutput: (text: string) => void (written += text) };
    expect(await runCommand(node(script), import.meta.dirname, options)).toBe(0);
    expect(written.split("\n").sort()).toEqual(["", "in", "éin"]);
  });

  it("ends a command whose output breaks its reader", async () => {
    const onOutput = (): never => {
      throw new TypeError("broken");
    };
    await expect(runCommand(node("console.log('on'); setInterval(() => {}, 1000)"), import.meta.dirname, { onOutput })).rejects.toThrow("broken");
    expect(process.listenerCount("SIGTERM")).toBe(0);
  });

  it("ends a command that is called off, also before it has begun", async () => {
    const endless = node("console.log('on'); setInterval(() => {}, 1000)");
    const controller = new AbortController();
    const ended = runCommand(endless, import.meta.dirname, { signal: controller.signal, onOutput: () => controller.abort() });
    expect(await ended).toBe(128 + constants.signals.SIGTERM);
    expect(await runCommand(endless, import.meta.dirname, { signal: AbortSignal.abort() })).toBe(128 + constants.signals.SIGTERM);
  });

  it("ends a command whose time is over, and says so", async () => {
    expect(await runCommand(node("setInterval(() => {}, 1000)"), import.meta.dirname, { timeout: 100 })).toBe(TIMED_OUT);
    expect(await runCommand(node(""), import.meta.dirname, { timeout: 2 ** 40 })).toBe(0);
  });

  it("takes no exit code of the command's own for that, nor an end that comes just then", async () => {
    expect(await runCommand(node("process.exit(124)"), import.meta.dirname, { timeout: 60_000 })).toBe(124);
    const obliging = node("process.on('SIGTERM', () => process.exit(0)); console.log('on'); setInterval(() => {}, 1000)");
    expect(await runCommand(obliging, import.meta.dirname, { timeout: 1_500, onOutput: () => undefined })).toBe(0);
  });

  it("waits for no pipe that the child of an ended wrapper holds open", async () => {
    const start = performance.now();
    const wrapper = { argv: ["sh", "-c", "sleep 20; true"] as const, env: {} };
    expect(await runCommand(wrapper, import.meta.dirname, { timeout: 100, onOutput: () => undefined })).toBe(TIMED_OUT);
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  it("stays interrupted where its time is over, too, before it has ended", async () => {
    const stubborn = node("process.on('SIGTERM', () => setTimeout(() => process.exit(1), 3_000)); console.log('on'); setInterval(() => {}, 1000)");
    const controller = new AbortController();
    const options = { timeout: 2_500, signal: controller.signal, onOutput: () => controller.abort() };
    expect(await runCommand(stubborn, import.meta.dirname, options)).toBe(128 + constants.signals.SIGTERM);
  });

  it("hands an interrupt on, and counts it as shells do", async () => {
    const ended = runCommand(node("setInterval(() => {}, 1000); process.kill(process.ppid, 'SIGTERM')"), import.meta.dirname);
    expect(await ended).toBe(128 + constants.signals.SIGTERM);
    expect(process.listenerCount("SIGTERM")).toBe(0);
  });

  it("says which program is missing", async () => {
    await expect(runCommand({ argv: ["no-such-engine"], env: {} }, import.meta.dirname)).rejects.toMatchObject({
      code: "ENGINE_MISSING",
    });
  });
});

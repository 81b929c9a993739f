import { describe, expect, it } from "vitest";
import type { EngineKind } from "../build-plan.js";
import type { ProbeResult } from "../engine.js";
import { dropOldAliases } from "./alias-tags.js";

const ID = `sha256:${"1".repeat(64)}`;
const OWN = "f".repeat(64);

/** A tag of a key whose digits are all one. */
const tagOf = (digit: string): string => `ooneex-${digit.repeat(32)}`;

const NEW = tagOf("2").replace(/2$/, "3");

/** The names that an image loses which has these, once it has been given the tag of a new key. */
async function drop(engine: EngineKind, names: readonly string[], stdout?: string): Promise<string[]> {
  const image = { Id: ID, RepoTags: names, Config: { Labels: { "dev.ooneex.nx.key": OWN } } };
  const asked: string[] = [];
  const probe = (argv: readonly string[]): Promise<ProbeResult> => {
    if (argv[1] === "image") return Promise.resolve({ code: 0, stdout: stdout ?? JSON.stringify([image]), stderr: "" });
    asked.push(argv.join(" "));
    return Promise.resolve({ code: 1, stdout: "", stderr: "Error: No such image" });
  };
  await dropOldAliases(engine, ID, `billing:${NEW}`, probe);
  return asked;
}

describe("dropOldAliases", () => {
  const others = ["0", "1", "2", "3", "4", "5"].map((digit) => `billing:${tagOf(digit)}`);

  it("leaves a handful of names of other keys, and drops by name those whose digits follow last", async () => {
    expect(await drop("docker", ["billing:latest", ...others.slice(0, 4), `billing:${NEW}`])).toEqual([]);
    expect(await drop("docker", ["billing:latest", ...others, `billing:${NEW}`])).toEqual(others.slice(1, 3).map((name) => `docker rmi ${name}`));
  });

  it("never drops the name of the image's own key, of the new one, or what somebody else has named", async () => {
    const names = [`billing:${tagOf("f")}`, `billing:${NEW}`, "billing:ooneex-1", "orders:latest", `orders:${tagOf("6")}`, `ghcr.io/acme/billing:${tagOf("6")}`];
    expect(await drop("docker", [...others.slice(0, 4), ...names])).toEqual([]);
  });

  it("knows Podman's names", async () => {
    const names = [...others, `billing:${NEW}`].map((name) => `localhost/${name}`);
    expect(await drop("podman", names)).toEqual(names.slice(1, 3).map((name) => `podman rmi ${name}`));
  });

  it.each(["[]", ""])("drops nothing of an image that has gone: %j", async (stdout) => {
    expect(await drop("docker", others, stdout)).toEqual([]);
  });
});

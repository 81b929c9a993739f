import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { dockerSuite } from "./image/docker-suite.js";
import { searchImage } from "./image/search-image.js";
import { makeServiceWorkspace, type ServiceWorkspace } from "./image/service-workspace.js";
import { ONE_PROCESS } from "./workspace/environment.js";

/** Where something secret may be, each place with a word of its own. */
const CANARIES = {
  "a service's .env.yml": "canary-service-env",
  "another module's .env.yml": "canary-app-env",
  "the root's .env": "canary-dot-env",
  "the root's .env.production": "canary-dot-production",
  "the root's .npmrc": "canary-npmrc",
  "the user's .npmrc": "canary-home-npmrc",
  "a token in bunfig.toml": "canary-bunfig-token",
  "a password in an address of bunfig.toml": "canary-bunfig-address",
  "git's configuration": "canary-git-remote",
  "the environment": "canary-environment",
  "a file of the option secrets": "canary-secret-file",
  "a variable of the option secrets": "canary-secret-variable",
  "a key beside the source": "canary-private-key",
} as const;

const WORDS = Object.values(CANARIES);

/** Text of the service's source, which shows that a search finds what is there. */
const THERE = "a-text-of-the-service";

dockerSuite("a secret", () => {
  let made: ServiceWorkspace;
  let env: Record<string, string>;
  /** A registry that knows nobody's packages and keeps who asks. */
  let registry: Server;
  let host: string;
  const asked: (string | undefined)[] = [];

  const secrets = ["--secrets=id=npmrc,src=.npmrc", "--secrets=id=file,src=tmp/secret.txt", "--secrets=id=variable,env=CANARY_VARIABLE"];

  const run = async (argv: readonly string[], expected: "success" | "failure" = "success"): Promise<string> => {
    const { stdout, stderr } = await made.workspace.run(["nx", ...argv], { env, expect: expected });
    return stdout + stderr;
  };

  /** Every file that a build leaves in the workspace. */
  const left = async (folder: string): Promise<string> => {
    const entries = await readdir(join(made.workspace.root, folder), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return (await Promise.all(files.map(async (file) => `${file}\n${await readFile(file, "latin1")}`))).join("\n");
  };

  const found = (text: string) => WORDS.filter((word) => text.includes(word));

  beforeAll(async () => {
    registry = createServer(({ headers }, response) => {
      asked.push(headers.authorization);
      response.writeHead(404).end("{}");
    });
    await once(registry.listen(0, "127.0.0.1"), "listening");
    host = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
    made = await makeServiceWorkspace(inject("host"), "vault", ONE_PROCESS);
    const { workspace, service } = made;
    const add = async (file: string, text: string): Promise<void> =>
      workspace.write(file, `${workspace.exists(file) ? await workspace.read(file) : ""}${text}\n`);
    await made.use(`console.log("${THERE}");\n`);
    const dockerfile = await workspace.read(`modules/${service}/Dockerfile`);
    // Uses what the option hands in, as a step of a user's would.
    const use = "RUN --mount=type=secret,id=file --mount=type=secret,id=variable cat /run/secrets/* | wc -c\n";
    await workspace.write(`modules/${service}/Dockerfile`, dockerfile.replace("FROM deps AS build\n", `FROM deps AS build\n${use}`));
    const bunfig = await workspace.read("bunfig.toml");
    const scopes = [`"@private" = { url = "http://${host}/", token = "${CANARIES["a token in bunfig.toml"]}" }`, `"@other" = "http://ada:${CANARIES["a password in an address of bunfig.toml"]}@${host}/"`];
    await workspace.write("bunfig.toml", `${bunfig}${scopes.join("\n")}\n`);
    await workspace.run(["git", "remote", "add", "origin", `https://ada:${CANARIES["git's configuration"]}@git.example/acme.git`]);
    await workspace.run(["git", "config", "http.extraHeader", `Authorization: ${CANARIES["git's configuration"]}`]);
    await workspace.commit("feat: registries");
    await add(`modules/${service}/.env.yml`, `secret: ${CANARIES["a service's .env.yml"]}`);
    await add("modules/app/.env.yml", `secret: ${CANARIES["another module's .env.yml"]}`);
    await add(".env", `SECRET=${CANARIES["the root's .env"]}`);
    await add(".env.production", `SECRET=${CANARIES["the root's .env.production"]}`);
    await add(".npmrc", `//${host}/:_authToken=${CANARIES["the root's .npmrc"]}`);
    await add("tmp/home/.npmrc", `//${host}/:_authToken=${CANARIES["the user's .npmrc"]}`);
    await add("tmp/secret.txt", CANARIES["a file of the option secrets"]);
    await add(`modules/${service}/src/service.pem`, CANARIES["a key beside the source"]);
    env = {
      NPM_CONFIG_USERCONFIG: join(workspace.root, "tmp/home/.npmrc"),
      NPM_TOKEN: CANARIES["the environment"],
      APP_SECRET: CANARIES["the environment"],
      CANARY_VARIABLE: CANARIES["a variable of the option secrets"],
      // As much as a builder can say of a build.
      BUILDX_METADATA_PROVENANCE: "max",
    };
  });

  afterAll(async () => {
    registry.close();
    await made.dispose();
  });

  describe.each([
    ["of a build from what the service reaches", []],
    ["of a build from the whole repository", ["--prune=false"]],
  ])("%s", (_, flags) => {
    it("is in no layer, history or label, no line of the log and no file that is left", async () => {
      const files = ["--metadata-file=out/metadata.json", "--digest-file=out/digest.json"];
      const log = await run(["docker-build", made.service, "--no-cache", "--progress=plain", ...secrets, ...files, ...flags]);
      expect(log).toMatch(/^#\d+ \[.*wc -c/m);
      expect(found(log)).toEqual([]);
      // The source's text is in the bundle.
      expect(await searchImage(made.containers, made.image, [...WORDS, THERE])).toEqual([THERE]);
      expect(found(await made.containers.inspect(made.image, "{{json .}}"))).toEqual([]);
      const outputs = await left("out");
      expect(outputs).toContain((await made.id()).slice("sha256:".length));
      expect(found(outputs)).toEqual([]);
      const staged = await left(".nx/ooneex");
      expect(staged).toContain(flags.length === 0 ? THERE : "");
      expect(found(staged)).toEqual([]);
    });
  });

  it("is in no definition of a bake, and in no command that --dry-run shows", async () => {
    const log = await run(["run-many", "-t", "docker-build", "-p", made.service, "--batch", "--dry-run", ...secrets]);
    expect(log).toContain("id=variable,env=CANARY_VARIABLE");
    expect(found(log)).toEqual([]);
    expect(found(await run(["docker-build", made.service, "--dry-run", ...secrets]))).toEqual([]);
  });

  it("of bunfig.toml is said to stay out, and how it is brought, unless secrets are", async () => {
    const notice = "bunfig.toml spells out credentials, which stay out of the build";
    expect(await run(["docker-build", made.service, "--dry-run"])).toContain(notice);
    expect(await run(["docker-build", made.service, "--dry-run", ...secrets])).not.toContain(notice);
  });

  it("of an .npmrc gets to the registry that bunfig.toml names, and no other does", async () => {
    const { workspace, service } = made;
    const file = `modules/${service}/Dockerfile`;
    const dockerfile = await workspace.read(file);
    const install = /bun install --frozen-lockfile$/m;
    expect(dockerfile).toMatch(install);
    // The stage as it is, with packages that only the private registry can have.
    await workspace.write(file, dockerfile.replace(install, "{ bun add @private/ledger; bun add @other/ledger; false; }"));
    try {
      expect(await run(["docker-build", service, "--no-cache", ...secrets], "failure")).toContain("BUILD_FAILED");
    } finally {
      await workspace.write(file, dockerfile);
    }
    expect(new Set(asked)).toEqual(new Set([`Bearer ${CANARIES["the root's .npmrc"]}`]));
  });
});

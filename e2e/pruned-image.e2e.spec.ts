import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { dockerSuite } from "./image/docker-suite.js";
import { makeServiceWorkspace, type ServiceWorkspace } from "./image/service-workspace.js";
import { ONE_PROCESS } from "./workspace/environment.js";

const BASE = "oven/bun:1.4.5";

const MEGABYTE = 1e6;

dockerSuite("a pruned build", () => {
  let made: ServiceWorkspace;
  let dockerfile: string;

  /** What the service prints when its bundle is loaded; it ends then, since it has no environment. */
  const run = async (): Promise<string> => {
    const { stdout, stderr } = await made.containers.docker(["run", "--rm", made.image], { expect: "either" });
    return stdout + stderr;
  };

  const list = async (folder: string): Promise<string[]> =>
    (await made.containers.docker(["run", "--rm", made.image, "find", folder, "-type", "f"])).stdout.trim().split("\n");

  const sizeOf = async (image: string): Promise<number> => Number(await made.containers.inspect(image, "{{.Size}}"));

  const edit = async (path: string, change: (text: string) => string): Promise<void> =>
    made.workspace.write(path, change(await made.workspace.read(path)));

  const writeFacts = (facts: string) => edit(`modules/${made.service}/${made.service}.yml`, (text) => `${text}${facts}\n`);

  beforeAll(async () => {
    made = await makeServiceWorkspace(inject("host"), "payout", ONE_PROCESS);
    dockerfile = `modules/${made.service}/Dockerfile`;
  });

  afterEach(async () => {
    const { stdout } = await made.workspace.run(["git", "status", "--porcelain", "package.json"]);
    await made.workspace.run(["git", "checkout", "--quiet", "."]);
    await made.workspace.run(["git", "clean", "--quiet", "-fd"]);
    if (stdout !== "") await made.workspace.run(["bun", "install"]);
  });

  afterAll(() => made.dispose());

  it("adds the bundle and the runtime's YAML to the base, and nothing else", async () => {
    await made.build();
    expect((await list("/app")).sort()).toEqual(["/app/dist/index.js", `/app/${made.service}.yml`, "/app/roles.yml"].sort());
    expect((await sizeOf(made.image)) - (await sizeOf(BASE))).toBeLessThan(5 * MEGABYTE);
  });

  it("is what a build without Nx makes of the whole repository", async () => {
    await made.build();
    const nx = await list("/app/dist");
    const bundle = async () => (await made.containers.docker(["run", "--rm", made.image, "cat", ...nx])).stdout;
    const pruned = await bundle();
    await made.workspace.run(["docker", "build", "--network", "host", "-f", dockerfile, "--target", "production", "-t", made.image, "."]);
    expect(await list("/app/dist")).toEqual(nx);
    expect(await bundle()).toBe(pruned);
  });

  it("installs beside the bundle only what has native code, and what that needs", async () => {
    await made.workspace.run(["bun", "add", "@node-rs/crc32@1.10.6", "is-number@7.0.0"]);
    await made.use('import { crc32 } from "@node-rs/crc32";\nimport isNumber from "is-number";\nconsole.log("loaded", crc32("abc"), isNumber(7));\n');
    await made.build("--bom-file=out/bom.json");
    expect(await run()).toContain("loaded 891568578 true");
    const files = await list("/app/node_modules");
    expect(files.some((file) => file.includes("@node-rs/crc32"))).toBe(true);
    expect(files.filter((file) => !file.includes("@node-rs") && !file.includes("@node_modules"))).toEqual([]);
    // The bill of materials lists what is there, and what the bundle is made from.
    const bom = JSON.parse(await made.workspace.read("out/bom.json")) as { components: { "bom-ref": string; properties?: { value: string }[] }[] };
    const places = new Map(bom.components.map((each) => [each["bom-ref"], each.properties?.[0]?.value]));
    expect(Object.fromEntries(places)).toMatchObject({ [`image:${BASE}`]: undefined, "@node-rs/crc32@1.10.6": "node_modules", "is-number@7.0.0": "bundle" });
    const installed = await Promise.all(
      files.filter((file) => file.endsWith("/package.json")).map(async (file) => {
        const { stdout } = await made.containers.docker(["run", "--rm", made.image, "cat", file]);
        const { name, version } = JSON.parse(stdout) as { name: string; version: string };
        return `${name}@${version}`;
      }),
    );
    expect(installed.length).toBeGreaterThan(1);
    expect(installed.filter((reference) => places.get(reference) !== "node_modules")).toEqual([]);
  });

  it("has no bill of materials where it is made of the whole repository", async () => {
    expect(await made.refuse("--prune=false", "--bom-file=out/bom.json")).toContain("BOM_UNKNOWN");
    expect(made.workspace.exists("out/bom.json")).toBe(false);
  });

  it("is the same image from another checkout, built from nothing", async () => {
    const { workspace, service } = made;
    await made.build("--no-cache");
    const first = await made.id();
    // With it there, it would be the one that stays.
    await made.containers.docker(["rmi", "--force", first]);
    const cwd = `../elsewhere-${service}`;
    try {
      await workspace.run(["git", "clone", "--quiet", ".", cwd]);
      await workspace.run(["bun", "install"], { cwd });
      await workspace.run(["nx", "docker-build", service, "--no-cache"], { cwd });
      expect(await made.id()).toBe(first);
    } finally {
      await workspace.remove(cwd);
    }
  });

  it("installs what the manifest names as external, though it is only loaded by a computed name", async () => {
    await made.use('const name = ["m", "s"].join("");\nconsole.log("loaded", require(name)(60000));\n');
    await writeFacts("image:\n  external:\n    - ms");
    await made.build();
    expect(await run()).toContain("loaded 1m");
    expect((await list("/app/node_modules")).filter((file) => !file.includes("node_modules/ms/") && file !== "/app/node_modules/.bun")).toEqual([]);
  });

  it("fails with the package's name where the bundle imports what the image does not hold", async () => {
    await made.use('import { nanoid } from "nanoid";\nconsole.log(nanoid());\n');
    await edit(dockerfile, (text) => text.replace("--target=bun", "--target=bun --external=nanoid"));
    expect(await made.refuse()).toMatch(/BUNDLE_INCOMPLETE: the bundle imports nanoid, which the image does not hold; remedy: /);
  });

  it("installs beside the bundle what the bundle looks up when it runs", async () => {
    const calls = ['Bun.resolveSync("ms", import.meta.dir)', 'import.meta.resolve("ms")', 'require.resolve("ms")'];
    await made.use(`import { createRequire } from "node:module";\nconst load = createRequire(import.meta.url);\nconsole.log("loaded", load("ms")(60000), ${calls.join(", ")});\n`);
    await made.build();
    const output = await run();
    expect(output).toContain("loaded 1m");
    expect(output.match(/\/app\/node_modules\/\S*ms\/index\.js/g)).toHaveLength(calls.length);
  });

  it("leaves alone an import that may lead nowhere", async () => {
    await made.use('try {\n  require("not-installed-at-all");\n} catch {\n  console.log("loaded without");\n}\n');
    await made.build();
    expect(await run()).toContain("loaded without");
  });

  it("applies patches and overrides as an install of everything does", async () => {
    const patch = [
      "diff --git a/index.js b/index.js",
      "--- a/index.js",
      "+++ b/index.js",
      "@@ -1,3 +1,4 @@",
      '+console.log("patched");',
      " /**",
      "  * Helpers.",
      "  */",
      "",
    ].join("\n");
    await made.workspace.write("patches/ms@2.1.2.patch", patch);
    await edit("package.json", (text) => {
      const manifest = JSON.parse(text) as object;
      return JSON.stringify({ ...manifest, patchedDependencies: { "ms@2.1.2": "patches/ms@2.1.2.patch" }, overrides: { "is-number": "6.0.0" } }, null, 2);
    });
    await made.workspace.run(["bun", "add", "is-odd@3.0.1"]);
    await made.use('import ms from "ms";\nimport isOdd from "is-odd";\nconsole.log("loaded", ms(60000), isOdd(3));\n');
    await made.build();
    expect(await run()).toMatch(/patched[\s\S]*loaded 1m true/);
  });

  it.each(["true", "false"])("preloads nothing that bunfig.toml names, and goes by what that says of a bundle, with --prune=%s", async (prune) => {
    await made.workspace.write("tools/preload.ts", 'throw new Error("preloaded");\n');
    await edit("bunfig.toml", (text) => `preload = ["./tools/preload.ts"]\n\n[define]\nFROM_BUNFIG = "'defined'"\n\n${text}`);
    await made.use('declare const FROM_BUNFIG: string;\nconsole.log("loaded", FROM_BUNFIG);\n');
    await made.build(`--prune=${prune}`);
    expect(await run()).toContain("loaded defined");
  });

  it("takes in what the manifest includes, and counts it", async () => {
    const folder = `modules/${made.service}/templates`;
    await made.workspace.write(`${folder}/hello.txt`, "hello");
    await writeFacts(`image: { include: ["${folder}"] }`);
    await edit(dockerfile, (text) => text.replace("roles.yml /image/app/", `roles.yml ${folder} /image/app/`).replace("&& cp ", "&& cp -r "));
    await made.build();
    expect(await list("/app/templates")).toEqual(["/app/templates/hello.txt"]);
    await made.workspace.write(`${folder}/hello.txt`, "changed");
    expect(await made.build()).not.toContain("up to date");
    await made.workspace.remove(folder);
    expect(await made.refuse()).toContain("INCLUDE_MISSING: ");
  });

  it("counts what the Dockerfile itself copies from the repository", async () => {
    await made.workspace.write("NOTICE.txt", "one");
    await edit(dockerfile, (text) => text.replace("WORKDIR /app\n", "WORKDIR /app\nCOPY NOTICE.txt ./\n"));
    await made.build();
    expect(await made.build()).toContain("up to date");
    await made.workspace.write("NOTICE.txt", "two");
    expect(await made.build()).not.toContain("up to date");
    expect(await list("/app/NOTICE.txt")).toEqual(["/app/NOTICE.txt"]);
  });

  describe("is made of everything", () => {
    it("with --prune=false, and knows by Nx's hash what is up to date", async () => {
      expect(await made.build("--prune=false")).not.toContain("up to date");
      expect(await made.build("--prune=false")).toContain("up to date");
      await made.use("export const changed = true;\n");
      expect(await made.build("--prune=false")).not.toContain("up to date");
    });

    it("where the Dockerfile has no use for the stages, and says so", async () => {
      await made.workspace.write(dockerfile, `FROM ${BASE} AS production\nWORKDIR /app\nCOPY modules/${made.service} ./\n`);
      expect(await made.build()).toContain(`${dockerfile} is built from the whole repository: it makes no use of stages called manifests and sources`);
    });

    it("where a stage that Nx replaces has a line of its owner's, and names that", async () => {
      await edit(dockerfile, (text) => text.replace("COPY --from=context /repo /\n", "COPY --from=context /repo /\nCOPY --from=base /etc/hostname /\n"));
      expect(await made.build()).toMatch(/is built from the whole repository: a named context would take the place of line \d+, COPY --from=base \/etc\/hostname \//);
    });
  });

  it("follows modules that import each other", async () => {
    await made.workspace.write("modules/shared/src/circle.ts", `import { there } from "@module/${made.service}/there";\nexport const here = () => there;\n`);
    await made.workspace.write(`modules/${made.service}/src/there.ts`, 'export { here } from "@module/shared/circle";\nexport const there = "round";\n');
    await made.use('import { here } from "./there";\nconsole.log("loaded", here());\n');
    await made.build();
    expect(await run()).toContain("loaded round");
  });

  it("installs a module that imports itself by its name, where that is a link", async () => {
    await edit("package.json", (text) => text.replace('"@acme/money"', '"@module/shared": "workspace:*",\n    "@acme/money"'));
    await made.workspace.run(["bun", "install"]);
    await made.workspace.write("modules/shared/src/own.ts", 'export { one } from "@module/shared/src/one";\n');
    await made.workspace.write("modules/shared/src/one.ts", 'export const one = "itself";\n');
    await made.use('import { one } from "@module/shared/own";\nconsole.log("loaded", one);\n');
    await made.build();
    expect(await run()).toContain("loaded itself");
  });

  describe("refuses, before anything is built,", () => {
    it("a package that is in no manifest", async () => {
      await made.use('\nimport "left-pad";\n');
      const output = await made.refuse();
      expect(output).toMatch(/PACKAGE_UNDECLARED: .*left-pad/);
      expect(output).toContain(`modules/${made.service}/src/domain.ts:2`);
      expect(output).toContain("bun add left-pad");
    });

    it("a lockfile that is not up to date with package.json", async () => {
      await edit("package.json", (text) => text.replace('"ms": "2.1.2"', '"ms": "2.1.3"'));
      expect(await made.refuse()).toMatch(/LOCKFILE_OUTDATED: .*ms[\s\S]*remedy: .*bun install/);
    });

    it("a service without its entrypoint", async () => {
      await made.workspace.remove(`modules/${made.service}/src/index.ts`);
      expect(await made.refuse()).toContain(`ENTRYPOINT_MISSING: there is no entrypoint to follow the imports of\n  where:  modules/${made.service}/src/index.ts`);
    });

    it("a secret that is imported", async () => {
      await made.workspace.write(`modules/${made.service}/src/.env.local.json`, "{}");
      await made.use('import secret from "./.env.local.json";\nconsole.log(secret);\n');
      expect(await made.refuse()).toContain("SOURCE_SECRET: ");
    });
  });
});

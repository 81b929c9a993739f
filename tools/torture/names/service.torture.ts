import fc from "fast-check";
import { expect } from "vitest";
import { createComposedWorkspace } from "../../../packages/nx/src/testing/composed-workspace.js";
import { flattenEnv } from "../../../packages/nx/src/workspace/env-yml.js";
import { readNames } from "../../../packages/nx/src/workspace/names.js";
import { holds, type Tally, torture } from "../torture.js";
import { anyName, hostileText, legalName, mostly } from "./hostile.js";
import { expectInside, parseBack, parseDockerfile } from "./outputs.js";
import { type Generator, runGenerator } from "./run-generator.js";

/** The shared files that a module may be entered into. */
const SHARED = [
  "modules/app/app.yml",
  "modules/app/.env.yml",
  "tsconfig.json",
  ".commitlintrc.ts",
  "modules/app/src/AppModule.ts",
  "modules/shared/src/SharedModule.ts",
];

const healthPath = fc.oneof(
  fc.constantFrom("/healthcheck", "/api/v1/health", "/a.b/c~d", "/a/../b", "/..", "/a//b", "/a'b", "/`x`", "/${x}", "/a\nb", '/"', "/a?b=c"),
  hostileText.map((text) => `/${text}`),
  hostileText,
);

/** Options of which most can be taken each, so that the hostile rest is met by a generator that goes on. */
const options = fc.record(
  {
    name: mostly(legalName, anyName),
    healthPath: mostly(fc.constantFrom("/healthcheck", "/api/v1/health", "/a.b/c~d"), healthPath),
    tags: fc.array(hostileText, { maxLength: 3 }),
    port: mostly(fc.integer({ min: 3001, max: 65_535 }), fc.oneof(fc.integer({ min: -1, max: 70_000 }), fc.constantFrom(3000, Number.NaN, 1.5, Number.POSITIVE_INFINITY))),
    framework: mostly(fc.constantFrom("@ooneex", "@talosjs"), fc.constant('@evil"; x')),
    skipFormat: fc.boolean(),
  },
  { requiredKeys: ["name"] },
);

/** The instructions of every service's Dockerfile. */
let instructions: readonly string[] | undefined;

torture("microservice with hostile options: files, declarations and values as meant, or a refusal that writes nothing", async (tally) => {
  await holds(tally, 4_000, options, async (chosen) => {
    const tree = createComposedWorkspace({ "modules/app/src/AppModule.ts": "export const AppModule = {};\n" });
    const before = tree.listChanges().length;
    const changes = await attempt(tally, () => runGenerator(tree, "microservice", chosen));
    if (changes === undefined) {
      expect(tree.listChanges()).toHaveLength(before);
      return;
    }
    const root = changes.map(({ path }) => /^modules\/[^/]+(?=\/Dockerfile$)/.exec(path)?.[0]).find((path) => path !== undefined) ?? "";
    const names = readNames(root.slice("modules/".length));
    if (names === undefined) throw new Error(`no service of ${JSON.stringify(chosen.name)}`);
    const own = new Map(changes.filter(({ path }) => path.startsWith(`${root}/`)).map(({ path, content }) => [path.slice(root.length + 1), String(content)]));
    for (const { path, content } of changes) {
      // The workspace itself is in the same tree, never written to a disk.
      if (!path.startsWith(`${root}/`)) continue;
      expectInside(path, [`${root}/`]);
      parseBack(path, String(content));
    }
    const manifest = parseBack("m.yml", own.get(`${names.kebab}.yml`) ?? "") as Record<string, unknown>;
    expect(Object.keys(manifest)).toEqual(["type", "port"]);
    expect(manifest["type"]).toBe("microservice");
    if (chosen.port !== undefined) expect(manifest["port"]).toBe(chosen.port);
    const { nx } = parseBack("p.json", own.get("package.json") ?? "") as { nx?: { tags: string[] } };
    expect(nx?.tags ?? []).toEqual(chosen.tags ?? []);
    const dockerfile = own.get("Dockerfile") ?? "";
    expect(parseDockerfile(dockerfile)).toEqual((instructions ??= parseDockerfile(dockerfile)));
    expectProbes(dockerfile, chosen.healthPath ?? "/healthcheck");
    const { microservices } = parseBack("app.yml", tree.read("modules/app/app.yml", "utf8") ?? "") as { microservices: unknown[] };
    expect(microservices).toEqual([{ name: names.kebab, url: names.variable }]);
    expect(flattenEnv(tree.read("modules/app/.env.yml", "utf8") ?? "").get(names.variable)).toBe(`http://localhost:${manifest["port"] as number}`);
    const { compilerOptions } = parseBack("tsconfig.json", tree.read("tsconfig.json", "utf8") ?? "") as { compilerOptions: { paths: Record<string, string[]> } };
    expect(compilerOptions.paths[names.alias]).toEqual([`./${root}/src/*`]);
    expect(tree.read(".commitlintrc.ts", "utf8")).toContain(`"${names.kebab}"`);
  });
});

torture("module, extract, inline and both removals with hostile names: nothing outside of the module and the shared files", async (tally) => {
  const step = fc.record({ generator: fc.constantFrom<Generator>("module", "extract", "inline", "module-remove", "microservice", "microservice-remove"), hostile: fc.option(anyName, { freq: 2 }) });
  await holds(tally, 1_500, fc.tuple(mostly(legalName, anyName), fc.array(step, { minLength: 1, maxLength: 5 })), async ([name, steps]) => {
    const tree = createComposedWorkspace();
    const untouched = (): string[] => [tree.read("nx.json", "utf8") ?? "", tree.read("package.json", "utf8") ?? "", tree.read("modules/shared/shared.yml", "utf8") ?? ""];
    const before = untouched();
    const present = new Set(tree.listChanges().map(({ path }) => path));
    for (const { generator, hostile } of steps) {
      const force = generator === "inline" || generator.endsWith("-remove") ? { force: true } : {};
      const written = await attempt(tally, () => runGenerator(tree, generator, { name: hostile ?? name, ...force }));
      for (const { path, content, type } of written ?? []) {
        if (present.has(path) && !SHARED.includes(path)) continue;
        expectInside(path, [...SHARED, ...listRoots(tree.children("modules"))]);
        if (type !== "DELETE") parseBack(path, String(content));
      }
    }
    expect(untouched()).toEqual(before);
    for (const path of present) expect(tree.exists(path), path).toBe(true);
  });
});

/** What the health check of a container runs: one argument of Bun, whose paths are the ones that were asked for. */
function expectProbes(dockerfile: string, path: string): void {
  const command = JSON.parse(/^ *CMD (\["bun", "-e".*)$/m.exec(dockerfile)?.[1] ?? "[]") as string[];
  expect(command).toHaveLength(3);
  const probes = [...(command[2] ?? "").matchAll(/'(\/[^']*)'/g)].map((match) => match[1]);
  expect(probes).toContain(path);
  expect(parseBack("check.ts", `async () => { ${command[2] ?? ""} }`)).toBeDefined();
}

function listRoots(folders: readonly string[]): string[] {
  return folders.filter((folder) => readNames(folder) !== undefined && folder !== "app" && folder !== "shared").map((folder) => `modules/${folder}/`);
}

async function attempt<T>(tally: Tally, run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    tally.countRefusal(error);
    return undefined;
  }
}

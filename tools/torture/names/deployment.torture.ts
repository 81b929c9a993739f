import type { Tree } from "@nx/devkit";
import fc from "fast-check";
import { expect } from "vitest";
import { START } from "../../../packages/nx/src/topology/section.js";
import { createWorkspace, OONEEX_WORKSPACE } from "../../../packages/nx/src/testing/fake-workspace.js";
import { readNames } from "../../../packages/nx/src/workspace/names.js";
import { holds, torture } from "../torture.js";
import { stringify } from "../yaml.js";
import { hostileText, legalName, mostly } from "./hostile.js";
import { listMarkup, parseBack, shapeOf } from "./outputs.js";
import { type Generator, runGenerator } from "./run-generator.js";

/** A service as its manifests describe it, in which everything but the folder's name may be hostile. */
const service = fc.record({
  folder: legalName.map((name) => name.replaceAll(" ", "-")),
  type: mostly(fc.constantFrom("microservice", "api"), hostileText),
  port: mostly(fc.integer({ min: 3001, max: 65_535 }), fc.oneof(hostileText, fc.constant(-1), fc.constant(1e9))),
  repository: fc.option(mostly(fc.constantFrom("ghcr.io/acme/x", "localhost:5000/y"), hostileText), { nil: undefined }),
  url: fc.option(mostly(fc.constant("OTHER_URL"), hostileText), { nil: undefined }),
  environment: fc.dictionary(fc.oneof(hostileText, fc.constantFrom("database", "api_key", "settings")), fc.oneof(hostileText, fc.constantFrom("redis://r", "x")), { maxKeys: 3 }),
  probe: mostly(fc.constant("/health"), hostileText),
});

const workspace = fc.record({
  services: fc.uniqueArray(service, { minLength: 1, maxLength: 3, selector: ({ folder }) => folder }),
  name: mostly(fc.constantFrom("acme", "@acme/Shop"), hostileText),
  defaultBase: mostly(fc.constantFrom("main", "release/1.x"), hostileText),
  registry: mostly(fc.constant("ghcr.io/acme"), hostileText),
  bunVersion: mostly(fc.constant("1.4.5"), hostileText),
  declared: fc.array(fc.record({ name: mostly(legalName, hostileText), url: mostly(fc.constant("X_URL"), hostileText) }), { maxLength: 2 }),
});

type Workspace = typeof workspace extends fc.Arbitrary<infer T> ? T : never;

const RUNS: readonly { readonly generator: Generator; readonly options: fc.Arbitrary<object> }[] = [
  {
    generator: "compose",
    options: fc.record({ file: mostly(fc.constant("docker-compose.production.yml"), fc.oneof(hostileText.map((text) => `a${text}.yml`), fc.constantFrom("a/../../evil.yml", "a/../.yml", "deploy/x.yml"))), publish: mostly(fc.constant([]), fc.array(hostileText)) }, { requiredKeys: [] }),

  },
  {
    generator: "kubernetes",
    options: fc.record({ folder: mostly(fc.constant("deploy/k8s"), hostileText), environments: mostly(fc.constant(["staging"]), fc.array(hostileText)), namespace: mostly(fc.constant("acme-{environment}"), hostileText) }, { requiredKeys: [] }),

  },
  { generator: "ci", options: fc.record({ provider: fc.constantFrom("github", "gitlab", "bitbucket") }) },
  { generator: "topology", options: fc.record({ page: mostly(fc.constant("topology.html"), hostileText.map((text) => `${text}.html`)), readme: mostly(fc.constant("README.md"), hostileText.map((text) => `${text}.md`)) }, { requiredKeys: [] }) },
];

for (const { generator, options } of RUNS) {
  torture(`${generator} on hostile manifests and options: parses back to the same keys and values, inside the workspace`, async (tally) => {
    await holds(tally, 500, fc.tuple(workspace, options), async ([facts, chosen]) => {
      const tree = makeTree(facts);
      const present = new Map(tree.listChanges().map(({ path, content }) => [path, String(content)]));
      try {
        await runGenerator(tree, generator, chosen);
      } catch (error) {
        tally.countRefusal(error);
        expect(tree.listChanges()).toHaveLength(present.size);
        return;
      }
      for (const { path, content } of tree.listChanges()) {
        const text = String(content);
        if (present.get(path) === text) continue;
        expectWithin(path);
        CHECKS[generator]?.(path, text, facts);
      }
    });
  });
}

/** Options may name any file of the workspace, in any script; none outside of it, and none of a tool. */
function expectWithin(path: string): void {
  const parts = path.split("/");
  expect(path).not.toMatch(/^\/|\\|\p{Cc}/u);
  expect(parts).not.toContain("..");
  expect(parts).not.toContain(".git");
}

const CHECKS: Partial<Record<Generator, (path: string, text: string, facts: Workspace) => void>> = {
  compose: (path, text) => {
    const { services, volumes, ...rest } = parseBack("compose.yml", text) as { services?: Record<string, Record<string, unknown>>; volumes?: object; name?: string };
    expect(Object.keys(rest).filter((key) => key !== "name")).toEqual([]);
    for (const name of Object.keys({ ...services, ...volumes })) expect(readNames(name), name).toBeDefined();
    for (const [name, block] of Object.entries(services ?? {})) {
      expect(SERVICE_KEYS, name).toEqual(expect.arrayContaining(Object.keys(block)));
      for (const variable of Object.keys((block["environment"] ?? {}))) expect(variable).toMatch(/^[A-Z_][A-Z0-9_]*$/);
      expect(String(block["image"])).toMatch(/^\$\{[A-Z0-9_]+_IMAGE:-[a-z0-9_-]+:[\w.-]+\}$/);
    }
  },
  kubernetes: (path, text) => {
    if (!/\.ya?ml$/.test(path)) {
      for (const line of text.split("\n")) expect(line).toMatch(/^(?:#|[A-Z_][A-Z0-9_]*=|$)/);
      return;
    }
    const parsed = parseBack("x.yaml", text) as Record<string, unknown>;
    expect(KUBERNETES_KEYS, path).toEqual(expect.arrayContaining(Object.keys(parsed)));
    for (const { newName } of (parsed["images"] ?? []) as { newName: string }[]) expect(newName, text).toMatch(/^[\w.:[\]/-]+$/);
    const pod = (parsed["spec"] as { template?: { spec?: object } } | undefined)?.template?.spec;
    if (pod !== undefined) expect(POD_KEYS).toEqual(expect.arrayContaining(Object.keys(pod)));
  },
  ci: (path, text, { defaultBase }) => {
    // The owner's script is the same in every workspace: it holds no name.
    if (path.endsWith(".sh")) return expect(text).toBe((script ??= text));
    const parsed = parseBack("ci.yml", text);
    expect(shapeOf(withoutBranch(parsed, defaultBase))).toEqual((shapes[path] ??= shapeOf(withoutBranch(parsed, defaultBase))));
    // What a provider fills in by itself is this generator's: as many as in every other pipeline.
    expect(text.split("${{").length).toBe((expressions[path] ??= text.split("${{").length));
  },
  topology: (path, text) => {
    if (path.endsWith(".html")) {
      const opened = (scripts ??= text.split(/<script\b/i).length);
      expect(text.split(/<script\b/i)).toHaveLength(opened);
      expect(text.split(/<\/script/i)).toHaveLength(opened);
      for (const name of listMarkup(text)) expect(name).not.toMatch(ACTIVE);
      return;
    }
    const [, drawing] = /```mermaid\n([\s\S]*?)\n```/.exec(text.slice(text.indexOf(START))) ?? [];
    for (const line of (drawing ?? "x").split("\n")) expect(line, text).toMatch(MERMAID_LINE);
  },
};

/** Elements and attributes that load or run something. No page has any of them, and the fragments of hostile names would add some. */
const ACTIVE = /^\/?(?:img|iframe|object|embed|form|base|frame|audio|video|source|portal)(?:@|$)|@(?:on\w+|src|srcdoc|action|formaction)$|[^\w@:!/-]/i;

let scripts: number | undefined;
let script: string | undefined;

const shapes: Record<string, unknown> = {};
const expressions: Record<string, number> = {};

const SERVICE_KEYS = ["image", "restart", "init", "ports", "env_file", "environment", "read_only", "tmpfs", "cap_drop", "security_opt", "profiles", "volumes", "healthcheck"];
const KUBERNETES_KEYS = ["apiVersion", "kind", "metadata", "spec", "resources", "configMapGenerator", "images", "namespace", "patches", "automountServiceAccountToken", "labels", "generatorOptions"];
const POD_KEYS = ["serviceAccountName", "automountServiceAccountToken", "enableServiceLinks", "terminationGracePeriodSeconds", "securityContext", "topologySpreadConstraints", "containers", "volumes"];

/** Every line that a flowchart of ours can have: labels are plain letters, entity codes and line breaks between double quotes. */
const MERMAID_LINE =
  /^(?:flowchart LR| *(?:n\d+(?:\[\[|\[\(|\[)"(?:[A-Za-z0-9 ._/:@-]|#\d+;|<br\/>)*"(?:\]\]|\)\]|\])|subgraph g\d\["(?:Services|Datastores)"\]|end|n\d+ (?:-->|-\.-) n\d+|classDef \w+ [\w:#,.\- ]+|class [n\d,]+ \w+))$/;

/** Bitbucket's pipelines have the main branch for a key. */
function withoutBranch(parsed: unknown, branch: string): unknown {
  const { pipelines } = parsed as { pipelines?: { branches?: Record<string, unknown> } };
  if (pipelines?.branches === undefined) return parsed;
  expect(Object.keys(pipelines.branches)).toEqual([branch.replace(/^(?:refs\/remotes\/)?origin\//, "")]);
  return { ...(parsed as object), pipelines: { ...pipelines, branches: Object.values(pipelines.branches) } };
}

function makeTree({ services, name, defaultBase, registry, bunVersion, declared }: Workspace): Tree {
  const files: Record<string, string> = {
    "package.json": JSON.stringify({ ...(JSON.parse(OONEEX_WORKSPACE["package.json"] ?? "{}") as object), name }),
    "nx.json": JSON.stringify({ defaultBase, plugins: [{ plugin: "@ooneex/nx", options: { registry } }] }),
    ".bun-version": bunVersion,
    "modules/app/app.yml": stringify({ type: "api", microservices: [...declared, ...services.flatMap(({ folder, url }) => (url === undefined ? [] : [{ name: folder, url }]))] }),
  };
  for (const { folder, type, port, repository, environment, probe } of services) {
    files[`modules/${folder}/${folder}.yml`] = stringify({ type, port, ...(repository === undefined ? {} : { image: { repository } }) });
    files[`modules/${folder}/.env.example.yml`] = stringify(environment);
    files[`modules/${folder}/Dockerfile`] = `FROM oven/bun\nHEALTHCHECK CMD curl 'http://localhost:3500${probe}'\nCMD x\n`;
  }
  return createWorkspace(files);
}


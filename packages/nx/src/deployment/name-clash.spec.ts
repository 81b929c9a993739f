import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { OoneexNxError } from "../errors.js";
import { resolveNames } from "../workspace/names.js";
import { refuseNewClash } from "../workspace/name-clash.js";
import { updateCompose } from "./compose-file.js";
import { renderService } from "./kubernetes-files.js";
import type { KubernetesService } from "./kubernetes-service.js";
import { sortVariables } from "./kubernetes-variables.js";

/** Names that look like what is generated beside a service: stores, variables, objects, files. */
const PARTS = ["postgres", "redis", "image", "publish", "config", "secrets", "url", "service", "host", "port", "env", "dev", "true", "null", "on", "pg", "template0"];
const STEMS = ["app", "billing", "x"];
const NAMES = [...STEMS, ...PARTS, ...STEMS.flatMap((stem) => PARTS.map((part) => `${stem}-${part}`)), ...PARTS.flatMap((part) => PARTS.map((other) => `${part}-${other}`)), "billing-postgres-redis"];

/** Editing a file takes its time, so that not all are tried beside all. */
const PAIRS = [
  ...[...STEMS, ...PARTS].flatMap((one) => [[one, "redis"] as const, [one, `${one}-postgres`] as const]),
  ...PARTS.map((part) => ["billing", `billing-${part}`] as const),
].filter(([one, other]) => one !== other);

const isLegal = (name: string): boolean => name === "app" || resolveNames(name).kebab === name;

function compose(names: readonly string[]): string {
  const services = names.map((name, index) => ({ name, image: name.replaceAll("-", "_"), port: 3001 + index, urls: new Map(names.filter((other) => other !== name).map((other) => [`MICROSERVICE_${other.replaceAll("-", "_").toUpperCase()}_URL`, other])) }));
  return updateCompose(undefined, { project: "acme", services, publish: new Set(names), datastores: undefined }, "docker-compose.yml").text;
}

/** Whose each variable of a compose file's interpolation is; datastores' images are everybody's. */
function readVariables(text: string): [variable: string, owner: string][] {
  const { services } = parse(text) as { services: Record<string, unknown> };
  return Object.entries(services).flatMap(([owner, block]) => [...JSON.stringify(block).matchAll(/\$\{([A-Z0-9_]+):-/g)].map((match): [string, string] => [match[1] ?? "", owner]));
}

const kubernetes = (name: string): KubernetesService => {
  const variables = sortVariables({ name, port: 3001, environment: new Map([["DATABASE_URL", ""]]), empty: [], urls: new Map() });
  return { name, image: name.replaceAll("-", "_"), port: 3001, probePath: undefined, isOpen: false, variables, callers: [], callees: [], datastorePorts: [] };
};

describe("names of services that look like what is generated", () => {
  it("are two hundred and more", () => {
    expect(NAMES.filter(isLegal).length).toBeGreaterThan(200);
  });

  it("give every pair of services blocks, hosts, volumes and variables of their own in compose, or are refused with both names", () => {
    const refused: string[] = [];
    for (const [one, other] of PAIRS) {
      let text: string;
      try {
        text = compose([one, other]);
      } catch (error) {
        expect(error).toBeInstanceOf(OoneexNxError);
        expect(error).toMatchObject({ code: "NAME_CLASH" });
        expect([one, other].every((name) => (error as OoneexNxError).what.includes(`modules/${name}`))).toBe(true);
        refused.push(`${one} ${other}`);
        continue;
      }
      const { services, volumes } = parse(text) as { services: Record<string, { image: string }>; volumes: object };
      const stores = [one, other].flatMap((name) => [`${name}-postgres`, `${name}-redis`]);
      expect(Object.keys(services).sort()).toEqual([one, other, ...stores].sort());
      expect(Object.keys(volumes).sort()).toEqual([...stores].sort());
      const owners = new Map<string, string>();
      for (const [variable, owner] of readVariables(text)) {
        if (variable === "APP_ENV") continue;
        const kind = /^(POSTGRES|REDIS)_IMAGE$/.exec(variable)?.[1]?.toLowerCase();
        if (kind === undefined) expect([variable, owners.get(variable) ?? owner]).toEqual([variable, owner]);
        else expect(stores.filter((store) => store.endsWith(`-${kind}`))).toContain(owner);
        owners.set(variable, owner);
      }
    }
    expect(refused).toEqual(PAIRS.filter(([one, other]) => isStoreOf(one, other) || isStoreOf(other, one)).map((pair) => pair.join(" ")));
  }, 60_000);

  it("give every object of every service a name of its own on Kubernetes", () => {
    const objects = NAMES.flatMap((name) =>
      [...renderService(kubernetes(name))].flatMap(([, text]) => {
        const { kind, metadata, configMapGenerator = [] } = parse(text.replaceAll(/^[A-Z_]+=.*$/gm, "")) as { kind?: string; metadata?: { name: unknown }; configMapGenerator?: { name: unknown }[] } ?? {};
        return [...(metadata === undefined ? [] : [[kind, metadata.name]]), ...configMapGenerator.map((map) => ["ConfigMap", map.name])];
      }),
    );
    expect(objects.length).toBe(NAMES.length * 7);
    expect(objects.every(([, name]) => typeof name === "string")).toBe(true);
    expect(new Set(objects.map((object) => object.join(" "))).size).toBe(objects.length);
  });

  it("are not those that Postgres keeps for itself", () => {
    for (const name of ["pg-queue", "template0", "template1", "public", "none"]) {
      const { services } = parse(compose([name])) as { services: Record<string, { environment: Record<string, string> }> };
      expect(services[`${name}-postgres`]?.environment).toMatchObject({ POSTGRES_USER: `service_${name.replaceAll("-", "_")}`, POSTGRES_DB: `service_${name.replaceAll("-", "_")}` });
    }
  });

  it.each([
    ["billing-postgres", ["app", "billing"], "modules/billing"],
    ["billing", ["app", "billing-redis"], "modules/billing-redis"],
    ["app-redis", ["app"], "modules/app"],
  ])("refuses a new %s beside %j, naming both", (name, others, other) => {
    expect(() => refuseNewClash(name, others)).toThrow(expect.objectContaining({ code: "NAME_CLASH", what: expect.stringContaining(other) as string }) as Error);
    expect(() => refuseNewClash(name, others)).toThrow(expect.objectContaining({ what: expect.stringContaining(`modules/${name}`) as string }) as Error);
  });

  it("lets others be", () => {
    for (const name of ["postgres", "redis", "billing-postgresql", "billing"]) expect(() => refuseNewClash(name, ["app", "billing"])).not.toThrow();
  });

  it("does not take a datastore that is there for a service that is new", () => {
    const before = compose(["billing"]);
    const service = (name: string) => ({ name, image: name.replaceAll("-", "_"), port: 3001, urls: new Map<string, string>() });
    const request = { project: undefined, services: [service("billing"), service("billing-postgres")], publish: new Set<string>(), datastores: false };
    expect(() => updateCompose(before, request, "c.yml")).toThrow(expect.objectContaining({ code: "NAME_CLASH", what: expect.stringContaining("modules/billing-postgres") as string }) as Error);
  });

  it.each(["localhost", "kubernetes", "default"])("is not %s, unless there is such a module already", (name) => {
    expect(() => resolveNames(name)).toThrow(expect.objectContaining({ code: "NAME_RESERVED" }) as Error);
    expect(resolveNames(name, (root) => root === `modules/${name}`).kebab).toBe(name);
  });
});

const isStoreOf = (one: string, other: string): boolean => one === `${other}-postgres` || one === `${other}-redis`;

import fc from "fast-check";
import { parseSync } from "oxc-parser";
import { posix } from "node:path";
import { expect } from "vitest";
import { buildReferences, isReference } from "../../../packages/nx/src/image/reference.js";
import { flattenEnv, setEnvVariable } from "../../../packages/nx/src/workspace/env-yml.js";
import { type ModuleNames, readNames, resolveNames } from "../../../packages/nx/src/workspace/names.js";
import { holds, torture } from "../torture.js";
import { anyName, hostileText, plausibleName } from "./hostile.js";

/** A path component of an image reference, from the grammar of github.com/distribution/reference. */
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;

/** What Windows takes for a device, with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

torture("a name: every identifier legal, one normal form from every spelling, or a refusal", async (tally) => {
  await holds(tally, 90_000, anyName, (input) => {
    const names = tally.attempt(() => resolveNames(input));
    if (names !== undefined) expectLegal(names);
  });
});

torture("two names: never the same class, variable, folder or image of two services", async (tally) => {
  await holds(tally, 20_000, fc.tuple(plausibleName, plausibleName), ([one, other]) => {
    tally.cases += 1;
    const [first, second] = [one, other].map((name) => tally.attempt(() => resolveNames(name)));
    if (first === undefined || second === undefined || first.kebab === second.kebab) return;
    for (const key of ["pascal", "snake", "packageName", "alias", "variable", "root"] as const) expect(first[key]).not.toBe(second[key]);
  });
});

torture("a folder under modules/: read as a name, or left out", async (tally) => {
  await holds(tally, 20_000, anyName, (folder) => {
    const names = readNames(folder);
    if (names === undefined) tally.refusals += 1;
    else {
      expect(names.kebab).toBe(folder);
      expect(names.variable).toMatch(/^[A-Z_][A-Z0-9_]*$/);
      expect(names.snake).toMatch(PATH_COMPONENT);
      expectIdentifier(`${names.pascal}Module`);
    }
  });
});

torture("tags and repositories of an image: references by the grammar, or a refusal", async (tally) => {
  const tag = fc.oneof(hostileText, hostileText.map((text) => `:${text}`), fc.constantFrom(":1.2.0", "ghcr.io/acme/billing:1", ":Main_1", "localhost:5000/a"));
  const options = fc.record({ tags: fc.array(tag, { maxLength: 3 }), repository: fc.option(fc.oneof(hostileText, fc.constant("ghcr.io/acme/billing")), { nil: undefined }), push: fc.boolean() });
  await holds(tally, 20_000, options, ({ tags, repository, push }) => {
    const references = tally.attempt(() => buildReferences({ name: "billing", tags, repository, push })) ?? [];
    for (const reference of references) {
      expect(isReference(reference)).toBe(true);
      // No flag, and one word of a shell, a Dockerfile and a list in YAML.
      expect(reference).toMatch(/^[A-Za-z0-9[][\w./:@[\]-]*$/);
    }
  });
});

function expectLegal(names: ModuleNames): void {
  const { kebab, pascal, snake, variable, root, packageName, alias } = names;
  expect(kebab).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
  expect(kebab.length).toBeLessThanOrEqual(63);
  expect(kebab).not.toMatch(DEVICE);
  expect(posix.join("/workspace", root)).toBe(`/workspace/modules/${kebab}`);
  expect(packageName).toBe(`@module/${kebab}`);
  expect(alias).toBe(`@module/${kebab}/*`);
  expect(snake).toMatch(PATH_COMPONENT);
  expect(isReference(`${snake}:latest`)).toBe(true);
  expect(variable).toMatch(/^[A-Z_][A-Z0-9_]*$/);
  expectIdentifier(`${pascal}Module`);
  for (const spelling of listSpellings(names)) expect(resolveNames(spelling), spelling).toEqual(names);
  expect(readNames(kebab)).toEqual(names);
  // The framework flattens the path of an env file; what comes out has to be the variable that app.yml names.
  expect(flattenEnv(setEnvVariable("", variable, "x"))).toEqual(new Map([[variable, "x"]]));
}

function listSpellings({ kebab, pascal, snake }: ModuleNames): string[] {
  const camel = pascal.charAt(0).toLowerCase() + pascal.slice(1);
  return [kebab, snake, pascal, camel, `${pascal}Module`, `${kebab}-module`, kebab.replaceAll("-", " "), ` ${kebab} `, snake.toUpperCase()];
}

function expectIdentifier(name: string): void {
  const { errors, program } = parseSync("name.ts", `export class ${name} {}`);
  expect(errors).toEqual([]);
  expect(program.body).toHaveLength(1);
  expect(name).toMatch(/^[A-Za-z][A-Za-z0-9]*$/);
}


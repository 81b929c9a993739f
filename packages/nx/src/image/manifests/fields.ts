/** The fields of a package.json, and of an entry of bun.lock, that name dependencies. */
export const DEPENDENCY_FIELDS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] as const;

export type DependencyField = (typeof DEPENDENCY_FIELDS)[number];

/** Names with the text that follows them: a range, a URL, a path. */
export type Texts = Readonly<Record<string, string>>;

/** Dependencies by field, then by name. Each field is there, most often empty. */
export type Dependencies = Readonly<Record<DependencyField, Texts>>;

type Json = Readonly<Record<string, unknown>>;

/** Reads a value as an object; anything else is an empty one. */
export function readObject(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** Reads the entries of an object that are texts. */
export function readTexts(value: unknown): Texts {
  const entries = Object.entries(readObject(value));
  return makeTexts(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** Makes an object that has nothing but the entries: a package may be called `constructor`. */
export function makeTexts(entries: Iterable<readonly [string, string]>): Texts {
  const texts = Object.create(null) as Record<string, string>;
  for (const [name, text] of entries) texts[name] = text;
  return texts;
}

/** Reads an object of objects of texts, such as catalogs by their names. */
export function readGroups(value: unknown): ReadonlyMap<string, Texts> {
  return new Map(Object.entries(readObject(value)).map(([name, group]) => [name, readTexts(group)]));
}

/** Reads the members of a list that are texts; `undefined` where there is no list. */
export function readNames(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === "string") : undefined;
}

/** Reads the dependencies of a package.json or of an entry of bun.lock. */
export function readDependencies(object: unknown): Dependencies {
  const fields = readObject(object);
  return {
    dependencies: readTexts(fields["dependencies"]),
    devDependencies: readTexts(fields["devDependencies"]),
    optionalDependencies: readTexts(fields["optionalDependencies"]),
    peerDependencies: readTexts(fields["peerDependencies"]),
  };
}

/** The first field that declares a package, in the order of {@link DEPENDENCY_FIELDS}. */
export function findDeclaration(dependencies: Dependencies, name: string): string | undefined {
  for (const field of DEPENDENCY_FIELDS) {
    const text = dependencies[field][name];
    if (text !== undefined) return text;
  }
  return undefined;
}

/**
 * Keeps the entries that pass, in the order of their names: what is written must not change because somebody sorts a
 * manifest. By code unit, which is the same on every machine.
 */
export function keepTexts(texts: Texts, keep: (name: string) => boolean): Texts {
  return makeTexts(
    Object.entries(texts)
      .filter(([name]) => keep(name))
      .sort(([a], [b]) => compare(a, b)),
  );
}

/** Orders by code unit. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

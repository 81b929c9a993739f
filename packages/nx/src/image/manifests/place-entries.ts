import type { Closure } from "./closure.js";
import { compare } from "./fields.js";
import { findKey } from "./key.js";
import type { LockedPackage } from "./lockfile.js";

/** A package, wherever it is placed. */
interface PlacedPackage {
  readonly entry: LockedPackage;
  /** The text of the package that each of its dependencies means; `undefined` where none is included. */
  readonly needs: ReadonlyMap<string, string | undefined>;
}

/** What sees packages first, in this order: the root, then each workspace by its name. */
export interface Seer {
  /** "" for the root, else the workspace's name. */
  readonly name: string;
  /** Entries by the name that it imports them with. */
  readonly imports: ReadonlyMap<string, LockedPackage>;
}

/** More places than this per package mean that packages of two versions need each other in a circle. */
const PLACES_PER_PACKAGE = 8;

/**
 * Places packages anew: each at the top where the name is free, else under what needs it. Where bun.lock has a package depends
 * on all others of the repository, so a dependency of another service moves it; its place here depends on what is included
 * and on nothing else.
 *
 * @param closure - the entries with their old places
 * @param seers - the root and the workspaces
 * @returns entries by their new key, in order; `undefined` where no such placing means the same as the old one
 */
export function placeEntries(
  { entries }: Pick<Closure, "entries">,
  seers: readonly Seer[],
): Map<string, LockedPackage> | undefined {
  const packages = readPackages(entries);
  if (packages === undefined) return undefined;
  const places = new Map<string, LockedPackage>();
  const queue: { from: string; needs: PlacedPackage["needs"] }[] = [];
  const absent = readAbsentNames(packages);
  const limit = PLACES_PER_PACKAGE * (packages.size + 1);

  const place = (key: string, text: string): void => {
    const found = packages.get(text) as PlacedPackage;
    places.set(key, found.entry);
    queue.push({ from: key, needs: found.needs });
  };
  const satisfy = (from: string, needs: PlacedPackage["needs"]): void => {
    for (const [name, text] of [...needs].sort(([a], [b]) => compare(a, b))) {
      if (text === undefined) continue;
      const key = findKey((candidate) => places.has(candidate), from, name);
      if (key !== undefined && places.get(key)?.text === text) continue;
      // What is in the archive of a package is under it, whether or not the name is free above.
      const under = key !== undefined || absent.has(name) || packages.get(text)?.entry.bundled === true;
      place(under && from !== "" ? `${from}/${name}` : name, text);
    }
  };

  const sources = seers.map(({ name, imports }) => ({ from: name, needs: readImports(imports) }));
  for (const { from, needs } of sources) satisfy(from, needs);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (places.size > limit) return undefined;
    satisfy(next.from, next.needs);
  }
  const placed = [...places].map(([from, { text }]) => ({ from, needs: (packages.get(text) as PlacedPackage).needs }));
  const isSame = [...sources, ...placed].every(({ from, needs }) =>
    [...needs].every(([name, text]) => {
      const key = findKey((candidate) => places.has(candidate), from, name);
      return (key === undefined ? undefined : places.get(key)?.text) === text;
    }),
  );
  return isSame ? new Map([...places].sort(([a], [b]) => compare(a, b))) : undefined;
}

/** Packages by their text; `undefined` where one text means different things at two places. */
function readPackages(entries: Closure["entries"]): Map<string, PlacedPackage> | undefined {
  const packages = new Map<string, PlacedPackage>();
  for (const entry of entries.values()) {
    const { dependencies, optionalDependencies, peerDependencies } = entry.dependencies;
    const needs = new Map<string, string | undefined>();
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const key = findKey((candidate) => entries.has(candidate), entry.key, name);
      needs.set(name, key === undefined ? undefined : entries.get(key)?.text);
    }
    const known = packages.get(entry.text);
    if (known === undefined) packages.set(entry.text, { entry, needs });
    else if ([...needs].some(([name, text]) => known.needs.get(name) !== text)) return undefined;
  }
  return packages;
}

/** Names that mean nothing to some package, such as optional peers left out: at the top they would mean something. */
function readAbsentNames(packages: ReadonlyMap<string, PlacedPackage>): Set<string> {
  const needs = [...packages.values()].flatMap((found) => [...found.needs]);
  return new Set(needs.filter(([, text]) => text === undefined).map(([name]) => name));
}

function readImports(imports: ReadonlyMap<string, LockedPackage>): Map<string, string> {
  return new Map([...imports].map(([name, entry]) => [name, entry.text]));
}

import type { Closure } from "./closure.js";
import { compare } from "./fields.js";
import { findKey } from "./key.js";
import type { LockedPackage } from "./lockfile.js";

/** A package, wherever it is placed. */
interface Package {
  /** The same for a package at several places: the text of its entry. */
  readonly id: string;
  readonly entry: LockedPackage;
  /** The id that each of its dependencies has; `undefined` where none is included. */
  readonly needs: ReadonlyMap<string, string | undefined>;
}

/** What sees packages first, in this order: the root, then each workspace by its name. */
export interface Seer {
  /** "" for the root, else the workspace's name. */
  readonly name: string;
  /** Entries by the name that it imports them with. */
  readonly imports: ReadonlyMap<string, LockedPackage>;
}

type Entries = Closure["entries"];

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
  const identify = makeIdentify(entries);
  const packages = readPackages(entries, identify);
  if (packages === undefined) return undefined;
  const sources = seers.map(({ name, imports }) => {
    const needs = new Map([...imports].map(([imported, entry]) => [imported, identify(entry)]));
    return { from: name, needs };
  });
  const places = place(packages, sources);
  if (places === undefined) return undefined;
  const placed = [...places].map(([from, { needs }]) => ({ from, needs }));
  const isSame = [...sources, ...placed].every(({ from, needs }) =>
    [...needs].every(([name, id]) => readPlace(places, from, name)?.id === id),
  );
  if (!isSame) return undefined;
  return new Map([...places].sort(([a], [b]) => compare(a, b)).map(([key, { entry }]) => [key, entry]));
}

function place(
  packages: ReadonlyMap<string, Package>,
  sources: readonly { from: string; needs: Package["needs"] }[],
): Map<string, Package> | undefined {
  const places = new Map<string, Package>();
  const absent = readAbsentNames(packages);
  const brought = [...packages.values()].filter(({ id, entry }) => id === entry.key);
  const queue = [...sources];
  const put = (key: string, found: Package): void => {
    places.set(key, found);
    queue.push({ from: key, needs: found.needs });
    // What is in its archive comes along.
    const under = `${found.entry.key}/`;
    for (const one of brought.filter(({ id }) => id.startsWith(under))) {
      const inside = `${key}/${one.entry.key.slice(under.length)}`;
      places.set(inside, one);
      queue.push({ from: inside, needs: one.needs });
    }
  };
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (places.size > PLACES_PER_PACKAGE * (packages.size + 1)) return undefined;
    const { from, needs } = next;
    for (const [name, id] of [...needs].sort(([a], [b]) => compare(a, b))) {
      const found = id === undefined ? undefined : packages.get(id);
      const there = readPlace(places, from, name);
      if (found === undefined || there?.id === id) continue;
      const isFree = there === undefined && !absent.has(name);
      put(isFree || from === "" ? name : `${from}/${name}`, found);
    }
  }
  return places;
}

function readPlace(places: ReadonlyMap<string, Package>, from: string, name: string): Package | undefined {
  const key = findKey((candidate) => places.has(candidate), from, name);
  return key === undefined ? undefined : places.get(key);
}

/** Packages by their id; `undefined` where one means different things at two places. */
function readPackages(entries: Entries, identify: (entry: LockedPackage) => string): Map<string, Package> | undefined {
  const packages = new Map<string, Package>();
  for (const entry of entries.values()) {
    const { dependencies, optionalDependencies, peerDependencies } = entry.dependencies;
    const needs = new Map<string, string | undefined>();
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const key = findKey((candidate) => entries.has(candidate), entry.key, name);
      const found = key === undefined ? undefined : entries.get(key);
      needs.set(name, found === undefined ? undefined : identify(found));
    }
    const id = identify(entry);
    const known = packages.get(id);
    if (known === undefined) packages.set(id, { id, entry, needs });
    else if ([...needs].some(([name, needed]) => known.needs.get(name) !== needed)) return undefined;
  }
  return packages;
}

/** The text tells packages apart, except under one that brings others in its archive: there the place does. */
function makeIdentify(entries: Entries): (entry: LockedPackage) => string {
  const bundlers = [...entries.values()]
    .filter(({ bundled }) => bundled)
    .map(({ key, name }) => key.slice(0, Math.max(0, key.length - name.length)));
  const isBrought = (key: string) => bundlers.some((under) => under !== "" && key.startsWith(under));
  return ({ key, text }) => (isBrought(key) ? key : text);
}

/** Names that mean nothing to some package, such as optional peers left out: at the top they would mean something. */
function readAbsentNames(packages: ReadonlyMap<string, Package>): Set<string> {
  const needs = [...packages.values()].flatMap((found) => [...found.needs]);
  return new Set(needs.filter(([, id]) => id === undefined).map(([name]) => name));
}

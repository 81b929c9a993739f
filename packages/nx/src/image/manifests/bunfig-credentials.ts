import type { TomlTable, TomlValue } from "smol-toml";

/** What a registry is reached with, in a table of `install.registry` or `install.scopes`. */
const CREDENTIALS: readonly string[] = ["token", "username", "password"];

/** A value that names a variable of the environment is no secret itself. */
const REFERENCE = /^\$(?:\w+|\{\w+\})$/;

/**
 * Leaves out the credentials that a bunfig.toml spells out. What an install reads of it becomes a layer of a build stage,
 * which an exported cache holds too; Bun takes the same credentials from the .npmrc that a build gets as a secret.
 *
 * @returns the same table where it has none
 * @see https://bun.com/docs/runtime/bunfig for `install.registry` and `install.scopes`
 */
export function leaveOutCredentials(table: TomlTable): TomlTable {
  const { install } = table;
  if (install === undefined || !isTable(install)) return table;
  const { registry, scopes } = install;
  const cleaned = {
    ...(registry === undefined ? {} : { registry: cleanRegistry(registry) }),
    ...(scopes === undefined || !isTable(scopes) ? {} : { scopes: cleanScopes(scopes) }),
  };
  const isSame = cleaned.registry === registry && (cleaned.scopes ?? scopes) === scopes;
  return isSame ? table : { ...table, install: { ...install, ...cleaned } };
}

function cleanScopes(scopes: TomlTable): TomlTable {
  const cleaned = Object.entries(scopes).map(([scope, registry]) => [scope, cleanRegistry(registry)] as const);
  return cleaned.every(([scope, registry]) => registry === scopes[scope]) ? scopes : Object.fromEntries(cleaned);
}

/** A registry is an address, or a table with one in `url`. */
function cleanRegistry(registry: TomlValue): TomlValue {
  if (typeof registry === "string") return withoutUser(registry);
  if (!isTable(registry)) return registry;
  const kept = Object.entries(registry)
    .filter(([key, value]) => !CREDENTIALS.includes(key) || (typeof value === "string" && (value === "" || REFERENCE.test(value))))
    .map(([key, value]) => [key, key === "url" && typeof value === "string" ? withoutUser(value) : value] as const);
  const isSame = kept.length === Object.keys(registry).length && kept.every(([key, value]) => value === registry[key]);
  return isSame ? registry : Object.fromEntries(kept);
}

/** An address without `user:password@`; a value that names variables stays. */
function withoutUser(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i, (whole, scheme: string, user: string) =>
    user.split(":").every((part) => REFERENCE.test(part)) ? whole : scheme,
  );
}

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);
}

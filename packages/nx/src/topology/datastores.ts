/** Where data is kept, as far as a variable tells it. No user, password or parameter of an address is in it. */
export interface Datastore {
  readonly id: string;
  /** Name of the product, such as `Postgres`. */
  readonly product: string;
  /** `host:port/database`, or of Redis `host:port`; `undefined` where no value says it. */
  readonly place: string | undefined;
  /** The process that it is assumed to belong to where its place is not known. */
  readonly owner: string | undefined;
}

const BY_SCHEME: Readonly<Record<string, string>> = {
  "postgres:": "Postgres",
  "postgresql:": "Postgres",
  "mysql:": "MySQL",
  "mariadb:": "MariaDB",
  "mongodb:": "MongoDB",
  "mongodb+srv:": "MongoDB",
  "redis:": "Redis",
  "rediss:": "Redis",
  "valkey:": "Redis",
  "amqp:": "RabbitMQ",
  "amqps:": "RabbitMQ",
  "nats:": "NATS",
  "kafka:": "Kafka",
  "sqlite:": "SQLite",
};

/** What the framework's own variables are for (its documentation of `.env.yml`). */
const BY_VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/^(?:.+_)?REDIS_URL$/, "Redis"],
  [/^(?:.+_)?MONGO(?:DB)?_UR[LI]$/, "MongoDB"],
  [/^(?:.+_)?DATABASE_URL$/, "Postgres"],
];

/** Products of which one server holds several databases that have nothing to do with each other. */
const HAS_DATABASES = new Set(["Postgres", "MySQL", "MariaDB", "MongoDB"]);

/** Names of variables that may hold a datastore's address. */
export const DATASTORE_VARIABLE = /\b(?:[A-Z][A-Z0-9]*_)*(?:REDIS_URL|MONGO(?:DB)?_UR[LI]|DATABASE_URL)\b/g;

/**
 * Reads a datastore out of a variable: its product by the address's scheme, else by the variable's name. Two variables lead to
 * the same one where product, host, port and database are the same.
 *
 * @param value - as the committed example has it; may be empty, or no address
 * @param owner - the process whose variable it is
 * @returns `undefined` for a variable that holds no datastore's address
 */
export function readDatastore(variable: string, value: string, owner: string): Datastore | undefined {
  const url = parseUrl(value);
  const product = (url && BY_SCHEME[url.protocol]) ?? BY_VARIABLE.find(([name]) => name.test(variable))?.[1];
  if (product === undefined) return undefined;
  if (url === undefined || url.hostname === "" || !/^[\w.[\]:-]+$/.test(url.host)) {
    return { id: `datastore:${product}::${owner}`, product, place: undefined, owner };
  }
  const database = HAS_DATABASES.has(product) ? /^\/[\w.-]+$/.exec(decode(url.pathname))?.[0] : undefined;
  const place = `${url.host.toLowerCase()}${database ?? ""}`;
  return { id: `datastore:${product}:${place}`, product, place, owner: undefined };
}

function parseUrl(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return "";
  }
}

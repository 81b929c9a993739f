import { DATASTORE_SUFFIXES } from "../workspace/name-clash.js";
import { quote } from "../workspace/yaml-fragment.js";

/** A service as a compose file runs it. */
export interface ComposeService {
  /** Name in the compose file, which is its host name in the project's network: `order-history`. */
  readonly name: string;
  /** Repository of its image: `order_history`. */
  readonly image: string;
  /** TCP port that it listens on in its container. */
  readonly port: number;
  /** Name of the service by the variable that leads this one to it. */
  readonly urls: ReadonlyMap<string, string>;
}

/** A service's block as it is written: with what other blocks say of the services that it calls. */
export interface ComposeBlock {
  readonly name: string;
  readonly image: string;
  readonly port: number;
  /** Address by variable. */
  readonly urls: ReadonlyMap<string, string>;
  readonly isPublished: boolean;
}

const DATASTORES: ReadonlySet<string> = new Set(DATASTORE_SUFFIXES);

/** Names that Postgres keeps for itself, as roles or as databases. @see https://www.postgresql.org/docs/current/sql-createrole.html */
const POSTGRES_OWN = /^(?:pg_.*|template[01]|public|none)$/;

/** A datastore of one service's own. */
export interface Datastore {
  /** `billing-postgres`, as service and as volume. */
  readonly name: string;
  readonly lines: readonly string[];
}

/**
 * Stem of the variables that a compose file takes a service's values from: `ORDER_HISTORY`. That of a service `postgres` ends in
 * an underscore, which no other name's does: `POSTGRES_IMAGE` is the image of everybody's Postgres.
 */
function variableStem(name: string): string {
  const stem = name.replaceAll("-", "_").toUpperCase();
  return DATASTORES.has(name) ? `${stem}_` : stem;
}

/** Name of the variable that a compose file takes a service's image from: `ORDER_HISTORY_IMAGE`. */
export function imageVariable(name: string): string {
  return `${variableStem(name)}_IMAGE`;
}

/** The image of a block: from a variable, with what `docker-build` makes as default. */
function imageText({ name, image }: Pick<ComposeBlock, "name" | "image">): string {
  return `\${${imageVariable(name)}:-${image}:latest}`;
}

/**
 * Where a service's port is published: on this machine alone unless a variable says otherwise. A published port goes past
 * the firewall of most machines.
 */
export function publishedText(name: string, port: number): string {
  return `\${${variableStem(name)}_PUBLISH:-127.0.0.1:${port}}:${port}`;
}

/** Address of a service in the project's network. */
export function addressOf(name: string, port: number): string {
  return `http://${name}:${port}`;
}

/** Lines of a service's block, two spaces a level. The health check is the image's own. */
export function blockLines(block: ComposeBlock): string[] {
  const { name, port, urls, isPublished } = block;
  return [
    // `null` is no text without quotes.
    `${quote(name, "PLAIN")}:`,
    `  image: "${imageText(block)}"`,
    "  restart: unless-stopped",
    // Bun as first process ignores SIGTERM where the service does not handle it.
    "  init: true",
    ...(isPublished ? ["  ports:", `    - "${publishedText(name, port)}"`] : []),
    "  env_file:",
    `    - path: ./${name}.env`,
    "      required: false",
    "  environment:",
    "    NODE_ENV: production",
    '    APP_ENV: "${APP_ENV:-production}"',
    '    HOST_NAME: "0.0.0.0"',
    `    PORT: "${port}"`,
    ...[...urls].map(([variable, url]) => `    ${variable}: "${url}"`),
    "  read_only: true",
    "  tmpfs:",
    "    - /tmp",
    "  cap_drop:",
    "    - ALL",
    "  security_opt:",
    "    - no-new-privileges:true",
  ];
}

/** A service's own Postgres and Redis, which start only with the profile `development`. */
export function datastoresOf({ name, image }: Pick<ComposeService, "name" | "image">): Datastore[] {
  const postgres = `${name}-postgres`;
  const redis = `${name}-redis`;
  const owner = POSTGRES_OWN.test(image) ? `service_${image}` : image;
  return [
    {
      name: postgres,
      lines: [
        `${postgres}:`,
        '  image: "${POSTGRES_IMAGE:-postgres:17-alpine}"',
        "  profiles:",
        "    - development",
        "  environment:",
        `    POSTGRES_USER: ${JSON.stringify(owner)}`,
        `    POSTGRES_DB: ${JSON.stringify(owner)}`,
        `    POSTGRES_PASSWORD: "\${${variableStem(name)}_POSTGRES_PASSWORD:-development}"`,
        "  volumes:",
        `    - ${postgres}:/var/lib/postgresql/data`,
        ...healthLines(["pg_isready", "--username", owner]),
      ],
    },
    {
      name: redis,
      lines: [
        `${redis}:`,
        '  image: "${REDIS_IMAGE:-redis:7-alpine}"',
        "  profiles:",
        "    - development",
        "  volumes:",
        `    - ${redis}:/data`,
        ...healthLines(["redis-cli", "ping"]),
      ],
    },
  ];
}

function healthLines(command: readonly string[]): string[] {
  return ["  healthcheck:", `    test: ${JSON.stringify(["CMD", ...command])}`, "    interval: 5s", "    timeout: 3s", "    retries: 10"];
}

/** Whether a block's image is that of a datastore as it is written here, and not a service's. */
export function isDatastoreImage(image: string): boolean {
  return DATASTORE_SUFFIXES.some((kind) => image.startsWith(`\${${kind.toUpperCase()}_IMAGE:-${kind}:`) && !image.endsWith(":latest}"));
}

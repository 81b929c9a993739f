import { parse as parseJson } from "jsonc-parser";
import { parseAllDocuments } from "yaml";
import { OoneexNxError } from "../errors.js";
import { MODULES_ROOT } from "./names.js";

/** A TCP port of the developer's machine that some file of the workspace takes. */
export interface PortClaim {
  readonly port: number;
  /** The module, the service of a compose file, or else the folder or file that takes it. */
  readonly owner: string;
  /** Workspace-relative path of the file that says so. */
  readonly file: string;
}

/** A file that {@link isPortSource} is true for. */
export interface PortSource {
  /** Workspace-relative path with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** One scalar of a file, with the keys that lead to it. */
interface Leaf {
  readonly path: readonly string[];
  readonly value: string;
}

/** The API listens on 3000; the services follow it. */
const FIRST_PORT = 3001;
const LAST_PORT = 65_535;

const SKIPPED_FOLDERS = /(?:^|\/)(?:node_modules|\.git|\.nx)\//;
const MANIFEST = new RegExp(`^${MODULES_ROOT}/([^/]+)/\\1\\.ya?ml$`);
const COMPOSE = /(?:^|\/)(?:docker-)?compose[^/]*\.ya?ml$/;
const YAML_ENV = /(?:^|\/)\.?env[^/]*\.ya?ml$/;
const DOTENV = /(?:^|\/)\.env[^/]*$/;
const PROJECT = /(?:^|\/)(?:project|package)\.json$/;

/** Hosts that are this machine. `host.docker.internal` is how a container calls it. */
const LOCAL_URL = /(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|host\.docker\.internal):(\d{1,5})(?!\d)/g;

/** What has a port for its value: `port`, `httpPort`, `BILLING_PORT`, and `published` in compose's long syntax. */
const PORT_KEY = /(?:^|[_-])port$|P(?:ort|ORT)$|^published$/;

/** What commands say a port with. */
const PORT_ARGUMENT = /(?:--port[=\s]|(?:^|\s)-p\s|PORT=)\s*["']?(\d{1,5})(?!\d)/g;

/** `[address:]host[-last]:container`; a container's port alone is published on a random port of the host. */
const PUBLISHED = /^(?:(?:\[[\da-fA-F:]*\]|\d+\.\d+\.\d+\.\d+|localhost):)?(\d{1,5})(?:-(\d{1,5}))?:[^:]*$/;

/** Whether a file can claim a port, judged by its path, so that a caller reads no other file. */
export function isPortSource(path: string): boolean {
  return !SKIPPED_FOLDERS.test(path) && [MANIFEST, COMPOSE, YAML_ENV, DOTENV, PROJECT].some((kind) => kind.test(path));
}

/**
 * Reads which ports are taken, and by whom: from the modules' manifests, env files, compose files and the commands of
 * projects. A claim seen too many costs a number, one missed costs a service that does not start, so what cannot be
 * parsed is read line by line.
 *
 * @returns one claim for each port of each owner, in the order of the files
 */
export function readPorts(files: Iterable<PortSource>): PortClaim[] {
  const claims = new Map<string, PortClaim>();
  for (const source of files) {
    for (const leaf of readLeaves(source)) {
      for (const port of readLeafPorts(leaf)) {
        const owner = readOwner(source.path, leaf.path);
        const key = `${port} ${owner}`;
        if (!claims.has(key)) claims.set(key, { port, owner, file: source.path });
      }
    }
  }
  return [...claims.values()];
}

/**
 * Decides a service's port: the requested one, else the lowest from 3001 that nobody else claims.
 *
 * @param claims - see {@link readPorts}
 * @param owner - the service's kebab name; its own claims do not stand in its way
 * @throws OoneexNxError `PORT_ILLEGAL`, or `PORT_TAKEN` with the owner, the file and the next free port
 */
export function resolvePort(claims: readonly PortClaim[], requested: number | undefined, owner: string): number {
  const others = claims.filter((claim) => claim.owner !== owner);
  const taken = new Set(others.map(({ port }) => port));
  let free = FIRST_PORT;
  while (taken.has(free)) free++;

  if (requested === undefined) return requirePort(free, "leave a port free");
  requirePort(requested, `leave out --port to get the next free one, ${free}`);
  const claim = others.find(({ port }) => port === requested);
  if (claim === undefined) return requested;
  throw new OoneexNxError({
    code: "PORT_TAKEN",
    what: `port ${requested} already belongs to ${claim.owner}`,
    where: claim.file,
    remedy: `leave out --port to get the next free one, ${free}`,
  });
}

function requirePort(port: number, remedy: string): number {
  if (isPort(port)) return port;
  throw new OoneexNxError({
    code: "PORT_ILLEGAL",
    what: `${port} is no port: a port is a whole number from 1 to ${LAST_PORT}`,
    where: "--port",
    remedy,
  });
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= LAST_PORT;
}

function readLeafPorts({ path, value }: Leaf): number[] {
  const text = fillDefaults(value);
  const key = path.at(-1) ?? "";
  const ports = [...text.matchAll(LOCAL_URL), ...text.matchAll(PORT_ARGUMENT)].map(([, port]) => Number(port));
  if (PORT_KEY.test(key)) ports.push(...readRange(/^(\d+)(?:-(\d+))?$/.exec(text)));
  if (path.includes("ports")) ports.push(...readRange(PUBLISHED.exec(text)));
  return ports.filter(isPort);
}

/** The ports from the first to the second number of a match, of which the second may be missing. */
function readRange(match: RegExpExecArray | null): number[] {
  if (match === null) return [];
  const first = Number(match[1]);
  const last = Math.min(Number(match[2] ?? first), LAST_PORT);
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) => first + index);
}

/** Compose's and the shell's `${VARIABLE:-default}`. */
function fillDefaults(value: string): string {
  return value.replace(/\$\{\w+:?-([^}]*)\}/g, "$1").trim();
}

function readOwner(file: string, path: readonly string[]): string {
  // The variable that holds a service's URL names the service, flattened as the framework flattens an env file.
  const service = /(?:^|_)MICROSERVICES?_(.+)_(?:URL|PORT)$/.exec(path.join("_").toUpperCase())?.[1];
  if (service !== undefined) return toKebab(service);
  const [root, module] = file.split("/");
  if (root === MODULES_ROOT && file.split("/").length > 2) return module as string;
  if (COMPOSE.test(file) && path[0] === "services" && path[1] !== undefined) return toKebab(path[1]);
  return PROJECT.test(file) && file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : file;
}

function toKebab(name: string): string {
  return name.toLowerCase().replaceAll("_", "-");
}

function readLeaves({ path, text }: PortSource): Leaf[] {
  // What stands before a mistake in JSON is read, and the rest passed over.
  if (PROJECT.test(path)) return listLeaves(parseJson(text.replace(/^\uFEFF/, "")), []);
  return (/\.ya?ml$/.test(path) ? readYaml(text) : undefined) ?? readLines(text);
}

/** @returns `undefined` where the text is not YAML */
function readYaml(text: string): Leaf[] | undefined {
  try {
    const documents = parseAllDocuments(text, { merge: true, uniqueKeys: false, logLevel: "silent" });
    if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return undefined;
    return documents.flatMap((document) => listLeaves(document.toJS(), []));
  } catch {
    // An alias that leads nowhere, or too many of them.
    return undefined;
  }
}

function listLeaves(value: unknown, path: readonly string[]): Leaf[] {
  if (typeof value === "number") return [{ path, value: String(value) }];
  if (typeof value === "string") {
    // In lists, compose writes its environment as it stands in an env file.
    const [, name, rest] = /^(\w+)=(\S*)$/.exec(value) ?? [];
    return [name === undefined || rest === undefined ? { path, value } : { path: [...path, name], value: rest }];
  }
  if (Array.isArray(value)) {
    // A command may stand as a list of words, the option in one and its number in the next.
    const words = value.every((item) => typeof item === "string") ? [{ path, value: value.join(" ") }] : [];
    return [...value.flatMap((item) => listLeaves(item, path)), ...words];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => listLeaves(item, [...path, key]));
}

/** Reads a dotenv file; and, where nothing better is to be had, the keys and values that stand on one line each. */
function readLines(text: string): Leaf[] {
  return text.split(/\r?\n/).flatMap((line): Leaf[] => {
    if (/^\s*#/.test(line)) return [];
    const item = unquote(/^\s*-\s+(.*)$/.exec(line)?.[1] ?? "");
    if (PUBLISHED.test(fillDefaults(item))) return [{ path: ["ports"], value: item }];
    const [, key, value] = /^\s*(?:-\s+)?(?:export\s+)?["']?([\w.-]+)["']?\s*[:=]\s*(.*)$/.exec(line) ?? [];
    return key === undefined || value === undefined ? [] : [{ path: key.split("."), value: unquote(value) }];
  });
}

/** A value without its quotes and without the comment behind it. */
function unquote(value: string): string {
  const quoted = /^(["'])(.*?)\1/.exec(value)?.[2];
  return quoted ?? value.replace(/(?:^|\s)#.*$/, "").trim();
}

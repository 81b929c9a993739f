import { isSeq, isScalar } from "yaml";
import { DATASTORE_SUFFIXES, findClashes, nameClash } from "../workspace/name-clash.js";
import type { YamlSource } from "../workspace/yaml-source.js";
import { addressOf, blockLines, type ComposeBlock, type ComposeService, datastoresOf, imageVariable, isDatastoreImage, publishedText } from "./compose-block.js";
import { type ComposeEntry, ComposeText } from "./compose-edits.js";
import { environmentOf, keysOf, nodeAt, requireKeys, scalarAt } from "./compose-source.js";

/** What a compose file is to say. */
export interface ComposeRequest {
  /** Name of the compose project, for a file that is new; `undefined` leaves it to compose, which names it after its folder. */
  readonly project: string | undefined;
  readonly services: readonly ComposeService[];
  /** Names of the services whose port is to be published. */
  readonly publish: ReadonlySet<string>;
  /** Write each service's datastores: always, never, or (`undefined`) with the service's own block. */
  readonly datastores: boolean | undefined;
}

/** A compose file's new text, and what a person has to decide, one sentence each. */
export interface ComposeResult {
  readonly text: string;
  readonly notices: readonly string[];
}

const HEADER = `# One block per service, written by: nx g @ooneex/nx:compose
# Run again, it adds what is new, takes out what is gone and unchanged, and keeps PORT and the URLs of services in step with
# the workspace. Everything else is yours to change.
`;

/**
 * The project's name is written down, since containers are found by it: from another folder, such as a pipeline's, the same
 * file would otherwise start a second set of them.
 *
 * @see https://docs.docker.com/compose/how-tos/project-name/
 */
function startText({ project }: ComposeRequest): string {
  return project === undefined ? HEADER : `${HEADER}name: ${JSON.stringify(project)}\n`;
}

/**
 * Brings a compose file in step with the workspace. A block is written once and then belongs to its reader, but for what
 * the workspace says of it: its port, and the addresses of the services that it calls.
 *
 * @param text - `undefined` where there is no file
 * @param path - workspace-relative, for errors
 * @returns the same text where nothing is to be changed
 * @throws OoneexNxError `NAME_CLASH` for a service that is called as a datastore is, `COMPOSE_INVALID` for a file that has to be mended first, `COMPOSE_UNSUPPORTED` for one of another kind, and where no edit changes
 *   what is asked for and nothing else
 */
export function updateCompose(text: string | undefined, request: ComposeRequest, path: string): ComposeResult {
  const file = new ComposeText(path, text ?? startText(request));
  requireKeys(file.source);
  refuseClashes(file.source, request, path);
  const notices: string[] = [];
  removeGone(file, request, notices);

  const present = new Set(keysOf(file.source, "services"));
  const ports = new Map(request.services.map((service) => [service.name, present.has(service.name) ? keepPort(file, service, notices) : service.port]));
  const urlsOf = (service: ComposeService) => new Map([...service.urls].map(([variable, target]) => [variable, addressOf(target, ports.get(target) ?? 0)]));
  for (const service of request.services.filter(({ name }) => present.has(name))) {
    keepBlock(file, { ...service, port: ports.get(service.name) ?? service.port, urls: urlsOf(service), isPublished: request.publish.has(service.name) });
  }
  addMissing(file, request, urlsOf);
  return { text: file.text, notices };
}

/** Two blocks, or two hosts, cannot have one name. What nobody writes has none, so two services without datastores stay as they are. */
function refuseClashes(source: YamlSource, { services, datastores }: ComposeRequest, path: string): void {
  const names = services.map(({ name }) => name);
  const present = new Set(keysOf(source, "services"));
  const clash = findClashes(names).find(({ owner }) => datastores ?? !present.has(owner));
  if (clash !== undefined) throw nameClash(clash, path, "rename one of the two services, or have no datastores written: --datastores=false");
  const taken = names.find((name) => isDatastoreImage(scalarAt(source, "services", name, "image") ?? ""));
  const suffix = DATASTORE_SUFFIXES.find((kind) => taken?.endsWith(`-${kind}`));
  if (taken !== undefined && suffix !== undefined) {
    const owner = taken.slice(0, -suffix.length - 1);
    throw nameClash({ name: taken, owner }, path, `rename the service, or the datastore that ${path} has under services and volumes`);
  }
}

/** Adds the blocks that are not there, a service's datastores below it: all in one edit, since each is checked against the whole file. */
function addMissing(file: ComposeText, request: ComposeRequest, urlsOf: (service: ComposeService) => ReadonlyMap<string, string>): void {
  const known = { services: new Set(keysOf(file.source, "services")), volumes: new Set(keysOf(file.source, "volumes")) };
  const added = { services: [] as ComposeEntry[], volumes: [] as ComposeEntry[] };
  const add = (section: keyof typeof known, name: string, lines: readonly string[]): void => {
    if (known[section].has(name)) return;
    known[section].add(name);
    added[section].push({ lines, isSpaced: section === "services" });
  };
  const present = new Set(known.services);
  for (const service of request.services) {
    const isNew = !present.has(service.name);
    const isSpaced = present.size + added.services.length > 0;
    if (isNew) added.services.push({ lines: blockLines({ ...service, urls: urlsOf(service), isPublished: request.publish.has(service.name) }), isSpaced });
    known.services.add(service.name);
    if (!(request.datastores ?? isNew)) continue;
    for (const { name, lines } of datastoresOf(service)) {
      add("services", name, lines);
      add("volumes", name, [`${name}: {}`]);
    }
  }
  file.addBlocks("services", added.services);
  file.addBlocks("volumes", added.volumes);
}

/** What the workspace says of a block that is there: its addresses, and that it is published. */
function keepBlock(file: ComposeText, { name, port, urls, isPublished }: ComposeBlock): void {
  for (const [variable, url] of urls) {
    const value = environmentOf(file.source, name).get(variable)?.value;
    const isOurs = value?.replace(/:\d+$/, "") === url.replace(/:\d+$/, "");
    // An address that leads elsewhere is a person's.
    if (value === undefined || (isOurs && value !== url)) file.setVariable(name, variable, url);
  }
  if (isPublished && nodeAt(file.source, "services", name, "ports") === undefined) file.publish(name, publishedText(name, port));
}

/**
 * Gives a block the port of its module, unless the block publishes the one that it has.
 *
 * @returns the port that it listens on
 */
function keepPort(file: ComposeText, { name, port }: ComposeService, notices: string[]): number {
  const { source } = file;
  const written = environmentOf(source, name).get("PORT")?.value;
  if (written === String(port)) return port;
  const published = nodeAt(source, "services", name, "ports");
  const isPort = written !== undefined && /^\d+$/.test(written);
  if (published === undefined) {
    if (written === undefined || isPort) file.setVariable(name, "PORT", String(port));
    return port;
  }
  const kept = isPort ? Number(written) : readTarget(published);
  if (kept === undefined || kept === port) return port;
  notices.push(`${name} listens on ${kept} in ${file.path} and on ${port} in its manifest. It publishes the first, so it was left.`);
  return kept;
}

/** The container's port of the first published one. */
function readTarget(ports: unknown): number | undefined {
  const [first] = isSeq(ports) ? ports.items : [];
  const target = isScalar(first) ? /:(\d+)(?:\/\w+)?$/.exec(String(first.value))?.[1] : undefined;
  return target === undefined ? undefined : Number(target);
}

/** Takes out the blocks of services that are gone, as far as nobody has changed them, and what leads to them. */
function removeGone(file: ComposeText, { services }: ComposeRequest, notices: string[]): void {
  const known = new Set(services.map(({ name }) => name));
  for (const name of keysOf(file.source, "services")) {
    if (known.has(name) || !isGenerated(file.source, name)) continue;
    const block = readGenerated(file.source, name);
    if (block === undefined || file.readBlock("services", name)?.join("\n") !== blockLines(block).join("\n")) {
      notices.push(`${name} is no service of the workspace any more. Its block in ${file.path} was changed by hand, so it was left.`);
      continue;
    }
    file.removeBlock("services", name);
    removeDatastores(file, block, notices);
    const variable = `MICROSERVICE_${name.replaceAll("-", "_").toUpperCase()}_URL`;
    for (const caller of services) {
      const value = environmentOf(file.source, caller.name).get(variable)?.value;
      if (value?.replace(/:\d+$/, "") !== `http://${name}` || caller.urls.has(variable)) continue;
      if (!file.removeVariable(caller.name, variable)) notices.push(`${variable} of ${caller.name} in ${file.path} leads to no service any more.`);
    }
  }
}

function removeDatastores(file: ComposeText, block: ComposeBlock, notices: string[]): void {
  for (const { name, lines } of datastoresOf(block)) {
    const found = file.readBlock("services", name);
    if (found === undefined) continue;
    if (found.join("\n") !== lines.join("\n")) {
      notices.push(`${name} in ${file.path} was changed by hand, so it was left.`);
      continue;
    }
    file.removeBlock("services", name);
    if (file.readBlock("volumes", name)?.join("\n") === `${name}: {}`) file.removeBlock("volumes", name);
  }
}

/** Whether a block began as one of ours, changed or not. */
function isGenerated(source: YamlSource, name: string): boolean {
  const isOurs = scalarAt(source, "services", name, "image")?.startsWith(`\${${imageVariable(name)}:-`) === true;
  const files = nodeAt(source, "services", name, "env_file");
  return isOurs && JSON.stringify(files ?? null).includes(`./${name}.env`);
}

/** What a block would have been made from; `undefined` where it has no port of its own. */
function readGenerated(source: YamlSource, name: string): ComposeBlock | undefined {
  const variables = environmentOf(source, name);
  const port = Number(variables.get("PORT")?.value);
  if (!Number.isInteger(port)) return undefined;
  const urls = [...variables].filter(([variable]) => variable.startsWith("MICROSERVICE_")).map(([variable, { value }]) => [variable, value] as const);
  const image = name.replaceAll("-", "_");
  const isPublished = nodeAt(source, "services", name, "ports") !== undefined;
  return { name, image, port, urls: new Map(urls), isPublished };
}

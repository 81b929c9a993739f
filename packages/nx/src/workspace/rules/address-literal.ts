import { parseSync, Visitor } from "oxc-parser";
import type { Deployable } from "../service-model.js";
import { indexLines } from "../source-text.js";
import { isLoopback, readUrl } from "./loopback.js";
import type { Report, Rule } from "./rule.js";
import { readSources } from "./source-files.js";

/** What a host name ends in on a private network. */
const PRIVATE = /\.(?:internal|local|svc|lan|cluster)(?:\.|$)/;
const ADDRESS = /^\s*((?:https?|wss?):\/\/[^\s"'`/]+)/;

/** Where a service is differs from one environment to the next. Tests, which start what they call, may know it. */
export const addressLiteral: Rule = {
  id: "address-literal",
  finds: "the address of another service, written out in source",
  severity: "error",
  mendedBy: "hand",
  check: (facts) =>
    readSources(facts, ["://"])
      .filter(({ isTest }) => !isTest)
      .flatMap(({ path, module, text }) => {
        const lineOf = indexLines(text);
        return listTexts(path, text).flatMap(({ value, start }): Report[] => {
          const address = ADDRESS.exec(value)?.[1];
          const service = address === undefined ? undefined : findService(address, facts.deployables);
          if (address === undefined || service === undefined || service.names.kebab === module) return [];
          const variable = service.urlVariable ?? service.names.variable;
          const remedy = service.type === "microservice" ? `read the address from ${variable}` : "read the address from the environment";
          return [{ what: `${address} is the address of ${service.names.kebab}`, path, line: lineOf(start), remedy }];
        });
      }),
};

/** This machine with the service's port, or the name that a container engine or a cluster gives it. */
function findService(address: string, deployables: readonly Deployable[]): Deployable | undefined {
  const url = readUrl(address);
  if (url === undefined) return undefined;
  const { hostname } = url;
  if (isLoopback(hostname)) return deployables.find(({ port }) => String(port) === url.port);
  const name = hostname.split(".", 1)[0];
  const isPrivate = !hostname.includes(".") || PRIVATE.test(hostname);
  return isPrivate ? deployables.find(({ names }) => names.kebab === name) : undefined;
}

interface Text {
  readonly value: string;
  /** Offset in the file. */
  readonly start: number;
}

/** Strings and the pieces of templates, not comments. */
function listTexts(path: string, text: string): Text[] {
  const texts: Text[] = [];
  new Visitor({
    Literal({ value, start }) {
      if (typeof value === "string") texts.push({ value, start });
    },
    TemplateElement({ value, start }) {
      texts.push({ value: value.cooked ?? value.raw, start });
    },
  }).visit(parseSync(path, text).program);
  return texts;
}

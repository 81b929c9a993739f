import { buildTopology, type CallFact, type ProcessFacts, type Topology } from "../topology/model.js";

/** A process with only what is said of it. */
export function makeProcess(name: string, facts: Partial<ProcessFacts> = {}): ProcessFacts {
  const variable = `MICROSERVICE_${name.toUpperCase().replaceAll("-", "_")}_URL`;
  return { name, kind: "microservice", port: undefined, urlVariable: variable, isDeclared: true, image: undefined, environment: new Map(), ...facts };
}

const WORDS = ["billing", "order", "history", "catalogue", "shipment", "tax", "search", "mailer", "ledger", "warehouse"];

/** A workspace of many services, with long and short names, datastores of their own and shared ones, and calls between them. */
export function makeLargeTopology(services: number): Topology {
  const names = Array.from({ length: services }, (_, index) => {
    const words = [WORDS[index % 10], WORDS[(index * 7 + Math.floor(index / 10)) % 10], WORDS[(index * 3 + 1) % 10]].slice(0, 1 + (index % 3));
    return index === 13 ? "wwwwwwwwwwwwmmmmmmmmmmmm-reconciliation-management-mmmmmmmm-13" : `${words.join("-")}-${index}`;
  });
  const processes = names.map((name, index) =>
    makeProcess(name, {
      port: 3001 + index,
      isDeclared: index % 12 !== 11,
      image: `${name.replaceAll("-", "_")}:latest`,
      environment: new Map([
        ["CACHE_REDIS_URL", "redis://localhost:6379"],
        ...(index % 2 === 0 ? [["DATABASE_URL", `postgres://user:secret@localhost:5432/${name}`] as const] : []),
        ...(index % 5 === 0 ? [["QUEUE_URL", "amqp://rabbit.internal:5672"] as const] : []),
        ...(index % 17 === 3 ? [["REPORTS_MONGODB_URI", `mongodb://mongo:27017/${name}`] as const, ["DATABASE_URL", ""] as const] : []),
      ]),
    }),
  );
  const app = makeProcess("app", { kind: "api", port: 3000, urlVariable: undefined, environment: new Map([["CACHE_REDIS_URL", "redis://localhost:6379"], ["DATABASE_URL", "postgres://localhost:5432/app"]]) });
  const call = (from: string, to: string, file: string): CallFact => ({ from, to, variable: makeProcess(to).urlVariable ?? "", file });
  const calls = [
    ...processes.filter(({ isDeclared }) => isDeclared).map(({ name }) => call("app", name, "modules/app/app.yml")),
    ...names.flatMap((name, index) => (index % 6 === 1 ? [call(name, names[(index * 5 + 3) % services] ?? name, `modules/${name}/src/client.ts`)] : [])),
    call(names[0] ?? "", "ghost", `modules/${names[0] ?? ""}/src/ghost.ts`),
  ];
  const ghost = makeProcess("ghost", { kind: "missing", isDeclared: false });
  return buildTopology({ title: "acme", processes: [app, ...processes, ghost], calls });
}

import { type Datastore, readDatastore } from "./datastores.js";

/** What is known of one process, or of one that is only spoken of. Plain values: whoever reads a workspace fills it in. */
export interface ProcessFacts {
  /** Kebab-case name, unique among the processes. */
  readonly name: string;
  /** `missing` is a service that something calls and that is no module of the workspace. */
  readonly kind: "api" | "microservice" | "missing";
  /** TCP port in development. */
  readonly port: number | undefined;
  /** Name of the variable that holds its address. */
  readonly urlVariable: string | undefined;
  /** Whether app.yml declares it. */
  readonly isDeclared: boolean;
  /** Variables with what the committed example gives them; an empty text where only source reads them. */
  readonly environment: ReadonlyMap<string, string>;
  /** Reference of its image; `undefined` where it has no Dockerfile. */
  readonly image: string | undefined;
}

/** One place that says that a process calls a service. */
export interface CallFact {
  readonly from: string;
  readonly to: string;
  readonly variable: string;
  /** Workspace-relative file that says so. */
  readonly file: string;
}

/** What a service answered when it was asked how it is. */
export type Health = "healthy" | "unhealthy" | "no answer" | "not running";

/** What is only true at one moment, by the process's name. */
export interface Observed {
  readonly health?: ReadonlyMap<string, Health>;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digests?: ReadonlyMap<string, string>;
}

/** A process of the drawing. */
export interface TopologyProcess extends Omit<ProcessFacts, "environment"> {
  readonly id: string;
  readonly digest: string | undefined;
  readonly health: Health | undefined;
}

/** A datastore of the drawing. */
export interface TopologyDatastore extends Datastore {
  /** The processes that use it, by their ids, in the drawing's order. */
  readonly users: readonly string[];
}

/** An arrow of the drawing. */
export interface TopologyEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: "call" | "store";
  /** Variables that hold the address, sorted. */
  readonly variables: readonly string[];
  /** Workspace-relative files that say so, sorted. */
  readonly files: readonly string[];
}

/** What runs where, and who calls whom. The same facts give the same value, to the order of every list. */
export interface Topology {
  readonly title: string;
  readonly processes: readonly TopologyProcess[];
  readonly datastores: readonly TopologyDatastore[];
  readonly edges: readonly TopologyEdge[];
}

/** Everything that {@link buildTopology} draws from. */
export interface TopologyFacts {
  readonly title: string;
  readonly processes: readonly ProcessFacts[];
  readonly calls: readonly CallFact[];
  readonly observed?: Observed;
}

const ORDER = { api: 0, microservice: 1, missing: 2 } as const;

/**
 * Builds the drawing's model: APIs first, then services, then what is missing, each in the order of their names; datastores
 * by kind and place. Values of variables give a datastore's kind and host, and nothing else of them is kept.
 */
export function buildTopology({ title, processes, calls, observed = {} }: TopologyFacts): Topology {
  const sorted = processes.toSorted((a, b) => ORDER[a.kind] - ORDER[b.kind] || compare(a.name, b.name));
  const ids = new Map(sorted.map(({ name }) => [name, `process:${name}`]));
  const edges = new Map<string, TopologyEdge>();
  const join = (edge: TopologyEdge): void => {
    const key = JSON.stringify([edge.from, edge.to]);
    const before = edges.get(key);
    edges.set(key, before === undefined ? edge : { ...edge, variables: union(before.variables, edge.variables), files: union(before.files, edge.files) });
  };

  for (const { from, to, variable, file } of calls) {
    const [source, target] = [ids.get(from), ids.get(to)];
    if (source === undefined || target === undefined || source === target) continue;
    join({ from: source, to: target, kind: "call", variables: [variable], files: [file] });
  }

  const stores = new Map<string, TopologyDatastore>();
  for (const { name, environment } of sorted) {
    const from = `process:${name}`;
    for (const [variable, value] of environment) {
      const store = readDatastore(variable, value, name);
      if (store === undefined) continue;
      const users = stores.get(store.id)?.users ?? [];
      stores.set(store.id, { ...store, users: users.includes(from) ? users : [...users, from] });
      join({ from, to: store.id, kind: "store", variables: [variable], files: [] });
    }
  }

  return {
    title,
    processes: sorted.map(({ name, kind, port, urlVariable, isDeclared, image }) => ({
      id: `process:${name}`,
      name,
      kind,
      port,
      urlVariable,
      isDeclared,
      image,
      digest: observed.digests?.get(name),
      health: observed.health?.get(name),
    })),
    datastores: [...stores.values()].sort((a, b) => compare(a.id, b.id)),
    edges: [...edges.values()].sort((a, b) => compare(a.kind, b.kind) || compare(a.from, b.from) || compare(a.to, b.to)),
  };
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort(compare);
}

/** By code units, which is the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

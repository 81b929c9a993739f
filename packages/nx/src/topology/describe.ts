import type { Topology, TopologyDatastore, TopologyProcess } from "./model.js";

/** What a page shows of one box. */
export interface NodeFacts {
  readonly id: string;
  readonly kind: "api" | "microservice" | "missing" | "datastore";
  readonly name: string;
  /** All of it in one sentence, for those who hear the page. */
  readonly summary: string;
  /** Each a heading and what stands below it. */
  readonly rows: readonly (readonly [heading: string, values: readonly string[]])[];
  /** Ids of the boxes that arrows lead to, and come from, with what says so. */
  readonly links: readonly { readonly to: string; readonly out: boolean; readonly note: string }[];
}

const KINDS = { api: "API", microservice: "Service", missing: "Missing service", datastore: "Datastore" } as const;

/** Describes a box of the drawing in words. */
export function describeNode(node: TopologyProcess | TopologyDatastore, topology: Topology): NodeFacts {
  const names = new Map([...topology.processes.map(({ id, name }) => [id, name] as const), ...topology.datastores.map((store) => [store.id, nameStore(store)] as const)]);
  const edges = topology.edges.filter(({ from, to }) => from === node.id || to === node.id);
  const listNames = (kind: "call" | "store", side: "from" | "to"): string[] =>
    edges.filter((edge) => edge.kind === kind && edge[side === "to" ? "from" : "to"] === node.id).map((edge) => names.get(edge[side]) ?? "");
  const isStore = "product" in node;
  const kind = isStore ? "datastore" : node.kind;
  const name = isStore ? nameStore(node) : node.name;
  const rows = keepFilled(
    isStore
      ? [
          ["Product", node.product],
          ["Place", node.place ?? "not known: the committed example gives no address"],
          ["Used by", listNames("store", "from")],
        ]
      : [
          ["Port", node.port?.toString()],
          ["URL variable", node.urlVariable],
          ["Declared in app.yml", node.kind === "api" ? undefined : node.isDeclared ? "yes" : "no"],
          ["Calls", listNames("call", "to")],
          ["Called by", listNames("call", "from")],
          ["Datastores", listNames("store", "to")],
          ["Image", node.image],
          ["Digest", node.digest],
          ["Health", node.health],
        ],
  );
  return {
    id: node.id,
    kind,
    name,
    summary: `${KINDS[kind]} ${name}${rows.map(([heading, values]) => `, ${heading}: ${say(values)}`).join("")}`,
    rows,
    links: edges.map(({ from, to, variables, files }) => ({
      to: from === node.id ? to : from,
      out: from === node.id,
      note: [...variables, ...files].join(", "),
    })),
  };
}

/** Who hears a list of fifty names has forgotten the first. The details have all of them. */
function say(values: readonly string[]): string {
  return values.length > 4 ? String(values.length) : values.join(" and ");
}

function nameStore({ product, place, owner }: TopologyDatastore): string {
  return place === undefined ? `${product} of ${owner ?? "nobody"}` : `${product} ${place}`;
}

function keepFilled(rows: readonly (readonly [string, string | readonly string[] | undefined])[]): [string, readonly string[]][] {
  return rows.flatMap(([heading, value]): [string, readonly string[]][] => {
    const values = value === undefined ? [] : typeof value === "string" ? [value] : value;
    return values.length === 0 ? [] : [[heading, values]];
  });
}

import type { Topology, TopologyDatastore, TopologyEdge, TopologyProcess } from "./model.js";

/** A box of the drawing, in CSS pixels from its top left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedNode extends Box {
  readonly node: TopologyProcess | TopologyDatastore;
  readonly column: number;
}

export interface PlacedEdge {
  readonly edge: TopologyEdge;
  /** As the `d` of an SVG path. */
  readonly path: string;
}

export interface PlacedTitle {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly titles: readonly PlacedTitle[];
  /** Where paper may cut it: tops and bottoms of the sheets, from the top, through no box and no title. */
  readonly cuts: readonly number[];
}

/** What fits on a sheet of paper of the drawing's width, standing or lying, and is still readable. */
const SHEET = 960;

const MARGIN = 24;
const CARD = 46;
const STORE = 34;
const ROW = 60;
const TITLE = 34;
const WIDTHS = [124, 270, 216, 200] as const;
const LANE = 9;
const GUTTER = 56;
/** Below a card's top: where calls leave and arrive, and where the line to a shared datastore leaves, under those of one owner. */
const CALL_PORT = 17;
const SHARED_PORT = STORE + 6;

/**
 * Places a topology in columns: the APIs, the services, each service's own datastores in its row, and the datastores that
 * several share. Calls from an API and lines to a shared datastore each run in a lane of their own, so that fifty of them stay
 * one line with branches.
 */
export function layOut({ processes, datastores, edges }: Topology): Layout {
  const apis = processes.filter(({ kind }) => kind === "api");
  const shared = datastores.filter(({ users }) => users.length > 1);
  const ownOf = (id: string): TopologyDatastore[] => datastores.filter(({ users }) => users.length === 1 && users[0] === id);

  const x1 = MARGIN + (apis.length === 0 ? 0 : WIDTHS[0] + GUTTER + LANE * apis.length);
  const x2 = x1 + WIDTHS[1] + GUTTER;
  const hasOwn = datastores.length > shared.length;
  const lanes = x2 - (hasOwn ? 0 : GUTTER / 2) + (hasOwn ? WIDTHS[2] + LANE : 0);
  const x3 = lanes + LANE * (shared.length + 2);

  const nodes = new Map<string, PlacedNode>();
  const titles: PlacedTitle[] = [];
  const place = (node: PlacedNode["node"], column: number, x: number, y: number, height: number): void => {
    nodes.set(node.id, { node, column, x, y, width: WIDTHS[column] ?? 0, height });
  };
  /** Places a process with its own datastores beside it. @returns where the next one may start */
  const placeRow = (process: TopologyProcess, column: number, x: number, y: number): number => {
    const own = ownOf(process.id);
    place(process, column, x, y, CARD);
    for (const [index, store] of own.entries()) place(store, 2, x2, y + index * ROW, STORE);
    return y + Math.max(own.length, 1) * ROW;
  };

  let y = MARGIN + TITLE;
  if (apis.length > 0) titles.push({ text: "APIs", x: MARGIN, y: MARGIN });
  for (const api of apis) y = placeRow(api, 0, MARGIN, y);
  // Lines from an API to its datastores cross the services' column, so services stand below them.
  const isCrossed = edges.some(({ from, kind }) => kind === "store" && nodes.has(from));
  const apisEnd = y;
  if (!isCrossed) y = MARGIN;
  for (const { text, members } of groupServices(processes)) {
    titles.push({ text, x: x1, y });
    y += TITLE;
    for (const member of members) y = placeRow(member, 1, x1, y);
    y += ROW / 4;
  }
  if (hasOwn) titles.push({ text: "Datastores of one owner", x: x2, y: MARGIN });
  if (shared.length > 0) titles.push({ text: "Shared datastores", x: x3, y: MARGIN });
  for (const [index, store] of shared.entries()) place(store, 3, x3, MARGIN + TITLE + index * ROW, STORE);

  const lane = { api: (id: string) => MARGIN + WIDTHS[0] + 20 + LANE * apis.findIndex((api) => api.id === id), shared: (id: string) => lanes + LANE * (1 + shared.findIndex((store) => store.id === id)) };
  const bottom = Math.max(y, apisEnd, MARGIN + TITLE + shared.length * ROW);
  return {
    width: (shared.length > 0 ? x3 + WIDTHS[3] : hasOwn ? x2 + WIDTHS[2] : x1 + WIDTHS[1] + GUTTER) + MARGIN,
    height: bottom + MARGIN / 2,
    nodes: [...nodes.values()],
    edges: edges.flatMap((edge) => {
      const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)];
      return from === undefined || to === undefined ? [] : [{ edge, path: route(from, to, lane) }];
    }),
    titles,
    cuts: listCuts([...nodes.values()], titles, bottom + MARGIN / 2),
  };
}

/** Greedy: each sheet takes as many rows as it holds. */
function listCuts(nodes: readonly PlacedNode[], titles: readonly PlacedTitle[], height: number): number[] {
  const spans = [...nodes.map(({ y, height }) => [y, y + height] as const), ...titles.map(({ y }) => [y, y + TITLE + CARD] as const)];
  const candidates = [...new Set(nodes.map(({ y }) => y - 6))].filter((y) => spans.every(([top, end]) => y <= top || y >= end)).sort((a, b) => a - b);
  const cuts = [0];
  for (let from = 0; height - from > SHEET; ) {
    from = candidates.findLast((y) => y > from && y - from <= SHEET) ?? height;
    cuts.push(from);
  }
  return cuts.at(-1) === height ? cuts : [...cuts, height];
}

function groupServices(processes: readonly TopologyProcess[]): { text: string; members: TopologyProcess[] }[] {
  const hasApi = processes.some(({ kind }) => kind === "api");
  const services = processes.filter(({ kind }) => kind === "microservice");
  const groups = [
    { text: hasApi ? "Services that app.yml declares" : "Services", members: services.filter(({ isDeclared }) => isDeclared || !hasApi) },
    { text: "Services that app.yml does not declare", members: services.filter(({ isDeclared }) => !isDeclared && hasApi) },
    { text: "Called, but no module", members: processes.filter(({ kind }) => kind === "missing") },
  ];
  return groups.filter(({ members }) => members.length > 0);
}

/** The way of an arrow, along the lanes between the columns. */
function route(from: PlacedNode, to: PlacedNode, lane: { api: (id: string) => number; shared: (id: string) => number }): string {
  const right = from.x + from.width;
  if (to.column === 2) {
    const y = to.y + CALL_PORT;
    const turn = right + GUTTER / 2;
    // The first one is straight; a second one stands in the row below.
    return from.y === to.y ? `M${right} ${y}H${to.x}` : `M${right} ${from.y + CALL_PORT}H${turn}V${y}H${to.x}`;
  }
  if (to.column === 3) return `M${right} ${from.y + SHARED_PORT}H${lane.shared(to.node.id)}V${to.y + CALL_PORT}H${to.x}`;
  if (from.column === 0 && to.column === 1) return `M${right} ${from.y + CALL_PORT}H${lane.api(from.node.id)}V${to.y + CALL_PORT}H${to.x}`;
  if (from.column === to.column) {
    // Between two of a column: an arc beside it, wider the further it reaches.
    const [y1, y2] = [from.y + CALL_PORT - 8, to.y + CALL_PORT + 8];
    const bulge = right + Math.min(16 + Math.abs(y2 - y1) / 12, GUTTER - 10) * 1.2;
    return `M${right} ${y1}C${bulge} ${y1} ${bulge} ${y2} ${right} ${y2}`;
  }
  // From a service back to an API.
  return `M${from.x} ${from.y + CARD - 8}C${from.x - GUTTER} ${from.y} ${to.x + to.width + GUTTER} ${to.y + CARD} ${to.x + to.width} ${to.y + CARD - 8}`;
}

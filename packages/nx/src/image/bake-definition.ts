import { type BuildPlan, dockerfileOf, isLoaded } from "./build-plan.js";

/**
 * How a definition is written down. Both are read by every `docker buildx bake`; buildx before 0.17.1 reads the network of
 * a target only where it is written as a Compose file, and passes over it without a word elsewhere.
 */
export type BakeDialect = "bake" | "compose";

/** One image of a bake: the fields of a `target` in a bake file. */
export type BakeTarget = Readonly<Record<string, string | boolean | readonly string[] | Readonly<Record<string, string>>>>;

/** What `docker buildx bake` reads, a plain value that is given to it as JSON. */
export type BakeDefinition =
  | { readonly group: Readonly<Record<"default", { readonly targets: readonly string[] }>>; readonly target: Readonly<Record<string, BakeTarget>> }
  | { readonly name: string; readonly services: Readonly<Record<string, { readonly build: Readonly<Record<string, unknown>> }>> };

/** What a command line says once for all images of a bake, in the words of the plans. */
export interface BakeFlags {
  readonly builder: string | undefined;
  readonly provenance: string | undefined;
  readonly sbom: string | undefined;
}

/** Plans that one `docker buildx bake` can carry out together. */
export interface BakeGroup {
  readonly flags: BakeFlags;
  /** Plans by the name of their target. */
  readonly plans: Readonly<Record<string, BuildPlan>>;
}

/** Puts plans together that one command line can speak for, in the order in which they come. */
export function groupPlans(plans: Readonly<Record<string, BuildPlan>>): BakeGroup[] {
  const groups = new Map<string, { flags: BakeFlags; plans: Record<string, BuildPlan> }>();
  for (const [name, plan] of Object.entries(plans)) {
    const flags = { builder: plan.builder, provenance: plan.provenance, sbom: plan.sbom };
    const key = JSON.stringify(Object.values(flags).map((value) => value ?? null));
    const group = groups.get(key) ?? { flags, plans: {} };
    group.plans[name] = plan;
    groups.set(key, group);
  }
  return [...groups.values()];
}

/**
 * Names a target after each task, as short as they stay apart: `@module/order-history:docker-build` is `order-history`.
 * Bake takes ASCII letters, digits, `-` and `_`, and its own group is called `default`.
 *
 * @param ids - ids of the tasks, each once
 * @returns id by name, in order
 */
export function nameTargets(ids: readonly string[]): Map<string, string> {
  const shorten = (id: string): string => toTargetName((id.split(":")[0] ?? id).replace(/^.*\//, ""));
  const shared = new Map<string, number>();
  for (const id of ids) shared.set(shorten(id), (shared.get(shorten(id)) ?? 0) + 1);
  const named = new Map<string, string>();
  for (const id of ids) {
    const short = shorten(id);
    const name = short === "default" || (shared.get(short) ?? 0) > 1 ? toTargetName(id) : short;
    let unique = name;
    for (let count = 2; named.has(unique) || (unique !== short && shared.has(unique)); count++) unique = `${name}-${count}`;
    named.set(unique, id);
  }
  return named;
}

function toTargetName(text: string): string {
  return text.replace(/[^\w-]+/g, "-").replace(/^-+|-+$/g, "") || "image";
}

/**
 * Builds the definition that makes the same images as one `docker buildx build` per plan. What only a command line can say
 * is left to {@link BakeFlags}.
 *
 * @param plans - by the name of their target
 */
export function buildBakeDefinition(plans: Readonly<Record<string, BuildPlan>>, dialect: BakeDialect = "bake"): BakeDefinition {
  if (dialect === "compose") {
    const services = Object.entries(plans).map(([name, plan]) => [name, { build: buildService(plan) }] as const);
    return { name: "images", services: Object.fromEntries(services) };
  }
  const targets = Object.entries(plans).map(([name, plan]) => [name, buildTarget(plan)] as const);
  return { group: { default: { targets: Object.keys(plans) } }, target: Object.fromEntries(targets) };
}

function buildTarget(plan: BuildPlan): BakeTarget {
  return leaveOutEmpty({
    context: ".",
    dockerfile: escapeTemplate(dockerfileOf(plan)),
    target: escapeTemplate(plan.target),
    tags: plan.tags,
    platforms: plan.platforms,
    args: escapeEntries(plan.buildArgs, escapeTemplate),
    contexts: escapeEntries(plan.buildContexts, escapeTemplate),
    labels: escapeEntries(plan.labels, escapeTemplate),
    secret: plan.secrets.map(escapeTemplate),
    "cache-from": plan.cacheFrom.map(escapeTemplate),
    "cache-to": plan.cacheTo.map(escapeTemplate),
    output: listOutputs(plan),
    network: plan.network ?? "",
    "no-cache": plan.noCache,
    pull: plan.pull,
  });
}

function buildService(plan: BuildPlan): Record<string, unknown> {
  const own = leaveOutEmpty({
    tags: plan.tags,
    platforms: plan.platforms,
    secret: plan.secrets.map(escapeVariable),
    "cache-from": plan.cacheFrom.map(escapeVariable),
    "cache-to": plan.cacheTo.map(escapeVariable),
    output: listOutputs(plan),
    "no-cache": plan.noCache,
    pull: plan.pull,
  });
  const shared = leaveOutEmpty({
    context: ".",
    dockerfile: escapeVariable(dockerfileOf(plan)),
    target: escapeVariable(plan.target),
    args: escapeEntries(plan.buildArgs, escapeVariable),
    additional_contexts: escapeEntries(plan.buildContexts, escapeVariable),
    labels: escapeEntries(plan.labels, escapeVariable),
    network: plan.network ?? "",
  });
  return { ...shared, "x-bake": own };
}

function listOutputs(plan: BuildPlan): string[] {
  return [...(isLoaded(plan) ? ["type=docker"] : []), ...(plan.push ? ["type=registry"] : [])];
}

function leaveOutEmpty(target: BakeTarget): BakeTarget {
  const isEmpty = (value: BakeTarget[string]): boolean => value === "" || value === false || Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(target).filter(([, value]) => value === true || !isEmpty(value)));
}

function escapeEntries(record: Readonly<Record<string, string>>, escape: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, escape(value)]));
}

/** Texts of a bake file are HCL templates, also in JSON. */
function escapeTemplate(text: string): string {
  return text.replaceAll(/[$%]\{/g, (opening) => `${opening[0]}${opening}`);
}

function escapeVariable(text: string): string {
  return text.replaceAll("$", "$$$$");
}

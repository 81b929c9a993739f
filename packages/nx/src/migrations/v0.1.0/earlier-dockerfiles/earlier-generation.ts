import { createHash } from "node:crypto";
import type { ModuleNames } from "../../../workspace/names.js";

/** What a generated Dockerfile was filled in with, besides the service's names. */
export interface Filling {
  /** Version of the base image. */
  readonly bunVersion: string;
  /** Path of the health controller, as it was given to the generator. */
  readonly healthPath: string;
}

/** A service's Dockerfile, as far as this plugin's earlier generations have to do with it. */
export type Origin =
  /** Byte for byte what one of them wrote. */
  | { readonly kind: "untouched"; readonly filling: Filling }
  /** One of them wrote it, whose images hold more than the present one's, and somebody has changed it since. */
  | { readonly kind: "edited" }
  /** The present generation's or what makes the same images, or somebody's own. */
  | { readonly kind: "other" };

/**
 * What each earlier generation wrote, with placeholders for what it filled in (SHA-256): the one that installs all production
 * dependencies beside the bundle, the three that check the bundle in a stage of its own, and the one that copies what it is
 * made from into layers of their own.
 */
const GENERATIONS = new Set([
  "8b23ec00232afd5c02c38c682171493c0969a92548289e5ff562c165ed55b011",
  "81463ca326d5a366833261417376efee75d23364af74af2a98585a071179abb1",
  "9eb3ce0bd367b16d5a73dc14152ed7f27077c5cc114c7651f2fe09390616c1da",
  "8224d6b3745375ed9c0519b02a58c37afc4f7cff55f1e648a1520b0b1c3b5091",
  "6ba6a6e6afe62cdc15e6d9619e6ee5d5724bd591744843aaed95bbb89c742098",
]);

const BUN_VERSION = /^FROM oven\/bun:(\S+) AS base$/m;
const PROBES = /for \(const path of \[((?:'[^'"\\]+'(?:, )?)+)\]\)/;

/**
 * Tells which of this plugin's generations wrote a Dockerfile.
 *
 * @param names - of the module in whose folder it is
 */
export function readOrigin(dockerfile: string, names: ModuleNames): Origin {
  // Git may have changed the line endings, which is nobody's edit.
  const text = dockerfile.replaceAll("\r\n", "\n");
  const bunVersion = BUN_VERSION.exec(text)?.[1];
  const probes = PROBES.exec(text)?.[1];
  const healthPath = /'([^']+)'$/.exec(probes ?? "")?.[1];
  if (bunVersion !== undefined && healthPath !== undefined && GENERATIONS.has(hash(clear(text, names)))) {
    return { kind: "untouched", filling: { bunVersion, healthPath } };
  }
  const isOurs = text.startsWith(`# Image of ${names.snake}. Build it from the repository root:\n`) && text.includes("FROM scratch AS manifests");
  const isEarlier = !text.includes("FROM manifests AS runtime") || /^FROM base AS bundle$/m.test(text);
  return { kind: isOurs && isEarlier ? "edited" : "other" };
}

/** Puts placeholders where a generator filled something in, and nowhere else: a short name may be part of other words. */
function clear(text: string, { kebab, snake }: ModuleNames): string {
  return text
    .replace(`# Image of ${snake}. `, "# Image of SNAKE. ")
    .replace(` -t ${snake}:latest .\n`, " -t SNAKE:latest .\n")
    .replaceAll(`modules/${kebab}/${kebab}.yml`, "modules/KEBAB/KEBAB.yml")
    .replaceAll(`modules/${kebab}/`, "modules/KEBAB/")
    .replace(BUN_VERSION, "FROM oven/bun:VERSION AS base")
    .replace(PROBES, "for (const path of PROBES)");
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What a build did, by what BuildKit says of it. */
export interface BuildLog {
  /** Instructions that ran, so those that were not taken from the cache. */
  readonly steps: number;
  /** Of the build contexts, named ones included, sent to the engine. */
  readonly bytes: number;
  /** Names that its images got, without the registry's host: `billing:latest`. */
  readonly tags: readonly string[];
}

const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 };

/** A step of a Dockerfile that does something: `#7 [billing build 2/3] RUN bun build ...`. */
const STEP = /^#(\d+) \[(?:[^\]]+ )?\d+\/\d+\] (?!FROM )/;
const DONE = /^#(\d+) DONE /;
/** `#5 transferring context: 96.61kB 0.0s done`, or the name of a named context; the Dockerfile is none. */
const SENT = /^#(\d+) transferring (?!dockerfile:)[^:]+: ([\d.]+)([kMG]?B)\b/;

/** `#19 naming to docker.io/library/billing:latest done` */
const NAMED = /^#\d+ naming to docker\.io\/library\/(\S+)/;

/**
 * Reads what BuildKit printed of one build or bake, in its plain format.
 *
 * @returns counts, and bytes as exact as they are printed, which is four digits
 */
export function readBuildLog(text: string): BuildLog {
  const steps = new Set<string>();
  const ran = new Set<string>();
  const sent = new Map<string, number>();
  const tags = new Set<string>();
  for (const line of text.split("\n")) {
    const [, step] = STEP.exec(line) ?? [];
    if (step !== undefined) steps.add(step);
    // A step that is taken from the cache says CACHED, and never DONE.
    const [, done] = DONE.exec(line) ?? [];
    if (done !== undefined && steps.has(done)) ran.add(done);
    const [, tag] = NAMED.exec(line) ?? [];
    if (tag !== undefined) tags.add(tag);
    const [, context, count, unit = ""] = SENT.exec(line) ?? [];
    if (context !== undefined) sent.set(context, Number(count) * (UNITS[unit] ?? 1));
  }
  return { steps: ran.size, bytes: [...sent.values()].reduce((sum, bytes) => sum + bytes, 0), tags: [...tags] };
}

import { createHash } from "node:crypto";
import { OoneexNxError } from "../errors.js";

const SECONDS = { m: 60, h: 3_600, d: 86_400, w: 604_800 } as const;

/**
 * Reads how long an image is good for whose base image may change under its name.
 *
 * @param maxAge - a number with `m`, `h`, `d` or `w` for minutes to weeks, or `never`
 * @returns milliseconds, `undefined` for ever
 * @throws OoneexNxError `MAX_AGE_ILLEGAL`
 */
export function readMaxAge(maxAge: string): number | undefined {
  if (maxAge === "never") return undefined;
  const [, count, unit] = /^([1-9]\d*)([mhdw])$/.exec(maxAge) ?? [];
  if (count === undefined || unit === undefined) {
    throw new OoneexNxError({
      code: "MAX_AGE_ILLEGAL",
      what: `${JSON.stringify(maxAge)} is not a length of time`,
      where: "maxAge",
      remedy: "write a number with its unit, such as 12h, 7d or 2w, or never",
    });
  }
  return Number(count) * SECONDS[unit as keyof typeof SECONDS] * 1_000;
}

/**
 * Numbers the stretches of time that are each as long as an image is good for. All machines count the same ones, so an
 * image built on one is still good, or no longer good, on any other.
 *
 * @param name - what shifts the stretches, so that not all services expire at the same moment
 * @param maxAge - milliseconds
 * @param now - milliseconds since 1970
 */
export function countPeriods(name: string, maxAge: number, now: number): number {
  const shift = createHash("sha256").update(name).digest().readUInt32BE(0) / 2 ** 32;
  return Math.floor(now / maxAge + shift);
}

/** Tells whether a reference names its image by digest, which always means the same bytes. */
export function isPinned(reference: string): boolean {
  return /@sha256:[0-9a-f]{64}$/.test(reference);
}

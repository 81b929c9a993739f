import { expect } from "vitest";
import { OoneexNxError } from "../../../packages/nx/src/errors.js";
import type { Tally } from "../torture.js";

/** An entry of a file: how it is added and removed, and what the file means to a parser that is not ours to choose. */
export interface Edit<M> {
  readonly add: (text: string) => string;
  readonly remove: (text: string) => string | undefined;
  /** @throws where the file cannot be parsed */
  readonly parse: (text: string) => M;
  /** What the file is to mean with the entry, from what it means without. */
  readonly expected: (meaning: M) => M;
}

/**
 * Adds an entry, adds it again, and removes it. A refusal is one that leaves the text to its owner.
 */
export function expectRoundTrip<M>(tally: Tally, text: string, edit: Edit<M>): void {
  const edited = tally.attempt(() => edit.add(text));
  if (edited === undefined) return;
  expect(edit.add(edited), text).toBe(edited);
  if (edited === text) return;
  expect(edit.parse(edited), text).toEqual(edit.expected(edit.parse(text)));
  expectInsertion(text, edited);
  expect(edit.remove(edited), text).toBe(text);
}

/** What cannot be parsed is refused. */
export function expectRefused<M>(tally: Tally, text: string, edit: Edit<M>): void {
  let isLegal = true;
  try {
    edit.parse(text);
  } catch {
    isLegal = false;
  }
  if (isLegal) return;
  try {
    edit.add(text);
  } catch (error) {
    tally.countRefusal(error);
    expect(error).toBeInstanceOf(OoneexNxError);
    return;
  }
  throw new Error(`edited although it cannot be parsed: ${JSON.stringify(text)}`);
}

/** What stood there stands there still, in order, but for an empty list or map, or a null, that holds the entry now. */
function expectInsertion(text: string, edited: string): void {
  let at = 0;
  let lost = "";
  for (const character of text) {
    const found = edited.indexOf(character, at);
    if (found === -1) lost += character;
    else at = found + character.length;
  }
  expect(lost.replaceAll(/[\s[\]{}~,]|null/g, ""), `lost of ${JSON.stringify(text)} in ${JSON.stringify(edited)}`).toBe("");
}

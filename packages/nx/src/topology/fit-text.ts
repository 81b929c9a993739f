/** Widths of the widest usual sans-serif font, rounded up, as parts of its size. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[iljtfrI.,:;'|!()[\]/ -]/, 0.44],
  [/_/, 0.52],
  [/[mwMW@%&—…]/, 1.02],
  [/[a-z0-9]/, 0.65],
  [/[A-Z]/, 0.79],
  [/[!-ɏ]/, 0.85],
];

/** Scripts of full width, such as Han, take all of it. */
const FULL_WIDTH = 1.1;
const BOLD = 1.13;

/**
 * Shortens a text in its middle so that it fits a width. Nothing here can measure a font, so it counts with the widest:
 * what fits by this, fits.
 *
 * @param width - in the unit of `size`
 * @param size - of the font
 */
export function fitText(text: string, width: number, size: number, isBold = false): string {
  const characters = [...text];
  const unit = size * (isBold ? BOLD : 1);
  const measure = (part: readonly string[]): number => part.reduce((sum, character) => sum + widthOf(character), 0) * unit;
  if (measure(characters) <= width) return text;
  for (let kept = characters.length - 1; kept > 0; kept--) {
    const head = characters.slice(0, Math.ceil(kept / 2));
    const short = [...head, "…", ...characters.slice(characters.length - Math.floor(kept / 2))];
    if (measure(short) <= width) return short.join("");
  }
  return "…";
}

function widthOf(character: string): number {
  return WIDTHS.find(([characters]) => characters.test(character))?.[1] ?? FULL_WIDTH;
}

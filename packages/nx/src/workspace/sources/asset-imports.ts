/** What a stylesheet or a page refers to. */
export interface AssetReference {
  readonly specifier: string;
  /** Offset in the text, in UTF-16 code units. */
  readonly start: number;
}

/** `@import`, `url()` and the modules that `composes` names. */
const STYLESHEET = /@import\s+["']([^"']+)["']|\burl\(\s*(?:"([^"]+)"|'([^']+)'|([^"'()\s]+))\s*\)|\bcomposes\s*:[^;}]*\bfrom\s+["']([^"']+)["']/gd;

/** Elements whose files a bundler takes along; links that a reader follows are none of them. */
const ELEMENT = /<(?:script|link|img|image|video|audio|source|track|embed|input|meta)\b(?:"[^"]*"|'[^']*'|[^"'>])*>/gi;
const ATTRIBUTE = /\s(?:src|href|poster)\s*=\s*(?:"([^"]+)"|'([^']+)'|([^"'\s>]+))/gid;

/** Addresses, places on a page, and data written in place. */
const NO_FILE = /^(?:[a-z][a-z0-9+.-]*:|\/\/|#)/i;

/** Lists what a stylesheet names: other stylesheets, images, fonts. */
export function readStylesheet(text: string): AssetReference[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => " ".repeat(comment.length));
  return [...code.matchAll(STYLESHEET)].flatMap((match) => toReference(match, 0));
}

/** Lists the files that a page loads: scripts, stylesheets, images. */
export function readPage(text: string): AssetReference[] {
  const page = text.replace(/<!--[\s\S]*?-->/g, (comment) => " ".repeat(comment.length));
  return [...page.matchAll(ELEMENT)].flatMap((element) =>
    [...element[0].matchAll(ATTRIBUTE)].flatMap((match) => toReference(match, element.index)),
  );
}

function toReference(match: RegExpExecArray, offset: number): AssetReference[] {
  const group = match.findIndex((text, index) => index > 0 && text !== undefined);
  const specifier = match[group] ?? "";
  if (NO_FILE.test(specifier)) return [];
  return [{ specifier, start: offset + (match.indices?.[group]?.[0] ?? 0) }];
}

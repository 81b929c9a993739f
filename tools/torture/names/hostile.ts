import fc from "fast-check";

/** What has broken other people's tools when it stood in a name. */
export const FRAGMENTS: readonly string[] = [
  "../", "..\\", "/", "\\", "/etc/passwd", "~", ".", "..", "C:\\", "\0", "\n", "\r\n", "\t", "\u2028", "\u0085", "\u001b[31m",
  "$(touch pwned)", "`touch pwned`", "${PATH}", "; rm -rf x", "&& x", "| x", "> x", "$((1))", "!!", "*", "?", "%PATH%",
  "<%= process.exit(1) %>", "<%- x -%>", "<%", "%>", "{{ x }}", "${{ secrets.TOKEN }}",
  '"', "'", "\\\"", "#", " #", ": ", "- ", "[", "]", "{", "}", "&a", "*a", "!!js/function", "|", ">", "---", "...", "%YAML", "@", ",",
  "]]", '"]', "-->", "subgraph x", "end", ";", "click a href", "</script>", "<!--", "```", "%%{init}%%",
  "__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "default", "class", "null", "true", "yes", "on", "0x10", "1e3", "~",
  "CON", "nul", "COM1", "lpt9.txt", "aux",
  "\u202e", "\u200b", "\u00ad", "\ufeff", "\u0430pp", "\uff0e\uff0e\uff0f", "\u212a", "\u0131", "\u00df", "e\u0301", "\ud83d\ude00", "\ud800",
  "FROM scratch", "\nRUN x", "\\\n", "ARG X", "ONBUILD", "a".repeat(300), "app", "shared", "module", "Module", "node_modules", "dist",
];

const WORDS = ["billing", "order", "history", "s3", "oauth2", "a", "b", "x1", "http", "module", "app", "2", "2fa", "const", "import", "URL", "Api", "é"];

/** Any text that a person, a script or an attacker may give. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.constantFrom(...WORDS), fc.string({ unit: "binary", maxLength: 6 }), fc.string({ maxLength: 6 })), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(""));

/** Words as each of the spellings that people use joins them. */
export const plausibleName: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.oneof(fc.constantFrom(...WORDS), fc.stringMatching(/^[a-zA-Z0-9]{1,8}$/)), { minLength: 1, maxLength: 6 }),
    fc.constantFrom("-", "_", " ", "", "--", " - ", "__"),
    fc.constantFrom("as is", "Pascal", "UPPER", "lower"),
    fc.constantFrom("", "", "Module", "-module", " ", "-", "."),
  )
  .map(([words, joint, spelling, end]) => words.map((word) => SPELL[spelling]?.(word) ?? word).join(joint) + end);

const SPELL: Readonly<Record<string, (word: string) => string>> = {
  Pascal: (word) => word.charAt(0).toUpperCase() + word.slice(1),
  UPPER: (word) => word.toUpperCase(),
  lower: (word) => word.toLowerCase(),
};

/** A name that may be taken, or not. */
export const anyName: fc.Arbitrary<string> = fc.oneof(hostileText, plausibleName, plausibleName);

/** A name that is taken. Some are words of a language, a format or a tool. */
export const legalName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("billing", "order history", "constructor", "to-string", "default", "null", "true", "yes", "on", "end", "subgraph", "select", "postgres", "redis", "billing-postgres", "x".repeat(63)),
  fc.array(fc.stringMatching(/^[a-z][a-z]{1,7}$/), { minLength: 1, maxLength: 4 }).map((words) => words.join("-")),
);

/** Nine times out of ten the first kind of value. */
export function mostly<A, B>(usual: fc.Arbitrary<A>, other: fc.Arbitrary<B>): fc.Arbitrary<A | B> {
  return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: other });
}

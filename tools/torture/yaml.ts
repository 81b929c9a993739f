import { createRequire } from "node:module";

interface YamlDocument {
  readonly errors: readonly Error[];
  readonly toJS: () => unknown;
}

/** The package's own parser, wherever npm has put it: the repository's tools bring an older one along. */
const { parse, parseAllDocuments, stringify } = createRequire(new URL("../../packages/nx/package.json", import.meta.url))("yaml") as {
  parse: (text: string, options?: object) => unknown;
  parseAllDocuments: (text: string, options?: object) => YamlDocument[];
  stringify: (value: unknown) => string;
};

export { parse, parseAllDocuments, stringify };

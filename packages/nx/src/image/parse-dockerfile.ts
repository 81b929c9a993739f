import { type Dockerfile, DockerfileParser } from "dockerfile-ast";

/** The one that was parsed last: a build asks several questions about one file, and the parser takes its time. */
let last: { readonly text: string; readonly dockerfile: Dockerfile } | undefined;

/** Parses a Dockerfile. The tree is for reading: whoever asks next gets the same. */
export function parseDockerfile(text: string): Dockerfile {
  if (last?.text !== text) last = { text, dockerfile: DockerfileParser.parse(text) };
  return last.dockerfile;
}

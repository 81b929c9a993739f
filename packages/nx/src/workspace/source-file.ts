const SOURCE_FILE = /\.(?:ts|tsx|mts|cts|js|jsx|mjs|cjs)$/;

/** Tells by its path whether a file is TypeScript or JavaScript, the kinds that can import. */
export function isSourceFile(path: string): boolean {
  return SOURCE_FILE.test(path);
}

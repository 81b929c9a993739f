/** Options of the `init` generator: none. */
export type InitOptions = Record<string, never>;

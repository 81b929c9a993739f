/** Options of the `sync` generator: none. */
export type SyncOptions = Record<string, never>;

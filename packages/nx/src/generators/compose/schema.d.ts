/** Options of the `compose` generator, as schema.json describes them. */
export interface ComposeOptions {
  file?: string;
  publish?: string[];
  datastores?: boolean;
}

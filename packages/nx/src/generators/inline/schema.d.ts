/** Options of the `inline` generator, as schema.json describes them. */
export interface InlineOptions {
  name: string;
  force?: boolean;
}

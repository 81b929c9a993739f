/** Options of the `topology` generator, as schema.json describes them. */
export interface TopologyOptions {
  readme?: string;
  page?: string;
  skipReadme?: boolean;
  skipPage?: boolean;
  digestFiles?: string[];
  live?: boolean;
  timeout?: number;
}

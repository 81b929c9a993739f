import type { Framework } from "../../workspace/framework.js";

/** Options of the `extract` generator, as schema.json describes them. */
export interface ExtractOptions {
  name: string;
  port?: number;
  healthPath?: string;
  framework?: Framework;
  skipFormat?: boolean;
}

import type { Framework } from "../../workspace/framework.js";

/** Options of the `microservice` generator, as schema.json describes them. */
export interface MicroserviceOptions {
  name: string;
  port?: number;
  healthPath?: string;
  framework?: Framework;
  tags?: string[];
  skipFormat?: boolean;
}

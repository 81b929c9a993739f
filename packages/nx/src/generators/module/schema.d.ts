import type { Framework } from "../../workspace/framework.js";

/** Options of the `module` generator, as schema.json describes them. */
export interface ModuleOptions {
  name: string;
  framework?: Framework;
  tags?: string[];
  skipFormat?: boolean;
}

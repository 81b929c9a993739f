import type { Framework } from "../../workspace/framework.js";

/** Options of the `preset` generator, as schema.json describes them. */
export interface PresetOptions {
  name?: string;
  framework?: Framework;
  frameworkVersion?: string;
  preset?: string;
}

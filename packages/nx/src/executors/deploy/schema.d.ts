import type { OneOrMore } from "../option-values.js";

/** Options of the `deploy` executor, as schema.json describes them. */
export interface DeployOptions {
  image?: string;
  pushed?: boolean;
  file?: string;
  service?: string;
  timeout?: number;
  rolling?: boolean;
  settle?: number;
  pull?: boolean;
  pullTimeout?: number;
  projectName?: string;
  envFile?: OneOrMore;
  dryRun?: boolean;
}

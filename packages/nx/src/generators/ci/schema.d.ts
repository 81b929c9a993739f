import type { CiProvider } from "../../workspace/ci-facts.js";

/** Options of the `ci` generator, as schema.json describes them. */
export interface CiOptions {
  provider?: CiProvider;
}

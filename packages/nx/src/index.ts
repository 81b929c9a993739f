export type { OoneexPluginOptions } from "./graph/options.js";
export { createNodes } from "./graph/create-nodes.js";
export { createDependencies } from "./graph/create-dependencies.js";

/** Name under which Nx lists the plugin. */
export const name = "@ooneex/nx";

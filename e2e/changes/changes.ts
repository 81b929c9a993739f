import type { Change } from "./change.js";
import { PACKAGES } from "./package-changes.js";
import { ROOT_FILES } from "./root-changes.js";
import { SERVICE_SET } from "./service-changes.js";
import { OWN_FILES, SHARED_FILES } from "./source-changes.js";

export type { Change } from "./change.js";

/** What may change in the workspace of `makeChangesWorkspace`, each with exactly the images that have to be built again. */
export const CHANGES: readonly Change[] = [...OWN_FILES, ...SHARED_FILES, ...PACKAGES, ...ROOT_FILES, ...SERVICE_SET];

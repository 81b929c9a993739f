/** What is done before a set of images is built. */
export const COLD = "cold";
export const NOTHING = "nothing changed";
export const OTHER = "other service's source";
export const OWN = "own source";
export const UNRELATED = "unrelated dependency";
export const NEW = "new service";

/** All but the cold set, in an order in which each starts from what the one before has built. */
export const ROW_NAMES: readonly string[] = [NOTHING, OTHER, OWN, UNRELATED, NEW];

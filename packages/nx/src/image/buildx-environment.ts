import type { Command } from "./build-plan.js";

const GIT_INFO = "BUILDX_GIT_INFO";

/**
 * Keeps buildx from reading the git history, which it does with seven commands for each image, one after the other, and then
 * writes the revision into what it attests of the image: its digest would be another one on every commit. Whoever asks for
 * provenance gets the revision with it, and a value that is set stays.
 *
 * @param provenance - as the plan has it
 * @see https://docs.docker.com/build/building/variables/#buildx_git_info
 */
export function buildxEnvironment(provenance: string | undefined): Command["env"] {
  const isAskedFor = provenance !== undefined && provenance !== "false";
  return isAskedFor || process.env[GIT_INFO] !== undefined ? {} : { [GIT_INFO]: "0" };
}

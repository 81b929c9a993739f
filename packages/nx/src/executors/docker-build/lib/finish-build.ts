import type { Builder } from "../../../image/build-plan.js";
import type { DockerBuildOptions } from "../schema.js";
import { describeImage } from "./digest-file.js";
import type { UpToDate } from "./look-up.js";
import { writeOutputFile } from "./output-file.js";
import type { PreparedBuild } from "./prepare-build.js";

/**
 * Writes the files that the options ask for, whether the image was built or was there.
 *
 * @param found - the image that was there, also where a build has come to the same contents
 */
export async function finishBuild(
  build: PreparedBuild,
  options: DockerBuildOptions,
  { found, isBuilt, builder, root }: { found: UpToDate | undefined; isBuilt: boolean; builder: Builder; root: string },
): Promise<void> {
  const { metadataFile } = build.plan;
  if (found !== undefined && metadataFile !== undefined) {
    // The two fields of buildx's own file that say which image it is.
    const field = found.store === "engine" ? "containerimage.config.digest" : "containerimage.digest";
    writeOutputFile(root, metadataFile, { [field]: found.digest, "image.name": build.references.join(",") });
  }
  if (options.bomFile !== undefined && build.bom !== undefined) writeOutputFile(root, options.bomFile, build.bom);
  if (options.digestFile !== undefined) {
    writeOutputFile(root, options.digestFile, await describeImage(build, { digest: found?.digest, isBuilt, root, builder }));
  }
}

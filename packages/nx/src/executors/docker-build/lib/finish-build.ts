import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Builder } from "../../../image/build-plan.js";
import type { DockerBuildOptions } from "../schema.js";
import { describeImage, writeDigestFile } from "./digest-file.js";
import type { UpToDate } from "./look-up.js";
import type { PreparedBuild } from "./prepare-build.js";

/** Writes the files that the options ask for, whether the image was built or was there. */
export async function finishBuild(
  build: PreparedBuild,
  options: DockerBuildOptions,
  { found, builder, root }: { found: UpToDate | undefined; builder: Builder; root: string },
): Promise<void> {
  const { metadataFile } = build.plan;
  if (found !== undefined && metadataFile !== undefined) {
    const target = resolve(root, metadataFile);
    mkdirSync(dirname(target), { recursive: true });
    // The two fields of buildx's own file that say which image it is.
    const field = found.store === "engine" ? "containerimage.config.digest" : "containerimage.digest";
    writeFileSync(target, `${JSON.stringify({ [field]: found.digest, "image.name": build.references.join(",") }, null, 2)}\n`);
  }
  if (options.digestFile !== undefined) {
    writeDigestFile(root, options.digestFile, await describeImage(build, { digest: found?.digest, root, builder }));
  }
}

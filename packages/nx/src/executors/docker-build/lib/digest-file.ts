import { type Builder, type BuildPlan, engineOf } from "../../../image/build-plan.js";
import { type Probe, runProbe } from "../../../image/engine.js";
import { readRegistryDigest } from "../../../image/store/registry-store.js";
import type { PreparedBuild } from "./prepare-build.js";

/** What a digest file says of an image. The image itself knows neither revision nor date. */
export interface DigestFile {
  readonly references: readonly string[];
  /** Id in the engine, or digest in the registry, `null` where the image is in neither; `sha256:` and 64 hexadecimal digits. */
  readonly digest: string | null;
  readonly key: string | null;
  /** Whether a build ran, be it one that came to the contents of an image that was there. */
  readonly built: boolean;
  /** Commit that is checked out, as git names it. */
  readonly revision: string | null;
  /** ISO 8601. */
  readonly date: string;
}

/** Describes the image that a build has made or found. */
export async function describeImage(
  { plan, key, references }: PreparedBuild,
  { digest, isBuilt, root, builder }: { digest: string | undefined; isBuilt: boolean; root: string; builder: Builder },
  probe: Probe = runProbe,
): Promise<DigestFile> {
  const [revision, inspected] = await Promise.all([
    probe(["git", "-C", root, "rev-parse", "HEAD"]),
    digest ?? readDigest(plan, references[0] ?? "", builder, probe),
  ]);
  return {
    references,
    digest: inspected ?? null,
    key: key ?? null,
    built: isBuilt,
    revision: revision.code === 0 ? revision.stdout.trim() : null,
    date: new Date().toISOString(),
  };
}

async function readDigest({ push, builder, load, platforms }: BuildPlan, reference: string, by: Builder, probe: Probe): Promise<string | undefined> {
  if (push && by === "buildx") return await readRegistryDigest(reference, builder, probe);
  // What has not come into the engine has no id there, and the name may still stand for an older image.
  if (load === false || platforms.length > 1) return undefined;
  const asked = await probe([engineOf(by), "image", "inspect", "--format", "{{.Id}}", reference]);
  const digest = asked.stdout.trim();
  return asked.code !== 0 || digest === "" ? undefined : digest.startsWith("sha256:") ? digest : `sha256:${digest}`;
}

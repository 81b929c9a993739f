import { type Change, SERVICES } from "../../../e2e/changes/change.js";
import { CHANGES } from "../../../e2e/changes/changes.js";
import { makeChangesWorkspace } from "../../../e2e/changes/workspace.js";
import { borrowTags } from "../../../e2e/image/borrow-tags.js";
import type { Workspace } from "../../../e2e/workspace/workspace.js";
import type { Measurement } from "../measurement.js";
import type { Settings } from "../settings.js";
import { nxDocker } from "../subjects/nx-docker.js";
import { filterByPath, PATH_FILTER, PATH_FILTER_SHARED } from "../subjects/path-filter.js";
import { plain } from "../subjects/plain.js";
import { openPlugin } from "../subjects/plugin.js";
import type { Subject } from "../subjects/subject.js";
import { openCopy } from "../workspace/copy.js";
import { markDockerfile } from "../workspace/edits.js";
import { listServices } from "../workspace/services.js";
import type { Bench } from "./bench.js";

export const NEEDLESS = "rebuilt needlessly";
export const MISSED = "not rebuilt, and stale";

/** One that a change makes. */
const NEW_SERVICE = "refunds";

/** Images that were rebuilt and need not have been, and those that should have been and were not, over all changes. */
class Score {
  needless = 0;
  missed = 0;

  /** @returns what is wrong, for a person; `""` where it is exact */
  add(expected: readonly string[], rebuilt: readonly string[]): string {
    const needless = rebuilt.filter((service) => !expected.includes(service));
    const missed = expected.filter((service) => !rebuilt.includes(service));
    this.needless += needless.length;
    this.missed += missed.length;
    return [...needless.map((service) => `+${service}`), ...missed.map((service) => `-${service}`)].join(" ");
  }
}

/** A subject with everything built, to which it returns after each change. */
interface Built {
  readonly subject: Subject;
  readonly workspace: Workspace;
  readonly ids: ReadonlyMap<string, string>;
}

/**
 * Counts what every subject rebuilds for each change.
 *
 * An image counts as rebuilt when a step of its build ran or its id is another one: a step whose outcome is thrown away costs
 * the same. For pipelines with path filters it is rebuilt when they run, since they start on an empty machine.
 */
export async function countRebuilds(bench: Bench, settings: Settings): Promise<Measurement[]> {
  const giveBack = await borrowTags("docker", [...SERVICES, NEW_SERVICE].map((service) => `${service}:latest`));
  const made = await makeChangesWorkspace(bench.host);
  const built: Built[] = [];
  try {
    for (const subject of [openPlugin("batch", bench.id), plain, nxDocker]) built.push(await prepare(bench, subject, made));
    return await countAll(bench, built, CHANGES.slice(0, settings.changes), Date.now() + settings.countBudget);
  } finally {
    for (const { workspace } of built) await workspace.dispose();
    await made.dispose();
    await giveBack();
  }
}

async function prepare(bench: Bench, subject: Subject, from: Workspace): Promise<Built> {
  const workspace = await openCopy(from.root, bench.host, subject.code, (path) => bench.recorder.path(path));
  await subject.prepare(workspace);
  await subject.writeServices(workspace, SERVICES);
  for (const service of SERVICES) {
    const path = `modules/${service}/Dockerfile`;
    await workspace.write(path, markDockerfile(await workspace.read(path), `${bench.id}-${subject.code}`));
  }
  await workspace.commit(`chore: ${subject.name}`);
  const tags = SERVICES.map((service) => subject.tag(service));
  bench.images.expect(tags);
  await subject.build(workspace, SERVICES);
  await bench.recorder.take();
  return { subject, workspace, ids: await bench.images.readIds(tags) };
}

async function countAll(
  bench: Bench,
  built: readonly Built[],
  changes: readonly Change[],
  deadline: number,
): Promise<Measurement[]> {
  const scores = new Map([...built.map(({ subject }) => subject.name), PATH_FILTER, PATH_FILTER_SHARED].map((name) => [name, new Score()]));
  let counted = 0;
  for (const change of changes) {
    if (Date.now() > deadline) break;
    counted += 1;
    const add = (name: string, rebuilt: readonly string[]) => {
      const wrong = scores.get(name)?.add(change.images, rebuilt) ?? "";
      bench.log(`  ${change.title.slice(0, 50).padEnd(50)} ${name.padEnd(20)} ${wrong === "" ? "exact" : wrong}`);
    };
    for (const { subject, workspace, ids } of built) {
      await change.apply(workspace);
      if (subject === plain) {
        const paths = await listChanged(workspace);
        const services = await listServices(workspace);
        add(PATH_FILTER, filterByPath(paths, services, false));
        add(PATH_FILTER_SHARED, filterByPath(paths, services, true));
      }
      add(subject.name, await listRebuilt(bench, { subject, workspace, ids }));
      await restore(bench, { subject, workspace, ids });
    }
  }
  const size = `${counted} changes`;
  return [...scores].flatMap(([subject, { needless, missed }]): Measurement[] => [
    { row: NEEDLESS, size, subject, value: needless, unit: "count" },
    { row: MISSED, size, subject, value: missed, unit: "count" },
  ]);
}

async function listRebuilt(bench: Bench, { subject, workspace, ids }: Built): Promise<string[]> {
  const services = await listServices(workspace);
  const isNew = (service: string) => !(SERVICES as readonly string[]).includes(service);
  if (services.some(isNew)) await subject.writeServices(workspace, services.filter(isNew));
  bench.images.expect(services.map((service) => subject.tag(service)));
  // An image that could not be built is one that is missing.
  await subject.buildAffected(workspace, services).catch((error: Error) => bench.log(`  ${error.message}`));
  const ran = new Set((await bench.recorder.take()).filter(({ steps }) => steps > 0).flatMap(({ tags }) => tags));
  const after = await bench.images.readIds(services.map((service) => subject.tag(service)));
  return services.filter((service) => {
    const tag = subject.tag(service);
    return after.get(tag) !== ids.get(tag) || ran.has(tag);
  });
}

/** Puts the workspace and the engine back to what was built before the change. */
async function restore(bench: Bench, { workspace, ids }: Built): Promise<void> {
  const installs = (await listChanged(workspace)).some((path) => /(^|\/)package\.json$|^bun\.lock$/.test(path));
  await workspace.run(["git", "reset", "--quiet", "--hard"]);
  // No image holds the environment of this machine, and changes want to find it.
  const kept = ["node_modules", ".nx", ".env.yml"].map((name) => `--exclude=${name}`);
  await workspace.run(["git", "clean", "--quiet", "-ffdx", ...kept]);
  if (installs) await workspace.run(["bun", "install"]);
  for (const [tag, id] of ids) await bench.images.tag(id, tag);
}

async function listChanged(workspace: Workspace): Promise<string[]> {
  const { stdout: tracked } = await workspace.run(["git", "diff", "--name-only", "HEAD"]);
  const { stdout: untracked } = await workspace.run(["git", "ls-files", "--others", "--exclude-standard"]);
  return `${tracked}${untracked}`.split("\n").filter((path) => path !== "");
}

import type { Workspace } from "../../../e2e/workspace/workspace.js";
import type { Subject } from "../subjects/subject.js";
import { openCopy } from "../workspace/copy.js";
import { markDockerfile } from "../workspace/edits.js";
import { nameServices, type ServiceNames } from "../workspace/service-names.js";
import { listServices } from "../workspace/services.js";
import type { Bench } from "./bench.js";

/** A subject in a workspace of its own. */
export interface Contender {
  readonly subject: Subject;
  readonly workspace: Workspace;
  readonly names: ServiceNames;
  /** Builds the images of these services. */
  build(services: readonly string[]): Promise<Build>;
  /** Takes from it everything that was cached for its builds: engine, downloads, Nx. */
  cool(round: number): Promise<void>;
  /** Gives these services what the subject wants them to have. */
  writeServices(services: readonly string[]): Promise<void>;
}

/** One build of a set. */
export interface Build {
  /** Wall clock, in milliseconds. */
  readonly time: number;
  /** Instructions that ran, in all of its images together. */
  readonly steps: number;
  /** Of build contexts, sent to the engine. */
  readonly bytes: number;
  /** Ids of the images by service, as they are afterwards. */
  readonly ids: ReadonlyMap<string, string>;
}

/**
 * Puts a subject into a copy of a generated workspace.
 *
 * @param from - absolute path of the generated workspace
 * @param services - number of services to build in it
 */
export async function openContender(bench: Bench, subject: Subject, from: string, services: number): Promise<Contender> {
  const workspace = await openCopy(from, bench.host, subject.code, (path) => bench.recorder.path(path));
  const names = nameServices(subject.code, services);
  let mark = "";
  const markAll = async (): Promise<void> => {
    for (const service of await listServices(workspace)) {
      const path = `modules/${service}/Dockerfile`;
      await workspace.write(path, markDockerfile(await workspace.read(path), mark));
    }
  };
  const contender: Contender = {
    subject,
    workspace,
    names,
    async build(built) {
      const expected = built.map((service) => subject.tag(service));
      bench.images.expect(expected);
      const start = performance.now();
      await subject.build(workspace, built);
      const time = performance.now() - start;
      const tags = await bench.images.readIds(expected);
      const ids = built.map((service) => [service, tags.get(subject.tag(service)) ?? missing(subject, service)] as const);
      const logs = await bench.recorder.take();
      const sum = (field: "steps" | "bytes") => logs.reduce((total, log) => total + log[field], 0);
      return { time, ids: new Map(ids), steps: sum("steps"), bytes: sum("bytes") };
    },
    async cool(round) {
      mark = [bench.id, subject.code, services, round].join("-");
      await markAll();
      await workspace.remove(".nx");
    },
    async writeServices(written) {
      await subject.writeServices(workspace, written);
      await markAll();
    },
  };
  await subject.prepare(workspace);
  await contender.writeServices([...names.built, names.other]);
  await contender.cool(0);
  await workspace.commit(`chore: ${subject.name}`);
  return contender;
}

function missing(subject: Subject, service: string): never {
  throw new Error(`${subject.name} built no image ${subject.tag(service)}`);
}

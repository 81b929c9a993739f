import type { WorkspaceHost } from "../../../e2e/workspace/template.js";
import type { Images } from "../engine/images.js";
import type { Recorder } from "../engine/recorder.js";

/** What every part of a run shares. */
export interface Bench {
  readonly host: WorkspaceHost;
  /** Unlike that of any other run, so that nothing is taken from what one has left in the engine's cache. */
  readonly id: string;
  readonly images: Images;
  readonly recorder: Recorder;
  /** Tells a person how far it is. */
  readonly log: (line: string) => void;
}

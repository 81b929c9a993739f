/** Where a service's image stands, for a person. */
export type BuildState =
  | { readonly is: "building"; readonly done: number; readonly steps: number }
  | { readonly is: "up to date" }
  | { readonly is: "built"; readonly milliseconds: number }
  | { readonly is: "failed"; readonly step: string | undefined }
  | { readonly is: "interrupted" };

/** Where the lines go. */
export interface ProgressSink {
  readonly write: (text: string) => void;
  /** Lines that fit on the terminal; `undefined` where it is no terminal. */
  readonly rows: number | undefined;
}

/** Moves up to the first of the lines and removes them. */
const rewind = (count: number): string => (count === 0 ? "" : `\u001B[${count}A\u001B[0J`);

/** The longest piece of a failed step that is shown; the log has all of it. */
const STEP_LENGTH = 100;

/**
 * Opens one line for each service. On a terminal that has room for them the lines are written anew with each step; elsewhere
 * a line is added where a service's state becomes another.
 *
 * @param names - of the services
 * @returns what takes a service's state
 */
export function openProgressLines(names: readonly string[], { write, rows }: ProgressSink): (name: string, state: BuildState) => void {
  const width = Math.max(...names.map((name) => name.length));
  const states = new Map<string, BuildState>();
  const format = (name: string, state: BuildState, detailed: boolean): string => `${name.padEnd(width)}  ${describe(state, detailed)}\n`;
  const rewrites = rows !== undefined && names.length < rows;
  let written = 0;
  return (name, state) => {
    const before = states.get(name);
    states.set(name, state);
    if (rewrites) {
      const lines = names.flatMap((each) => {
        const of = states.get(each);
        return of === undefined ? [] : [format(each, of, true)];
      });
      write(rewind(written) + lines.join(""));
      written = lines.length;
    } else if (before?.is !== state.is) {
      write(format(name, state, false));
    }
  };
}

function describe(state: BuildState, detailed: boolean): string {
  switch (state.is) {
    case "building":
      return detailed && state.steps > 0 ? `building ${state.done}/${state.steps}` : "building";
    case "built":
      return `built ${(state.milliseconds / 1_000).toFixed(1)} s`;
    case "failed":
      return state.step === undefined ? "failed" : `failed: ${shorten(state.step)}`;
    case "up to date":
    case "interrupted":
      return state.is;
  }
}

function shorten(step: string): string {
  return step.length > STEP_LENGTH ? `${step.slice(0, STEP_LENGTH - 1)}…` : step;
}

/**
 * Folds a log away under its title where a pipeline's page can do so. GitHub's own groups are made by Nx, around each task,
 * and cannot be nested.
 *
 * @see https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections
 * @param time - milliseconds since 1970
 */
export function foldLog(title: string, log: string, time: number, env: NodeJS.ProcessEnv): string {
  if (env["GITLAB_CI"] === undefined) return log;
  const section = title.replaceAll(/\W+/g, "_");
  const seconds = Math.floor(time / 1_000);
  const mark = (kind: string, text: string): string => `\u001B[0Ksection_${kind}:${seconds}:${text}\r\u001B[0K`;
  return `${mark("start", `${section}[collapsed=true]`)}${title}\n${log}\n${mark("end", section)}`;
}

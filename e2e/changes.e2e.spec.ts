import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { listAffected } from "./changes/affected.js";
import { CHANGES } from "./changes/changes.js";
import { type ChangesWorkspace, makeChangesWorkspace } from "./changes/workspace.js";
import type { WorkspaceOptions } from "./workspace/manifest.js";

const host = inject("host");

/** Where Nx draws the edges itself and where the plugin does, on each Nx that it supports. */
const KINDS = [
  { nx: "22.7", typescript: "6", bun: "1.3" },
  { nx: "23.2", typescript: "7" },
  { nx: "24.0", typescript: "7" },
] as const satisfies readonly WorkspaceOptions[];

describe.each(KINDS)("nx affected -t docker-build, on Nx $nx with TypeScript $typescript, after a change of", (kind) => {
  let workspace: ChangesWorkspace;

  beforeAll(async () => {
    workspace = await makeChangesWorkspace(host, kind);
    expect(await listAffected(workspace)).toEqual([]);
  });

  afterEach(() => workspace.restore());

  afterAll(() => workspace.dispose());

  it.each(CHANGES.map((change) => ({ ...change, tasks: change.tasks?.[kind.nx] ?? change.images })))(
    "$title: $tasks",
    async ({ apply, images, tasks }) => {
      expect(tasks).toEqual(expect.arrayContaining([...images]));
      await apply(workspace);
      expect(await listAffected(workspace)).toEqual(tasks);
    },
  );
});

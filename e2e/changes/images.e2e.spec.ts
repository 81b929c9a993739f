import { afterAll, afterEach, beforeAll, expect, inject, it } from "vitest";
import { borrowTags } from "../image/borrow-tags.js";
import { dockerSuite } from "../image/docker-suite.js";
import { ONE_PROCESS } from "../workspace/environment.js";
import { type BuiltImage, listChanged, readImages } from "./built-images.js";
import { append, SERVICES } from "./change.js";
import { CHANGES } from "./changes.js";
import { type ChangesWorkspace, makeChangesWorkspace } from "./workspace.js";

dockerSuite("images after a change of", () => {
  let workspace: ChangesWorkspace;
  let first: ReadonlyMap<string, BuiltImage>;
  let giveBack: (built: readonly string[]) => Promise<void>;
  /** Ids of everything that was built, most of which lose their name to the next build. */
  const built = new Set<string>();

  /** Builds the image of every service that there is. */
  async function buildAll(...flags: string[]): Promise<ReadonlyMap<string, BuiltImage>> {
    await workspace.run(["nx", "run-many", "-t", "docker-build", ...flags]);
    const names = [...SERVICES, "refunds"].filter((name) => workspace.exists(`modules/${name}/Dockerfile`));
    const images = await readImages(names);
    for (const { id } of images.values()) built.add(id);
    return images;
  }

  beforeAll(async () => {
    giveBack = await borrowTags("docker", [...SERVICES, "refunds"].map((name) => `${name}:latest`));
    workspace = await makeChangesWorkspace(inject("host"), {}, ONE_PROCESS);
    first = await buildAll();
  });

  afterEach(() => workspace.restore());

  afterAll(async () => {
    await giveBack([...built]);
    await workspace.dispose();
  });

  // No row of the table, which lists what is built: a build runs here, and makes what is there already.
  it("a comment in own source: none", async () => {
    await append(workspace, "modules/ledger/src/domain.ts", "// The books.\n");
    expect(await buildAll()).toEqual(first);
  });

  // The images that a row does not name have their first ids, though the row before may have named them: that is the proof
  // that a change which is taken back leads to the image from before.
  it.each(CHANGES)("$title: $images", async ({ apply, images }) => {
    await apply(workspace);
    const after = await buildAll();
    const changed = { contents: listChanged(first, after, "contents"), ids: listChanged(first, after, "id") };
    expect(changed).toEqual({ contents: images, ids: images });
  });

  it("nothing, built a second time from the start: none", async () => {
    expect(await buildAll("--no-cache")).toEqual(first);
  });
});

import type { TestProject } from "vitest/node";
import { openTestBed } from "./test-bed.js";
import type { WorkspaceHost } from "./workspace/template.js";

declare module "vitest" {
  interface ProvidedContext {
    /** What `makeWorkspace` makes workspaces on. */
    host: WorkspaceHost;
    /** Absolute path of the plugin's tarball. */
    tarball: string;
  }
}

/** Runs once, before the first spec; vitest calls what it returns after the last one. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const { host, tarball, close } = await openTestBed();
  project.provide("host", host);
  project.provide("tarball", tarball);
  return close;
}

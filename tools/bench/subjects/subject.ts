import type { Workspace } from "../../../e2e/workspace/workspace.js";

/** Somebody who builds images: the plugin in one of its modes, or a peer. */
export interface Subject {
  /** As it is called in results. */
  readonly name: string;
  /** Two letters in the names of its services, unlike those of all others. */
  readonly code: string;
  /** Makes a generated workspace its own: configuration, and what is installed. */
  prepare(workspace: Workspace): Promise<void>;
  /** Writes what it needs in the workspace for these services, where it does not take what is generated. */
  writeServices(workspace: Workspace, services: readonly string[]): Promise<void>;
  /** Builds the images of these services, as its users do. */
  build(workspace: Workspace, services: readonly string[]): Promise<void>;
  /** Builds what its users build after a change that is not committed; these are all services that there are. */
  buildAffected(workspace: Workspace, services: readonly string[]): Promise<void>;
  /** Tag of a service's image. */
  tag(service: string): string;
}

/** The image that all of them start from. */
export function readBaseImage(dockerfile: string): string {
  return /^FROM (\S+)/m.exec(dockerfile)?.[1] ?? "";
}

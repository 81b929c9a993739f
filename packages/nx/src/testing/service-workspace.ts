import type { Tree } from "@nx/devkit";
import { microserviceGenerator } from "../generators/microservice/generator.js";
import { createWorkspace } from "./fake-workspace.js";

/** The fake workspace with the services billing on 3001 and order-history on 3002. */
export async function createServiceWorkspace(files: Readonly<Record<string, string | undefined>> = {}): Promise<Tree> {
  const tree = createWorkspace(files);
  await microserviceGenerator(tree, { name: "billing" });
  await microserviceGenerator(tree, { name: "order history" });
  return tree;
}

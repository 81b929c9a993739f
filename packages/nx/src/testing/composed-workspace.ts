import type { Tree } from "@nx/devkit";
import { createWorkspace } from "./fake-workspace.js";

/** AppModule and SharedModule as the framework's command writes them. */
export const REGISTRIES = {
  "modules/app/src/AppModule.ts": `import { SharedModule } from "@module/shared/SharedModule";
import type { ModuleType } from "@ooneex/module";
import { HealthController } from "./controllers/HealthController";

export const AppModule: ModuleType = {
  controllers: [...SharedModule.controllers, HealthController],
  entities: [],
  middlewares: [...SharedModule.middlewares],
  cronJobs: [...SharedModule.cronJobs],
  events: [...SharedModule.events],
};
`,
  "modules/shared/src/SharedModule.ts": `import type { ModuleType } from "@ooneex/module";

export const SharedModule: ModuleType = {
  controllers: [],
  entities: [],
  middlewares: [],
  cronJobs: [],
  events: [],
};
`,
} as const;

/** The fake workspace with an app that regular modules can be composed into. */
export function createComposedWorkspace(files: Readonly<Record<string, string | undefined>> = {}): Tree {
  return createWorkspace({ ...REGISTRIES, ...files });
}

import type { ModuleType } from "@ooneex/module";

export const SharedModule: ModuleType = {
  controllers: [],
  entities: [],
  middlewares: [],
  cronJobs: [],
  events: [],
};

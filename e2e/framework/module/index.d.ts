import type { ControllerClassType } from "@ooneex/controller";
import type { MiddlewareClassType } from "@ooneex/middleware";

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type ClassType = new (...args: any[]) => object;

export interface ModuleType {
  controllers: ControllerClassType[];
  entities: ClassType[];
  middlewares: MiddlewareClassType[];
  cronJobs: ClassType[];
  events: ClassType[];
}

import type { CacheClassType } from "@ooneex/cache";
import type { LoggerClassType } from "@ooneex/logger";
import type { MiddlewareClassType } from "@ooneex/middleware";
import type { RateLimiterClassType } from "@ooneex/rate-limit";
import type { Server } from "bun";

export interface IAppEventStart {
  handle(server: Server<unknown>): void | Promise<void>;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AppEventStartClassType = new (...args: any[]) => IAppEventStart;

export interface AppConfigType {
  routing: { prefix: string };
  loggers: LoggerClassType[];
  cache?: CacheClassType;
  rateLimiter?: RateLimiterClassType;
  middlewares?: MiddlewareClassType[];
  cors?: MiddlewareClassType;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  cronJobs?: (new (...args: any[]) => object)[];
  onStart?: AppEventStartClassType;
}

export class App {
  constructor(config: AppConfigType);
  run(): Promise<App>;
}

export const decorator: {
  app: { event: { start(): (target: AppEventStartClassType) => void } };
};

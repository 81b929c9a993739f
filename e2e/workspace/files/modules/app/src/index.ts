import { App } from "@ooneex/app";
import { RedisCache } from "@ooneex/cache";
import { TerminalLogger } from "@ooneex/logger";
import { CorsMiddleware } from "@ooneex/middleware";
import { RedisRateLimiter } from "@ooneex/rate-limit";
import { AppModule } from "./AppModule";
import { OnAppStart } from "./OnAppStart";

const app = new App({
  routing: {
    prefix: "api",
  },
  loggers: [TerminalLogger],
  cache: RedisCache,
  rateLimiter: RedisRateLimiter,
  middlewares: AppModule.middlewares,
  cors: CorsMiddleware,
  cronJobs: AppModule.cronJobs,
  onStart: OnAppStart,
});

await app.run();

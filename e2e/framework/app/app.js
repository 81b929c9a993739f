import { middlewares as decorated } from "@ooneex/middleware";
import { routes } from "@ooneex/routing";
import { startEvents } from "./decorator.js";
import { loadEnvironment, validateEnvironment } from "./environment.js";
import { readRoles } from "./roles.js";
import { serve } from "./server.js";

export class App {
  #config;

  constructor(config) {
    this.#config = config;
  }

  /** Reads the environment, makes the services, listens, then hands the server to `onStart`. */
  async run() {
    const { loggers, cache, rateLimiter, cors, middlewares = [], onStart, routing } = this.#config;
    await loadEnvironment();
    const logger = new loggers[0]();
    try {
      validateEnvironment(process.env);
      // Made here and not in the constructor: they read the environment, which is complete only now.
      const store = cache && new cache();
      if (rateLimiter) new rateLimiter();
      if (onStart && !startEvents.has(onStart)) throw new Error(`${onStart.name} lacks @decorator.app.event.start()`);
      const roles = await readRoles();
      const handlers = [cors, ...middlewares].filter(Boolean).map(makeMiddleware);
      const server = serve({ routes, prefix: routing.prefix, handlers, guest: roles.GUEST, cache: store });
      if (onStart) await new onStart().handle(server);
      logger.info(`Server running at ${server.url.href}`);
    } catch (error) {
      logger.error(error.message);
      process.exit(1);
    }
    return this;
  }
}

function makeMiddleware(Middleware) {
  if (!decorated.has(Middleware)) throw new Error(`${Middleware.name} lacks @decorator.middleware()`);
  return new Middleware();
}

/** The classes that `@decorator.middleware()` stands above. */
export const middlewares = new Set();

export const decorator = {
  middleware: () => (target) => {
    middlewares.add(target);
  },
};

/** Allows the origins that CORS_ORIGINS lists, parted by commas. */
export class CorsMiddleware {
  #origins = (process.env.CORS_ORIGINS ?? "*").split(",").map((origin) => origin.trim());

  handler(context) {
    const origin = context.request.headers.get("origin");
    if (origin !== null && (this.#origins.includes("*") || this.#origins.includes(origin))) {
      context.response.header.set("Access-Control-Allow-Origin", origin);
    }
    return context;
  }
}

middlewares.add(CorsMiddleware);

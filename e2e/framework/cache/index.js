/** Needs its URL when it is made, as the framework's does, and keeps everything in memory. */
export class RedisCache {
  #entries = new Map();

  constructor() {
    if (!process.env.CACHE_REDIS_URL) throw new Error("RedisCache needs a URL: set CACHE_REDIS_URL");
  }

  async get(key) {
    return this.#entries.get(key);
  }

  async set(key, value) {
    this.#entries.set(key, value);
  }
}

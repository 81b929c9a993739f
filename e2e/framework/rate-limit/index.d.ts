export interface IRateLimiter {
  check(key: string): Promise<{ limited: boolean }>;
}

export type RateLimiterClassType = new () => IRateLimiter;

export class RedisRateLimiter implements IRateLimiter {
  check(key: string): Promise<{ limited: boolean }>;
}

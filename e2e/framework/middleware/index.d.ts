import type { ContextType } from "@ooneex/controller";

export interface IMiddleware {
  handler(context: ContextType): ContextType | Promise<ContextType>;
}

export type MiddlewareClassType = new () => IMiddleware;

export class CorsMiddleware implements IMiddleware {
  handler(context: ContextType): ContextType;
}

import type { ContextType } from "@ooneex/controller";

export interface IMiddleware {
  handler(context: ContextType): ContextType | Promise<ContextType>;
}

export type MiddlewareClassType = new () => IMiddleware;

export const decorator: {
  middleware(): (target: MiddlewareClassType) => void;
};

export class CorsMiddleware implements IMiddleware {
  handler(context: ContextType): ContextType;
}

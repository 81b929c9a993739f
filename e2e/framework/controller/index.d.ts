export interface ContextConfigType {
  response: Record<string, unknown>;
  params?: Record<string, string>;
}

export interface IResponse<Data = Record<string, unknown>> {
  readonly header: Headers;
  json(data: Data, status?: number): IResponse<Data>;
}

export interface ContextType<T extends ContextConfigType = ContextConfigType> {
  readonly request: Request;
  readonly response: IResponse<T["response"]>;
  readonly params: T["params"];
  cache?: object;
}

export interface IController<T extends ContextConfigType = ContextConfigType> {
  index(context: ContextType<T>): IResponse<T["response"]> | Promise<IResponse<T["response"]>>;
}

// A decorated class may take any constructor arguments and any context.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type ControllerClassType = new (...args: any[]) => IController<any>;

export class HttpResponse<Data = Record<string, unknown>> implements IResponse<Data> {
  readonly header: Headers;
  readonly data: Data;
  readonly status: number;
  json(data: Data, status?: number): this;
}

export interface ServeOptions {
  readonly withServices?: boolean;
  readonly bootTimeout?: number;
  readonly args?: readonly string[];
}

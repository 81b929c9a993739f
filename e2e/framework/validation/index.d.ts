import type { Type } from "arktype";

export { type as Assert } from "arktype";

export type AssertType = Type<unknown>;

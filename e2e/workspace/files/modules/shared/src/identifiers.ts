import { nanoid } from "nanoid";

/** What services import from here: `createIdentifier("order")` is such as `order_V1StGXR8_Z`. */
export function createIdentifier(subject: string): string {
  return `${subject}_${nanoid(10)}`;
}

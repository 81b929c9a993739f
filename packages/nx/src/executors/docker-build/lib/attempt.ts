import { OoneexNxError } from "../../../errors.js";

/** What came of a task's work, or what its user is told instead. */
type Attempt<T> = { readonly value: T } | { readonly failure: string };

/** A mistake of a user's is its message; one of ours keeps its stack. Either fails one task of a batch and no other. */
export async function attempt<T>(act: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await act() };
  } catch (error) {
    const { message, stack } = error as Error;
    return { failure: error instanceof OoneexNxError ? message : (stack ?? message) };
  }
}

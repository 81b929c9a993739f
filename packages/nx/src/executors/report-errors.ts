import type { ExecutorContext, PromiseExecutor } from "@nx/devkit";
import { OoneexNxError } from "../errors.js";
import { logger } from "./logger.js";

/**
 * Turns a user's mistake into one message and a failed task, without a stack. Anything else is a mistake of ours and
 * keeps its stack.
 */
export function reportErrors<T>(executor: PromiseExecutor<T>): PromiseExecutor<T> {
  return async (options: T, context: ExecutorContext) => {
    try {
      return await executor(options, context);
    } catch (error) {
      if (!(error instanceof OoneexNxError)) throw error;
      logger.error(error.message);
      return { success: false };
    }
  };
}

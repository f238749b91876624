/** Turns to the next model of `fallbacks` when one has failed for good. */
import {
  APIConnectionError,
  APIError,
  APIResponseValidationError,
  BadRequestError,
  ContextWindowExceededError,
  MissingKeyError,
  SchemaValidationError,
  UnprocessableEntityError,
  UnsupportedParamsError,
} from "../errors.ts";
import type { Plugin } from "../plugin.ts";

/**
 * Whether another model may do better. Not after an abort, and not after a request that is wrong in
 * itself; a prompt too long for one model may fit the next, and an image that one cannot read.
 */
export function mayFallBack(error: unknown): boolean {
  if (error instanceof ContextWindowExceededError) return true;
  if (error instanceof BadRequestError || error instanceof UnprocessableEntityError) return false;
  if (error instanceof APIConnectionError) return error.phase !== "total";
  return (
    error instanceof APIError ||
    error instanceof APIResponseValidationError ||
    error instanceof MissingKeyError ||
    error instanceof SchemaValidationError ||
    error instanceof UnsupportedParamsError
  );
}

export function fallback(): Plugin {
  return async function fallback(request, next, call) {
    const targets = [request.model, ...(call.options.fallbacks ?? [])];
    for (const [i, target] of targets.entries()) {
      const { model, ...connection } = typeof target === "string" ? { model: target } : target;
      call.target = Object.keys(connection).length ? { model, ...connection } : undefined;
      try {
        return await next(i ? { ...request, model } : request);
      } catch (error) {
        if (i === targets.length - 1 || !mayFallBack(error)) throw error;
        call.logger.warn(`falling back from ${model}: ${(error as Error).message}`);
      }
    }
    throw new Error("unreachable");
  };
}

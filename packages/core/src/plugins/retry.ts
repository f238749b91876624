/** Repeats a call whose failure may pass; a stream only until its first chunk is handed out. */
import {
  APIConnectionError,
  APIUserAbortError,
  InternalServerError,
  PolycallError,
  RateLimitError,
} from "../errors.ts";
import type { Plugin } from "../plugin.ts";

export interface RetryOptions {
  /** Further tries after the first. Default: the call's `maxRetries`, else 2. */
  maxRetries?: number;
  /** The longest wait that a provider may ask for, in ms; beyond it the error is reported. Default 60,000. */
  maxRetryAfterMs?: number;
  /** Waits; rejects when the signal aborts. For tests. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** In [0, 1). For tests. */
  random?: () => number;
}

const firstWaitMs = 500;
const longestWaitMs = 8000;
/** A longer one rings at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Whether trying the same request again may help. Abort, a key, a budget or a bad request: never. */
export function isRetryable(error: unknown): error is PolycallError {
  if (error instanceof PolycallError && error.shouldRetry !== undefined) return error.shouldRetry;
  if (error instanceof RateLimitError || error instanceof InternalServerError) return true;
  if (error instanceof APIConnectionError) return error.phase !== "total";
  return false;
}

/** Full jitter: a random wait up to the exponential bound. */
function jitterMs(attempt: number, random: () => number): number {
  return random() * Math.min(longestWaitMs, firstWaitMs * 2 ** attempt);
}

export function retry(options: RetryOptions = {}): Plugin {
  const { maxRetryAfterMs = 60_000, sleep = delay, random = Math.random } = options;
  return async function retry(request, next, call) {
    const maxRetries = options.maxRetries ?? call.options.maxRetries ?? 2;
    for (let attempt = 0; ; attempt++) {
      try {
        return await next(request);
      } catch (error) {
        if (!(attempt < maxRetries) || !isRetryable(error)) throw error;
        const asked = error.retryAfterMs;
        if (asked !== undefined && asked > maxRetryAfterMs) throw error;
        const waitMs = asked ?? jitterMs(attempt, random);
        if (call.deadline !== undefined && Date.now() + waitMs >= call.deadline) throw error;
        call.logger.info(`retrying ${request.model} in ${Math.round(waitMs)} ms: ${error.message}`);
        await sleep(waitMs, call.signal);
      }
    }
  };
}

/** Resolves after `ms`. @throws APIUserAbortError when the signal aborts first */
function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(new APIUserAbortError(undefined, { cause: signal?.reason }));
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      },
      Math.min(ms, longestTimerMs),
    );
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}

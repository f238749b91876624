/** Waits for a step that knows neither the call's signal nor its timeout. */
import type { Call } from "./call.ts";
import { APIConnectionTimeoutError, APIUserAbortError } from "./errors.ts";

/**
 * What `step` gives, unless the call is over first; the step is then left behind.
 * @param who what the error begins with: the provider, and the model where it is known
 * @throws what the step throws; APIUserAbortError, APIConnectionTimeoutError
 */
export async function unlessOver<T>(
  step: Promise<T> | T,
  { signal, deadline }: Pick<Call, "signal" | "deadline">,
  who: string,
): Promise<T> {
  if (!signal && deadline === undefined) return await step;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let abort = () => {};
  const over = new Promise<never>((_, reject) => {
    abort = () =>
      reject(new APIUserAbortError(`${who}: the call was aborted.`, { cause: signal?.reason }));
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort);
    if (deadline === undefined) return;
    const late = () => {
      const message = `${who}: the call, all tries included, was not over within its timeout.`;
      reject(new APIConnectionTimeoutError(message, { phase: "total" }));
    };
    timer = setTimeout(late, Math.min(deadline - Date.now(), 2 ** 31 - 1));
  });
  try {
    return await Promise.race([step, over]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

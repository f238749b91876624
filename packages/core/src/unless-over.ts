/** Waits for a step that knows neither the call's signal nor its timeouts. */
import type { Call } from "./call.ts";
import { connectionError } from "./connection-error.ts";
import type { Plan } from "./provider.ts";
import { abortError } from "./transport/failures.ts";
import { TransportError } from "./transport/types.ts";

/**
 * What `step` gives, unless the call is over first; the step is then left behind.
 * @param connect ms that the step may take at most
 * @throws what the step throws; APIUserAbortError, APIConnectionTimeoutError
 */
export async function unlessOver<T>(
  step: Promise<T> | T,
  { signal, deadline = Infinity }: Pick<Call, "signal" | "deadline">,
  plan: Pick<Plan, "provider" | "model">,
  connect = Infinity,
): Promise<T> {
  const left = deadline - Date.now();
  const message = `no connection after ${connect} ms (timeout.connect)`;
  const late = new TransportError("timeout", left < connect ? "total" : "connect", message);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let abort = () => {};
  const over = new Promise<never>((_, reject) => {
    const end = (error: TransportError) => reject(connectionError(error, plan, []));
    timer = setTimeout(end, Math.min(left, connect, 2 ** 31 - 1), late);
    abort = () => end(abortError("connect", signal!));
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
  });
  try {
    return await Promise.race([step, over]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/** Code that runs apart from this process: in a thread, or a process of its own, that can be ended at any moment. */

/**
 * The source of a function that stands on its own: it sees nothing around it, and gets `require`. So there is no
 * file to be found beside the bundle that a program was made into.
 */
export function sourceOf(run: (require: NodeJS.Require) => void): string {
  // What esbuild (tsx) puts around functions, where it keeps their names.
  return `"use strict"; const __name = (named) => named; (${run})(require);`;
}

/** Settles as the promise does, or as soon as the time is up or the signal aborts. */
export function within<T>(
  promise: Promise<T>,
  limits: { ms: number; late: () => Error; signal?: AbortSignal },
): Promise<T> {
  const { ms, late, signal } = limits;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    const timer = setTimeout(() => reject(late()), ms);
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    });
  });
}

/** The user's functions that a run asks: one that never settles ends with the run. */
import { type ActiveRun, endless } from "./active.ts";

/**
 * Asks a function in a step of the run: what it gives is new.
 * @throws what it throws, or what ended the run
 */
export function hear<T>(run: ActiveRun, ask: () => T | Promise<T>): Promise<T> {
  run.goLive();
  return unlessEnded(run, (async () => ask())());
}

/** @throws what ended the run, where it ends first */
export function unlessEnded<T>({ signal }: ActiveRun, work: Promise<T>): Promise<T> {
  return signal === endless ? work : race(signal, work);
}

async function race<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let end = () => {};
  const ended = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

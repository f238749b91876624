/** One batch of a model at a time: the runtime uses every core for one. */
import { PolycallError } from "@polycall/core";

export interface Turns {
  /** @throws what the work throws; PolycallError for what is none of ours */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is under way. */
  idle(): Promise<unknown>;
}

export function turnsOf(model: string): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(work) {
      const next = last.then(work).catch((error: unknown) => {
        if (error instanceof PolycallError) throw error;
        // Not a connection's failure: another try would end in the same way.
        const message = `local/${model}: ${(error as Error).message}`;
        throw new PolycallError(message, { provider: "local", model, cause: error });
      });
      last = next.catch(() => {});
      return next;
    },
    idle: () => last,
  };
}

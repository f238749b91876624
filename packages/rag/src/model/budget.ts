/** How many calls of a model run at once, and what they may cost together. */
import { type CompletionInput, InvalidRequestError } from "@polycall/core";
import type { PolycallClient } from "polycall";
import { checkAborted } from "../stores/errors.ts";
import { BudgetExceededError } from "./errors.ts";
import type { ModelCounts } from "./language-model.ts";

interface BudgetOptions {
  model: string;
  /** Dollars. */
  maxCost: number | undefined;
  concurrency: number;
  counts: ModelCounts;
}

/** Calls that a question may take: a reply that does not fit its schema is asked for once more. */
export const triesOf = ({ response_format }: CompletionInput) => (response_format ? 2 : 1);

export interface Budget {
  /** Dollars that the call may cost at the most; 0 where nobody asks. */
  worstOf(input: CompletionInput, client: Pick<PolycallClient, "explain">): Promise<number>;
  /**
   * Runs a call when there is room for it. `settle` says what it did cost; where it is not said, all that was
   * set aside counts.
   * @throws BudgetExceededError
   */
  run<T>(
    worst: number,
    signal: AbortSignal | undefined,
    call: (settle: (cost: number | undefined) => void) => Promise<T>,
  ): Promise<T>;
}

export function budget({ model, maxCost, concurrency, counts }: BudgetOptions): Budget {
  if (maxCost !== undefined && !(maxCost >= 0)) {
    throw new InvalidRequestError(`maxCost is dollars from 0, not ${maxCost}.`, {
      param: "maxCost",
    });
  }
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new InvalidRequestError(`concurrency is a whole number from 1, not ${concurrency}.`, {
      param: "concurrency",
    });
  }
  let running = 0;
  let held = 0;
  let waiting: (() => void)[] = [];
  const wake = () => {
    const all = waiting;
    waiting = [];
    for (const one of all) one();
  };

  return {
    async worstOf(input, client) {
      if (maxCost === undefined) return 0;
      const { cost } = await client.explain(input);
      if (cost?.worst === undefined) {
        throw new InvalidRequestError(
          `maxCost cannot hold: the price or the longest reply of "${model}" is not known. Register the model (registerModel of polycall/models), or give no maxCost.`,
          { param: "maxCost", model },
        );
      }
      return cost.worst * triesOf(input);
    },
    async run(worst, signal, call) {
      for (;;) {
        checkAborted(signal);
        const over = maxCost !== undefined && counts.cost + held + worst > maxCost + 1e-12;
        if (!over && running < concurrency) break;
        if (over && running === 0) {
          throw Object.assign(
            new BudgetExceededError(
              `The next call of ${model} could cost $${worst.toPrecision(3)}: $${counts.cost.toPrecision(3)} of the $${maxCost} allowed are spent. Allow more and run it again: what is done is not asked for anew where replies are kept.`,
              { model },
            ),
            { limit: maxCost!, spent: counts.cost },
          );
        }
        await turn(waiting, signal);
      }
      running++;
      held += worst;
      counts.calls++;
      let spent: number | undefined;
      try {
        return await call((cost) => {
          spent = cost;
        });
      } finally {
        running--;
        held -= worst;
        counts.cost += spent ?? worst;
        wake();
      }
    },
  };
}

/** Until a call has ended, or the signal says so. */
function turn(waiting: (() => void)[], signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    signal?.addEventListener("abort", wake, { once: true });
    waiting.push(wake);
  });
}

/** How many calls of a model run at once, and what they may cost together. */
import { type CompletionInput, InvalidRequestError, type Message } from "@polycall/core";
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
  client: Pick<PolycallClient, "explain">;
}

/** Tokens that say what was wrong with a reply that does not fit its schema. */
const complaint = 1000;

/** Dollars that a question may cost at the most, and one call of it. */
export interface Reserve {
  worst: number;
  once: number;
}

export interface Budget {
  /**
   * Dollars that a call may cost at the most, the second one included that asks for a reply that fits its schema;
   * undefined where a price or a bound is not known.
   */
  worstOf(input: CompletionInput, once: number | undefined): Promise<number | undefined>;
  /**
   * What to set aside; 0 where nobody asks.
   * @throws InvalidRequestError where nobody knows
   */
  aside(input: CompletionInput): Promise<Reserve>;
  /**
   * Runs a call when there is room for it. `settle` says what it did cost, and how many tries broke that may have
   * cost as much as one call can; where it is not said, all that was set aside counts.
   * @throws BudgetExceededError
   */
  run<T>(
    reserve: Reserve,
    signal: AbortSignal | undefined,
    call: (settle: (cost: number | undefined, broken?: number) => void) => Promise<T>,
  ): Promise<T>;
}

export function budget({ model, maxCost, concurrency, counts, client }: BudgetOptions): Budget {
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
  const waiting: Waiting = new Set();
  /** One by one: each who goes in, or leaves, wakes the next. */
  const wake = () => {
    const [first] = waiting;
    first?.();
  };

  /** By the longest that a reply may be: what it adds to a prompt. */
  const repairs = new Map<unknown, Promise<number | undefined>>();
  async function repair({ max_completion_tokens: longest = 0 }: CompletionInput) {
    const worst = async (...more: Message[]) => {
      const messages: Message[] = [{ role: "user", content: "." }, ...more];
      const { cost } = await client.explain({ model, messages, max_completion_tokens: 1 });
      return cost?.worst;
    };
    const words = (tokens: number) => " word".repeat(tokens);
    const [less, more] = await Promise.all([
      worst(),
      worst(
        { role: "assistant", content: words(longest ?? 0) },
        { role: "user", content: words(complaint) },
      ),
    ]);
    return less === undefined || more === undefined ? undefined : more - less;
  }

  async function worstOf(input: CompletionInput, once: number | undefined) {
    if (once === undefined || !input.response_format) return once;
    const { max_completion_tokens: longest } = input;
    const known = repairs.get(longest) ?? repair(input);
    repairs.set(longest, known);
    known.catch(() => repairs.delete(longest));
    const added = await known;
    return added === undefined ? undefined : 2 * once + added;
  }

  /** Sets it aside when there is room. */
  async function admitted(worst: number, signal: AbortSignal | undefined): Promise<void> {
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
    if (running < concurrency) wake();
  }

  return {
    worstOf,
    async aside(input) {
      if (maxCost === undefined) return { worst: 0, once: 0 };
      const { cost } = await client.explain(input);
      const worst = await worstOf(input, cost?.worst);
      if (worst === undefined) {
        throw new InvalidRequestError(
          `maxCost cannot hold: the price or the longest reply of "${model}" is not known. Register the model (registerModel of polycall/models), or give no maxCost.`,
          { param: "maxCost", model },
        );
      }
      return { worst, once: cost!.worst! };
    },
    async run({ worst, once }, signal, call) {
      try {
        await admitted(worst, signal);
      } catch (error) {
        wake();
        throw error;
      }
      counts.calls++;
      let spent: number | undefined;
      try {
        return await call((cost, broken = 0) => {
          spent = cost === undefined ? undefined : cost + broken * once;
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

/** Those whose turn has not come, the first one first. */
type Waiting = Set<() => void>;

/** Until it is the next one's turn, or the signal says so. */
function turn(waiting: Waiting, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      waiting.delete(go);
      signal?.removeEventListener("abort", go);
      resolve();
    };
    signal?.addEventListener("abort", go, { once: true });
    waiting.add(go);
  });
}

/** When a run stops: conditions, and budgets that hold across everything that runs at once. */
import { InvalidRequestError, type Usage } from "@polycall/core";
import { Stopped } from "./errors.ts";

/** What a condition is asked about: the run so far, its sub-agents included. */
export interface Progress {
  /** Calls of the model. */
  steps: number;
  /** Dollars; what is not known counts as what was set aside for it. */
  cost: number;
  tokens: number;
  /** ms of work, the time in which the run lay waiting not counted. */
  elapsedMs: number;
  /** Names of the tools that the last step called. */
  lastCalls: readonly string[];
  /** What the model said last. */
  lastText: string;
}

/** A limit on what all of a run may use, or a question about the run before each call of the model. */
export type StopCondition =
  | { readonly kind: "steps" | "cost" | "tokens" | "time"; readonly limit: number }
  | { readonly kind: "toolCalled"; readonly tool: string }
  /** true, or the reason in words, stops the run. */
  | ((progress: Progress) => boolean | string | Promise<boolean | string>);

const bound = (kind: "steps" | "cost" | "tokens" | "time", limit: number, unit: string) => {
  if (typeof limit === "number" && limit >= 0) return { kind, limit } as const;
  throw new InvalidRequestError(`A limit of ${JSON.stringify(limit)} ${unit} is none.`, {
    param: "stopWhen",
  });
};

/** Stops before the model is called more than `limit` times. Sub-agents' calls count. */
export const steps = (limit: number): StopCondition => bound("steps", limit, "steps");
/** Stops before more than `limit` dollars are spent: no call begins that could go beyond. */
export const costAbove = (limit: number): StopCondition => bound("cost", limit, "dollars");
/** Stops before more than `limit` tokens are used, prompts included: no call begins that could go beyond. */
export const tokensAbove = (limit: number): StopCondition => bound("tokens", limit, "tokens");
/** Stops after `limit` ms of work, also in the middle of a call. */
export const timeAbove = (limit: number): StopCondition => bound("time", limit, "ms");
/** Stops once the tool has been called and its result is there. */
export const toolCalled = (tool: string): StopCondition => ({ kind: "toolCalled", tool });

/** What one call of the model may use at the most. */
export interface Need {
  model: string;
  inputTokens: number;
  outputTokens: number;
  /** Dollars of the input, and of one token of the output; undefined where no price is known. */
  inputCost?: number;
  outputRate?: number;
}

/** What one call did use. */
export interface Spent {
  steps: number;
  tokens: number;
  cost: number;
}

/** What was set aside. */
export interface Hold {
  /** The most tokens that the reply may have. */
  outputTokens: number;
  /** What all of the call may use: nothing, where no budget counts it. */
  tokens: number;
  /** Dollars. */
  cost: number;
  /** Gives back what was not used. Without an argument, all was. */
  settle(spent?: Spent): void;
}

/** The fewest tokens that a reply is worth asking for. */
const fewest = 64;

/** How long a reply could be at the most, and which bound of which budget allows no more. */
interface Lack {
  output: number;
  by: string;
  message: string;
  budget: Budget;
}

type Bounds = { steps: number; cost: number; tokens: number };

/**
 * What a run and all below it may use. Each call of the model takes its share here before it is sent, and in
 * the budgets of all runs above: two calls at once can never both take the last of it.
 */
export class Budget {
  readonly #bounds: Bounds = { steps: Infinity, cost: Infinity, tokens: Infinity };
  readonly #parent: Budget | undefined;
  readonly spent: Spent = { steps: 0, tokens: 0, cost: 0 };
  readonly #held = { tokens: 0, cost: 0, calls: 0 };
  #waiting: (() => void)[] = [];

  constructor(conditions: readonly StopCondition[], parent?: Budget) {
    this.#parent = parent;
    for (const condition of conditions) {
      if (typeof condition === "function" || !("limit" in condition)) continue;
      if (condition.kind === "time") continue;
      this.#bounds[condition.kind] = Math.min(this.#bounds[condition.kind], condition.limit);
    }
  }

  /** Whether tokens or dollars are bounded here or above, so that a call must say what it needs. */
  get counts(): boolean {
    const { cost, tokens } = this.#bounds;
    return cost < Infinity || tokens < Infinity || (this.#parent?.counts ?? false);
  }

  /** What is left here and above, as conditions. */
  get left(): StopCondition[] {
    return this.#chain().flatMap((budget) =>
      (["steps", "tokens", "cost"] as const)
        .map((kind) => ({ kind, limit: Math.max(0, budget.#bounds[kind] - budget.spent[kind]) }))
        .filter(({ limit }) => limit < Infinity),
    );
  }

  /** What an earlier process has spent. */
  add(spent: Spent): void {
    for (const budget of this.#chain()) budget.#spend(spent);
  }

  /**
   * Sets aside what a call may use, in this budget and all above. Where too little is left, but others
   * hold more than they may need, it waits for them.
   * @throws Stopped where too little is left
   */
  async reserve(need: Need | undefined, signal: AbortSignal): Promise<Hold> {
    for (;;) {
      signal.throwIfAborted();
      const chain = this.#chain();
      const short: Lack[] = [];
      for (const budget of chain) {
        const lack = budget.#lack(need);
        if (lack) short.push(lack);
      }
      const blocking = short.find(({ output }) => output < (need?.outputTokens ?? 0));
      if (!blocking) return hold(chain, need, need?.outputTokens ?? 0);
      const output = Math.min(...short.map((lack) => lack.output));
      const enough = Math.min(fewest, need?.outputTokens ?? 0);
      const busy = short.find((lack) => lack.output === output)!.budget;
      if (busy.#held.calls > 0) await busy.#settled(signal);
      else if (output >= enough && need) return hold(chain, need, output);
      else throw new Stopped(blocking.by, blocking.message);
    }
  }

  /** How long a reply could be at the most, and what stands in the way; undefined where nothing does. */
  #lack(need: Need | undefined): Lack | undefined {
    const { steps, cost, tokens } = this.#bounds;
    if (this.spent.steps + 1 > steps) {
      return this.#short(-1, "steps", `${steps} steps are done, the limit.`);
    }
    if (!need) return undefined;
    const { model, inputTokens, inputCost, outputRate, outputTokens } = need;
    const left = tokens - this.spent.tokens - this.#held.tokens - inputTokens;
    let lack =
      left < outputTokens
        ? this.#short(
            Math.floor(left),
            "tokens",
            `the next call could go beyond ${tokens} tokens; ${this.spent.tokens} are used.`,
          )
        : undefined;
    if (cost === Infinity) return lack;
    if (inputCost === undefined || outputRate === undefined) {
      throw new InvalidRequestError(
        `costAbove(${cost}) cannot hold: no price of "${model}" is known. Register one (registerModel of polycall/models), or bound tokens or steps.`,
        { param: "stopWhen" },
      );
    }
    const dollars = cost - this.spent.cost - this.#held.cost - inputCost;
    const affordable =
      outputRate > 0 ? Math.floor(dollars / outputRate + 1e-9) : dollars >= 0 ? Infinity : -1;
    if (affordable < Math.min(outputTokens, lack?.output ?? Infinity)) {
      lack = this.#short(
        affordable,
        "cost",
        `the next call could go beyond $${cost}; $${round(this.spent.cost)} are spent.`,
      );
    }
    return lack;
  }

  #short(output: number, by: string, message: string): Lack {
    return { output, by, message, budget: this };
  }

  #spend({ steps, tokens, cost }: Spent): void {
    this.spent.steps += steps;
    this.spent.tokens += tokens;
    this.spent.cost += cost;
  }

  #chain(): Budget[] {
    return this.#parent ? [this, ...this.#parent.#chain()] : [this];
  }

  #settled(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting.push(() => {
        signal.removeEventListener("abort", abort);
        resolve();
      });
    });
  }

  /** Takes from what is left. The step counts from now on, so that calls at once do not share one. */
  take(tokens: number, cost: number): void {
    this.spent.steps++;
    this.#held.calls++;
    this.#held.tokens += tokens;
    this.#held.cost += cost;
  }

  give(tokens: number, cost: number, spent: Spent): void {
    this.#held.calls--;
    this.#held.tokens -= tokens;
    this.#held.cost -= cost;
    this.#spend({ ...spent, steps: spent.steps - 1 });
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

function hold(chain: readonly Budget[], need: Need | undefined, outputTokens: number): Hold {
  const tokens = need ? need.inputTokens + outputTokens : 0;
  const cost = (need?.inputCost ?? 0) + (need?.outputRate ?? 0) * outputTokens;
  for (const budget of chain) budget.take(tokens, cost);
  let open = true;
  return {
    outputTokens,
    tokens,
    cost,
    settle(spent = { steps: 1, tokens, cost }) {
      if (!open) return;
      open = false;
      for (const budget of chain) budget.give(tokens, cost, spent);
    },
  };
}

const round = (dollars: number) => Number(dollars.toPrecision(4));

/** The tokens of a reply, however it counts them. */
export const tokensOf = (usage: Usage | undefined): number => usage?.total_tokens ?? 0;

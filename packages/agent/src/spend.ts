/** A call of a model within the run's budgets: what it may use is set aside before it is sent. */
import { APIError, type Completion, type CompletionInput, type Usage } from "@polycall/core";
import type { ActiveRun } from "./active.ts";
import { type Hold, type Need, type Spent, tokensOf } from "./limits.ts";
import { needOf } from "./need.ts";

/** What a call of the model gave, used and cost. */
export interface Spending {
  reply: Completion;
  text: string;
  usage: Usage | undefined;
  /** Dollars; undefined where it is not known. */
  cost: number | undefined;
  /** What the budgets count: what is not known as what was set aside for it. */
  spent: Spent;
  /** The reply was held to what was left. */
  held: boolean;
}

/** @param call gets the input, its reply no longer than is left */
export async function spend(
  run: ActiveRun,
  input: CompletionInput,
  call: (input: CompletionInput) => Promise<Completion>,
): Promise<Spending> {
  const need = run.budget.counts ? await needOf(run, input) : undefined;
  const hold = await run.budget.reserve(need, run.signal);
  try {
    const reply = await call(limited(input, need, hold));
    const { text, usage } = reply;
    const cost = reply.cost?.total;
    const spent = {
      steps: 1,
      tokens: tokensUsed(reply) ?? hold.tokens,
      cost: cost ?? hold.cost,
    };
    hold.settle(spent);
    const held = need !== undefined && hold.outputTokens < need.outputTokens;
    return { reply, text, usage, cost, spent, held };
  } catch (error) {
    // What was refused cost nothing; what broke on the way may have cost all of it.
    const refused = error instanceof APIError && error.status !== undefined;
    hold.settle(refused ? { steps: 0, tokens: 0, cost: 0 } : undefined);
    throw error;
  }
}

/** Those of tries that failed and were billed, too. */
function tokensUsed({ usage, attempts = [] }: Completion): number | undefined {
  if (!usage) return undefined;
  const tried = attempts.reduce((sum, one) => sum + tokensOf(one.usage), 0);
  return Math.max(tried, tokensOf(usage));
}

/** The reply no longer than what was set aside for it. */
function limited(input: CompletionInput, need: Need | undefined, hold: Hold): CompletionInput {
  if (!need) return input;
  const key = input.max_tokens ? "max_tokens" : "max_completion_tokens";
  return input[key] === hold.outputTokens ? input : { ...input, [key]: hold.outputTokens };
}

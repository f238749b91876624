/** A call of a model within the run's budgets: what it may use is set aside before it is sent. */
import { APIError, type Completion, type CompletionInput } from "@polycall/core";
import type { ActiveRun } from "./active.ts";
import { type Hold, type Need, tokensOf } from "./limits.ts";
import { needOf } from "./need.ts";

/** @param call gets the input, its reply no longer than is left */
export async function spend(
  run: ActiveRun,
  input: CompletionInput,
  call: (input: CompletionInput) => Promise<Completion>,
) {
  const need = run.budget.counts ? await needOf(run, input) : undefined;
  const hold = await run.budget.reserve(need, run.signal);
  try {
    const reply = await call(limited(input, need, hold));
    const { text, usage } = reply;
    const cost = reply.cost?.total;
    hold.settle({ steps: 1, tokens: tokensOf(usage), cost: cost ?? costAtMost(need, hold) });
    return { reply, text, ...(usage && { usage }), ...(cost !== undefined && { cost }) };
  } catch (error) {
    // What was refused cost nothing; what broke on the way may have cost all of it.
    const refused = error instanceof APIError && error.status !== undefined;
    hold.settle(refused ? { steps: 1, tokens: 0, cost: 0 } : undefined);
    throw error;
  }
}

const costAtMost = (need: Need | undefined, { outputTokens }: Hold) =>
  (need?.inputCost ?? 0) + (need?.outputRate ?? 0) * outputTokens;

/** The reply no longer than what was set aside for it. */
function limited(input: CompletionInput, need: Need | undefined, hold: Hold): CompletionInput {
  if (!need) return input;
  const key = input.max_tokens ? "max_tokens" : "max_completion_tokens";
  return input[key] === hold.outputTokens ? input : { ...input, [key]: hold.outputTokens };
}

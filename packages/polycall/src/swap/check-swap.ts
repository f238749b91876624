/** Whether another model can take over: what a request loses, what changes, what it costs. */
import type { Change, CompletionInput, Explanation, TokenCount, Usage } from "@polycall/core";
import { costOf, type ModelEntry, models } from "@polycall/models";
import { type HistoryState, historyState } from "./history.ts";
import { planned, type Refusal } from "./planned.ts";

/** A fact of the catalogue in which the two models differ; undefined: not known. */
export interface FactChange {
  fact: "contextWindow" | "outputLimit" | "kind" | "knowledge" | "input" | "output" | "shutdown";
  from?: unknown;
  to?: unknown;
}

export interface SwapReport {
  from: string;
  to: string;
  /** Whether `completion()` would send this request to `to`. */
  works: boolean;
  /** What it would throw for: the meaning of the request that `to` cannot be given. */
  refused: Refusal[];
  /** What `from` takes and `to` goes without. */
  lost: Change[];
  /** What `to` is given in another form than `from`: clamped, converted, emulated, renamed, repaired. */
  changed: Change[];
  /** What `from` refuses, goes without or gets in another form, and `to` takes as it is. */
  gained: (Change | Refusal)[];
  /** Reasoning in the history, by the model that made it. */
  history: HistoryState[];
  /** Facts of the catalogue in which they differ. */
  facts: FactChange[];
  /** The prompt's tokens by each one's own tokenizer, estimated; absent where nothing could be planned. */
  tokens: { from?: TokenCount; to?: TokenCount };
  /** Whether the estimate's upper end is within the context window of `to`; absent where that is not known. */
  fits?: boolean;
  /** Dollars: for `usage`, else those expected of this request. A side without a known price is absent. */
  cost: { from?: number; to?: number };
}

export interface SwapOptions {
  /** Tokens of a real reply to this request: what the costs are worked out for. */
  usage?: Usage;
}

/**
 * Plans a request for two models, without network, and tells them apart.
 * @throws UnknownProviderError for a model string of no provider; InvalidRequestError for a request that
 *   is wrong in itself
 */
export async function checkSwap(
  explain: (input: CompletionInput) => Promise<Explanation>,
  request: Omit<CompletionInput, "model">,
  from: string,
  to: string,
  { usage }: SwapOptions = {},
): Promise<SwapReport> {
  // A call's own key and URL are for one provider.
  const { apiKey: _, baseURL: __, headers: ___, ...rest } = request as CompletionInput;
  const before = await planned(explain, { ...rest, model: from });
  const after = await planned(explain, { ...rest, model: to });
  const [old, now] = [before.plan?.changes ?? [], after.plan?.changes ?? []];
  const fresh = now.filter((change) => !old.some((other) => isSame(change, other)));
  const gone = old.filter(({ param }) => ![...now, ...after.refused].some(names(param)));
  const refusedBefore = before.refused.filter(
    ({ param }) => ![...now, ...after.refused].some(names(param)),
  );
  return {
    from,
    to,
    works: !!after.plan && !after.refused.length,
    refused: after.refused,
    lost: fresh.filter(({ action }) => action === "dropped"),
    changed: fresh.filter(({ action }) => action !== "dropped"),
    gained: [...refusedBefore, ...gone],
    history: after.plan ? historyState(request.messages, after.plan.body) : [],
    facts: factChanges(models.get(from), models.get(to)),
    tokens: { from: before.plan?.tokens, to: after.plan?.tokens },
    ...fitOf(after.plan, models.get(to)),
    cost: {
      ...priced("from", from, before.plan, usage),
      ...priced("to", to, after.plan, usage),
    },
  };
}

const names =
  (param: string) =>
  (other: { param: string }): boolean =>
    other.param === param;

/** The same thing done to the same value; the reasons are each model's own. */
function isSame(one: Change, other: Change): boolean {
  const { param, action, to } = one;
  return (
    param === other.param &&
    action === other.action &&
    JSON.stringify(to) === JSON.stringify(other.to)
  );
}

const facts = [
  "contextWindow",
  "outputLimit",
  "kind",
  "knowledge",
  "input",
  "output",
  "shutdown",
] as const satisfies readonly (keyof ModelEntry)[];

function factChanges(from: ModelEntry | undefined, to: ModelEntry | undefined): FactChange[] {
  return facts.flatMap((fact) => {
    const [old, now] = [from?.[fact], to?.[fact]];
    const isSame = JSON.stringify(old) === JSON.stringify(now);
    return isSame ? [] : [{ fact, from: old, to: now }];
  });
}

function fitOf(plan: Explanation | undefined, to: ModelEntry | undefined): { fits?: boolean } {
  if (!plan?.tokens || !to?.contextWindow) return {};
  const { tokens, error } = plan.tokens;
  return { fits: tokens * (1 + error) <= to.contextWindow };
}

function priced<Side extends "from" | "to">(
  side: Side,
  model: string,
  plan: Explanation | undefined,
  usage: Usage | undefined,
): { [Key in Side]?: number } {
  const price = models.get(model)?.price;
  const total = usage ? price && costOf(usage, price)?.total : plan?.cost?.expected;
  return (total === undefined ? {} : { [side]: total }) as { [Key in Side]?: number };
}

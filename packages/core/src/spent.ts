/** What a try cost, and what the tries before the one that answered add to a call. */
import type { CallInternals } from "./call.ts";
import {
  APIConnectionError,
  APIError,
  APIResponseValidationError,
  APIUserAbortError,
  type Attempt,
} from "./errors.ts";
import type { Connection, Plan } from "./provider.ts";
import type { CompletionData, Cost, CostPart, Served, Usage } from "./types/completion.ts";

/** One try: who priced it needs to know what was sent where. */
export interface Try {
  readonly note: Attempt;
  readonly plan: Plan;
  readonly call: CallInternals;
  readonly served: Served;
}

export function servedBy({ baseURL }: Plan, connection: Connection): Served {
  const { location } = connection.settings;
  return { baseURL: baseURL ?? connection.baseURL, ...(location && { location }), at: Date.now() };
}

/**
 * Notes a reply's tokens and their cost: the provider's word, else the client's pricing, else nothing.
 * No price is worth a failed call.
 */
export async function priceTry(
  { note, plan, call, served }: Try,
  data: CompletionData,
): Promise<Cost | undefined> {
  const { usage } = data;
  if (!usage) return undefined;
  note.usage = usage;
  const cost = await costOf(data, plan, call, served);
  if (cost) note.cost = cost.total;
  return cost;
}

async function costOf(
  data: CompletionData,
  { provider, model }: Plan,
  { pricing }: CallInternals,
  served: Served,
): Promise<Cost | undefined> {
  const total = data.usage?.cost;
  if (total !== undefined) return { total, parts: [], source: "provider" };
  try {
    return (await pricing?.())?.cost(provider, model, data, served);
  } catch {
    return undefined;
  }
}

/** Tokens of which no reply tells, as a reply that can be priced. */
export function unanswered({ model }: Plan, usage: Usage | undefined): CompletionData {
  return { id: "", object: "chat.completion", created: 0, model, choices: [], usage };
}

/** Notes what a try that failed may have cost. */
export async function priceFailure(one: Try, error: unknown): Promise<void> {
  const { note, plan } = one;
  if (note.usage) {
    if (note.cost === undefined) await priceTry(one, unanswered(plan, note.usage));
  } else if (mayBeBilled(error, note)) note.uncounted = true;
}

/** A reply had begun, or the provider was at work on one. What it refused costs nothing. */
function mayBeBilled(error: unknown, { status = 0 }: Attempt): boolean {
  if (status >= 300) return false;
  if (error instanceof APIError) return error instanceof APIResponseValidationError;
  if (status || error instanceof APIUserAbortError) return true;
  return error instanceof APIConnectionError && /firstByte|total/.test(error.phase ?? "");
}

const pico = (dollars: number) => Math.round(dollars * 1e12);

/** The cost of a call whose answer is that of `own`: with the tries that came before it. */
export function costOfCall(
  cost: Cost | undefined,
  own: readonly Attempt[],
  attempts: readonly Attempt[],
): { cost?: Cost } {
  if (!cost) return {};
  if (attempts.length === own.length) return { cost };
  let failed = 0;
  let incomplete = false;
  for (const one of attempts) {
    if (own.includes(one)) continue;
    failed += pico(one.cost ?? 0);
    if (one.uncounted || (one.usage && one.cost === undefined)) incomplete = true;
  }
  return {
    cost: {
      ...cost,
      ...(failed && { total: (pico(cost.total) + failed) / 1e12, failed: failed / 1e12 }),
      ...(incomplete && { incomplete }),
    },
  };
}

/** The cost of several replies as one: parts of a kind and rate together; unknown where one's is. */
export function sumOfCosts(costs: readonly (Cost | undefined)[]): Cost | undefined {
  const [first] = costs;
  if (!first || costs.length === 1) return first;
  const parts = new Map<string, CostPart>();
  let total = 0;
  for (const cost of costs) {
    if (!cost) return undefined;
    total += pico(cost.total);
    for (const part of cost.parts) {
      const key = `${part.kind} ${part.rate}`;
      const known = parts.get(key);
      parts.set(key, known ? together(known, part) : part);
    }
  }
  return { ...first, total: total / 1e12, parts: [...parts.values()] };
}

function together(one: CostPart, other: CostPart): CostPart {
  const cost = (pico(one.cost) + pico(other.cost)) / 1e12;
  if (one.tokens === undefined) return { ...one, count: one.count + (other.count ?? 0), cost };
  return { ...one, tokens: one.tokens + (other.tokens ?? 0), cost };
}

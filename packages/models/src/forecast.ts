/** What a request will use and cost, before it is sent. */
import type {
  Asked,
  CompletionData,
  CompletionRequest,
  Description,
  Forecast,
  Pricing,
  Usage,
} from "@polycall/core";
import { curlOf } from "./curl.ts";
import { getModel } from "./lookup.ts";
import { estimateTokens } from "./tokens/estimate.ts";
import type { Seen } from "./tokens/seen.ts";

/** Tokens of a reply of a model that this client has not seen: an answer, and the reasoning before it. */
const usualOutput = { plain: 500, reasoning: 1500 };

/** @param model as it was asked for, without the provider */
export function forecast(
  provider: string,
  model: string,
  request: CompletionRequest,
  seen?: Seen,
): Forecast {
  const name = `${provider}/${model.replace(/^(?:chat|responses)\//, "")}`;
  const body = request as unknown as { readonly [key: string]: unknown };
  const estimate = estimateTokens(model, body);
  const tokens = seen?.corrected(name, estimate) ?? estimate;
  const entry = getModel(name);
  const asked = request.max_completion_tokens ?? request.max_tokens ?? entry?.outputLimit;
  const choices = request.n ?? 1;
  const limit = typeof asked === "number" && asked > 0 ? asked * choices : undefined;
  const reasons = entry?.kind === "reasoning";
  const usual = (reasons ? usualOutput.reasoning : usualOutput.plain) * choices;
  const output = Math.min(seen?.output(name) ?? usual, limit ?? Number.POSITIVE_INFINITY);
  return { tokens, output: { expected: output, ...(limit !== undefined && { limit }) } };
}

/** The whole of what `explain()` adds to a plan. @param cost the client's pricing */
export function describe(asked: Asked, cost: Pricing["cost"], seen?: Seen): Description {
  const { plan, request, sent } = asked;
  const will = forecast(plan.provider, plan.model, request, seen);
  const costs = costsOf(asked, will, cost);
  return {
    tokens: will.tokens,
    ...(costs && { cost: costs }),
    curl: curlOf(sent),
  };
}

function costsOf(asked: Asked, { tokens, output }: Forecast, cost: Pricing["cost"]) {
  const { plan, request, served } = asked;
  const priced = (usage: Usage) => {
    try {
      return cost(plan.provider, plan.model, answerOf(asked, usage), served)?.total;
    } catch {
      return undefined;
    }
  };
  const expected = priced(usageOf(tokens.tokens, output.expected));
  if (expected === undefined) return undefined;
  const most = Math.ceil(tokens.tokens * (1 + tokens.error));
  const ownTools = request.tools?.some(({ type }) => type !== "function" && type !== "custom");
  // How often a tool of the provider's own is used has no bound.
  if (output.limit === undefined || ownTools || request.web_search_options) return { expected };
  const worst = dearest(most, output.limit, JSON.stringify(plan.body).includes('"ttl":"1h"'))
    .map(priced)
    .filter((total) => total !== undefined);
  return { expected, worst: Math.max(expected, ...worst) };
}

/** The ways to bill so many tokens: as they are, written to the cache, reasoned. */
function dearest(input: number, output: number, hour: boolean): Usage[] {
  const kinds: NonNullable<Usage["prompt_tokens_details"]>[] = [{}, { cache_write_tokens: input }];
  if (hour) kinds.push({ cache_write_tokens: input, cache_write_1h_tokens: input });
  return kinds.flatMap((prompt_tokens_details) =>
    [0, output].map((reasoning_tokens) => ({
      ...usageOf(input, output),
      prompt_tokens_details,
      completion_tokens_details: { reasoning_tokens },
    })),
  );
}

const usageOf = (input: number, output: number): Usage => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
});

/** The reply that a price is asked for. */
function answerOf({ plan, request }: Asked, usage: Usage): CompletionData {
  const tier = request.service_tier;
  return {
    id: "",
    object: "chat.completion",
    created: 0,
    model: plan.model,
    choices: [],
    usage,
    ...(tier && { service_tier: tier as CompletionData["service_tier"] }),
  };
}

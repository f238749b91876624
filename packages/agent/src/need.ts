/** What a call of the model may use at the most, so that it can be set aside before the call. */
import { type CompletionInput, type FunctionTool, toJsonSchema, type Usage } from "@polycall/core";
import type { ActiveRun } from "./active.ts";
import { bareName, catalogue } from "./catalogue.ts";
import type { Need } from "./limits.ts";

/** The longest reply of a model of which nothing is known. */
const usualLimit = 32_000;

/** Estimates are off by so much more than they say in one of ten cases. */
const margin = 1.25;

/** Servers on one's own machine, which nobody bills. */
const unbilled = new Set(["ollama", "ollama_openai", "lmstudio", "llamacpp", "vllm", "local"]);

/** What the dearest of the models that the call may turn to would use. */
export async function needOf(run: ActiveRun, input: CompletionInput): Promise<Need> {
  const known = await catalogue();
  const others = (input.fallbacks ?? []).map((one) => (typeof one === "string" ? one : one.model));
  return [...new Set([input.model, ...others])]
    .map((model) => needFrom(known, run, { ...input, model }))
    .reduce((one, other) => ({
      model: other.inputCost === undefined ? other.model : one.model,
      inputTokens: Math.max(one.inputTokens, other.inputTokens),
      outputTokens: Math.max(one.outputTokens, other.outputTokens),
      ...both("inputCost", one, other),
      ...both("outputRate", one, other),
    }));
}

function both(key: "inputCost" | "outputRate", one: Need, other: Need) {
  const dearer = most(one[key], other[key]);
  return dearer !== undefined && { [key]: dearer };
}

/** Only what is new since the last call is estimated, where its provider has counted the same prompt. */
function needFrom(
  { estimateTokens, costOf, models }: typeof import("@polycall/models"),
  run: ActiveRun,
  input: CompletionInput,
): Need {
  const { model, messages, tools = [] } = input;
  const entry = models.get(model);
  const { measured } = run;
  const same = measured?.model === model && measured.tools === namesOf(tools as FunctionTool[]);
  const since = same && messages === run.messages ? measured : undefined;
  const format = run.owner.output;
  const body = since
    ? { messages: messages.slice(since.messages) }
    : { messages, tools, ...(format && { response_format: toJsonSchema(format) }) };
  const { tokens, error } = estimateTokens(bareName(model), body);
  const inputTokens = (since?.tokens ?? 0) + Math.ceil(tokens * (1 + error) * margin);
  const outputTokens =
    input.max_completion_tokens ?? input.max_tokens ?? entry?.outputLimit ?? usualLimit;
  const { price } = entry ?? {};
  if (!price && unbilled.has(model.slice(0, model.indexOf("/")))) {
    return { model, inputTokens, outputTokens, inputCost: 0, outputRate: 0 };
  }
  if (!price) return { model, inputTokens, outputTokens };
  const dollars = (usage: Usage) =>
    costOf(usage, price, { serviceTier: input.service_tier ?? "default" })?.total;
  const prompt = { prompt_tokens: inputTokens, completion_tokens: 0, total_tokens: inputTokens };
  const written = { cache_write_tokens: inputTokens };
  const long = typeof input.promptCaching === "object" && input.promptCaching.ttl !== undefined;
  const hour = long && { cache_write_1h_tokens: inputTokens };
  const plain = dollars(prompt);
  const inputCost = most(
    plain,
    dollars({ ...prompt, prompt_tokens_details: { ...written, ...hour } }),
  );
  const reply = { ...prompt, completion_tokens: 1000, total_tokens: inputTokens + 1000 };
  const reasoned = { ...reply, completion_tokens_details: { reasoning_tokens: 1000 } };
  const withReply = most(dollars(reply), dollars(reasoned));
  if (plain === undefined || inputCost === undefined || withReply === undefined)
    return { model, inputTokens, outputTokens };
  return { model, inputTokens, outputTokens, inputCost, outputRate: (withReply - plain) / 1000 };
}

/** Of lists that do not change: most steps offer an agent's own. */
const namesKnown = new WeakMap<readonly FunctionTool[], string>();

/** Which tools a prompt has. */
export function namesOf(tools: readonly FunctionTool[]): string {
  const names = namesKnown.get(tools) ?? tools.map((tool) => tool.function.name).join(" ");
  namesKnown.set(tools, names);
  return names;
}

function most(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : Math.max(a, b);
}

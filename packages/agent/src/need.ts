/** What a call of the model may use at the most, so that it can be set aside before the call. */
import type { CompletionInput, Usage } from "@polycall/core";
import type { ActiveRun } from "./active.ts";
import type { Need } from "./limits.ts";

/** The longest reply of a model of which nothing is known. */
const usualLimit = 32_000;

/** Estimates are off by so much more than they say in one of ten cases. */
const margin = 1.25;

/** Servers on one's own machine, which nobody bills. */
const unbilled = new Set(["ollama", "ollama_openai", "lmstudio", "llamacpp", "vllm", "local"]);

/** Only what is new since the last call is estimated: its prompt was counted by the provider. */
export async function needOf(run: ActiveRun, input: CompletionInput): Promise<Need> {
  const { estimateTokens, costOf, models } = await import("@polycall/models");
  const { model, messages } = input;
  const entry = models.get(model);
  const since = run.measured && messages === run.messages ? run.measured : undefined;
  const body = since
    ? { messages: messages.slice(since.messages) }
    : { messages, tools: input.tools, response_format: undefined };
  const name = model.slice(model.indexOf("/") + 1);
  const { tokens, error } = estimateTokens(name, body);
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
  const written = { ...prompt, prompt_tokens_details: { cache_write_tokens: inputTokens } };
  const inputCost = most(dollars(prompt), dollars(written));
  const reply = { ...prompt, completion_tokens: 1000, total_tokens: inputTokens + 1000 };
  const reasoned = { ...reply, completion_tokens_details: { reasoning_tokens: 1000 } };
  const withReply = most(dollars(reply), dollars(reasoned));
  if (inputCost === undefined || withReply === undefined)
    return { model, inputTokens, outputTokens };
  const plain = dollars(prompt) ?? inputCost;
  return { model, inputTokens, outputTokens, inputCost, outputRate: (withReply - plain) / 1000 };
}

function most(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : Math.max(a, b);
}

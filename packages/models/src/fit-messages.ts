/** Fits a history into a model's context window by leaving out its oldest turns. Pure. */
import {
  type CompletionInput,
  ContextWindowExceededError,
  InvalidRequestError,
  type Message,
  toJsonSchema,
} from "@polycall/core";
import { getModel } from "./lookup.ts";
import { type Estimate, estimateTokens } from "./tokens/estimate.ts";
import type { Seen } from "./tokens/seen.ts";

export interface FitOptions {
  /** Tokens that the prompt may have. Default: the model's context window without `reserve`. */
  maxTokens?: number;
  /** Tokens kept for the reply. Default: the request's max tokens, else the model's, a quarter of the window at most. */
  reserve?: number;
}

export interface Fitted {
  /** What stays, in order. */
  messages: Message[];
  /** What was left out, in order. */
  dropped: Message[];
  /** Of the request with what stays, as `countTokens()` estimates it; at its upper end it fits. */
  tokens: number;
  error: number;
  /** Tokens that the prompt may have. */
  limit: number;
}

export function fitMessages(input: CompletionInput, options: FitOptions = {}, seen?: Seen): Fitted {
  if (typeof input?.model !== "string" || !Array.isArray(input.messages)) {
    throw new InvalidRequestError("fitMessages() takes a request: { model, messages }.", {
      param: "messages",
    });
  }
  const { model, messages } = input;
  const limit = limitOf(input, options);
  const rest = { ...input, tools: toolsOf(input), response_format: formatOf(input) };
  const count = (kept: readonly Message[]) => {
    const body = { ...rest, messages: kept };
    const estimate = estimateTokens(model, body as unknown as { [key: string]: unknown });
    return seen?.corrected(model, estimate) ?? estimate;
  };
  const fits = ({ tokens, error }: Estimate) => tokens * (1 + error) <= limit;
  const units = unitsOf(messages);
  // As few as it takes: more dropped is fewer tokens, so the first that fits can be searched for.
  let low = 0;
  let high = units.length - 1;
  if (fits(count(messages))) high = 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(count(without(messages, units, middle).kept))) high = middle;
    else low = middle + 1;
  }
  const { kept, dropped } = without(messages, units, Math.max(0, high));
  const estimate = count(kept);
  if (!fits(estimate)) {
    const most = Math.ceil(estimate.tokens * (1 + estimate.error));
    throw new ContextWindowExceededError(
      `${model}: the system messages and the last turn have up to ${most} tokens, and ${limit} fit. Shorten them, or choose a model with a larger window.`,
      { model, param: "messages" },
    );
  }
  return { messages: kept, dropped, ...estimate, limit };
}

/** A `tool()` holds a schema that is not JSON; its name and description are what can be counted. */
function toolsOf({ tools }: CompletionInput): unknown {
  return tools?.map((tool) => JSON.parse(JSON.stringify(tool)) as unknown);
}

function formatOf({ response_format: format }: CompletionInput): unknown {
  return format && "~standard" in format ? toJsonSchema(format) : format;
}

function limitOf(input: CompletionInput, { maxTokens, reserve }: FitOptions): number {
  for (const [param, value] of Object.entries({ maxTokens, reserve })) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0)) {
      throw new InvalidRequestError(`${param} must be a whole number of tokens.`, { param });
    }
  }
  if (maxTokens !== undefined) return maxTokens - (reserve ?? 0);
  const { contextWindow, outputLimit } = getModel(input.model) ?? {};
  if (contextWindow === undefined) {
    throw new InvalidRequestError(
      `${input.model}: its context window is not known. Pass maxTokens.`,
      { model: input.model, param: "maxTokens" },
    );
  }
  const quarter = Math.floor(contextWindow / 4);
  const asked = reserve ?? input.max_completion_tokens ?? input.max_tokens;
  return contextWindow - (asked ?? Math.min(outputLimit ?? quarter, quarter));
}

const isSystem = ({ role }: Message) => role === "system" || role === "developer";

/**
 * Turns, as lists of places: a user's message and what follows it. Turns that a call and its result lie
 * in are one. System messages are in none.
 */
function unitsOf(messages: readonly Message[]): number[][] {
  const units: number[][] = [];
  /** Where each call was made. */
  const calls = new Map<string, number>();
  messages.forEach((message, at) => {
    if (isSystem(message)) return;
    const begins = message.role === "user" || !units.length;
    if (begins) units.push([]);
    units.at(-1)!.push(at);
    if (message.role === "assistant") {
      for (const { id } of message.tool_calls ?? []) calls.set(id, units.length - 1);
    }
    const made = message.role === "tool" ? calls.get(message.tool_call_id) : undefined;
    if (made === undefined || made >= units.length - 1) return;
    const joined = units.splice(made).flat();
    units.push(joined);
    for (const [id, unit] of calls) if (unit > made) calls.set(id, made);
  });
  return units;
}

function without(messages: readonly Message[], units: readonly number[][], count: number) {
  const out = new Set(units.slice(0, count).flat());
  return {
    kept: messages.filter((_, at) => !out.has(at)),
    dropped: messages.filter((_, at) => out.has(at)),
  };
}

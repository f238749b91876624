/** `languageModel()`: what techniques ask, with replies kept by content, a bound on cost, and a count of failures. */
import {
  APIError,
  type Completion,
  type CompletionInput,
  ContentPolicyViolationError,
  ContextWindowExceededError,
  InvalidRequestError,
  type Message,
  type PolycallError,
  SchemaValidationError,
  type StandardSchema,
  toJsonSchema,
} from "@polycall/core";
import { digest } from "@polycall/embeddings";
import { completion, explain, type PolycallClient } from "polycall";
import type { RetrievalTrace } from "../retrieval/trace.ts";
import { budget } from "./budget.ts";
import type { ReplyCache } from "./replies.ts";

export interface LanguageModelOptions {
  /** "provider/model". */
  model: string;
  /** Keeps replies by the content of what was asked. Default: none is kept */
  cache?: ReplyCache;
  /**
   * Dollars that all calls of this model may cost together: none begins that could go beyond. Tries that break on the
   * way, and that the client repeats, count as the most that they may have cost. Another process has a bound of its
   * own. Default: no bound
   */
  maxCost?: number;
  /** Calls in flight together. Default: 4 */
  concurrency?: number;
  /** What else each request has: `temperature`, `reasoning_effort`, `promptCaching`, … */
  params?: Partial<Omit<CompletionInput, "model" | "messages" | "stream" | "response_format">>;
  /** Default: polycall's own. */
  client?: Pick<PolycallClient, "completion" | "explain">;
}

/** One question of a technique. */
export interface Question<T = string> {
  /** In a word, for the trace. */
  purpose: string;
  messages: readonly Message[];
  /** What the reply must be. Without one it is text. */
  shape?: StandardSchema<unknown, T>;
  /** The longest that the reply may be, reasoning included. Default: 4096 tokens */
  maxTokens?: number;
}

export interface AskModelOptions {
  signal?: AbortSignal;
  trace?: RetrievalTrace;
}

/** Dollars and tokens that questions would take, without those whose replies are kept. */
export interface CostEstimate {
  questions: number;
  /** Of them, those whose replies are kept: they cost nothing. */
  cached: number;
  /** Of the prompts. */
  tokens: number;
  /** Dollars that are likely, and the most that there can be; absent where a price or a bound is not known. */
  expected?: number;
  worst?: number;
}

/** What a model was asked so far. */
export interface ModelCounts {
  /** Calls that went out. */
  calls: number;
  /** Questions whose reply was kept from an earlier call. */
  cached: number;
  /** Replies that were not what was asked for: no JSON, empty, cut, refused; prompts that were refused. */
  bad: number;
  /** Dollars; what is not known counts as what was set aside for it, where there is a bound. */
  cost: number;
}

export interface LanguageModel {
  readonly model: string;
  readonly counts: Readonly<ModelCounts>;
  /**
   * Asks. A reply that is not what was asked for is asked for once more (by `completion()`), then undefined is
   * given, counted, and told in the trace's warnings; so it is for a prompt that is too long, or that a provider's
   * filter refuses.
   * @throws BudgetExceededError before a call that could cost too much; what `completion()` throws
   */
  ask<T = string>(question: Question<T>, options?: AskModelOptions): Promise<T | undefined>;
  /** What questions would cost. No network. */
  estimate(questions: Iterable<Question<unknown>>): Promise<CostEstimate>;
}

/** What a technique takes for a model. */
export type ModelOption = string | LanguageModel;

/** A model string as a model; a model as it is. */
export const modelOf = (model: ModelOption): LanguageModel =>
  typeof model === "string" ? languageModel({ model }) : model;

/**
 * A model with what a pass over a corpus needs. Give several techniques the same one, and they share its bound.
 * @throws InvalidRequestError for options that cannot be meant
 */
export function languageModel(options: LanguageModelOptions): LanguageModel {
  const { model, cache, params, maxCost, concurrency = 4 } = options;
  const { client = { completion, explain } } = options;
  if (typeof model !== "string" || !model) {
    throw new InvalidRequestError('languageModel() needs a model: "provider/model".', {
      param: "model",
    });
  }
  const counts: ModelCounts = { calls: 0, cached: 0, bad: 0, cost: 0 };
  const bound = budget({ model, maxCost, concurrency, counts, client });

  const keptOf = async ({ messages, shape, maxTokens }: Question<unknown>) => {
    if (!cache) return undefined;
    const schema = shape ? toJsonSchema(shape) : null;
    const key = await digest(
      JSON.stringify([1, model, params ?? null, messages, schema, maxTokens ?? null]),
    );
    return { key, reply: await cache.get(key) };
  };

  return {
    model,
    counts,
    async ask<T>(question: Question<T>, { signal, trace }: AskModelOptions = {}) {
      const { purpose, messages, shape } = question;
      const note = (reply: string, since: number, more: object) => {
        const ms = Math.round(performance.now() - since);
        trace?.calls.push({ purpose, model, messages, reply, ...more, ms });
      };
      const begun = performance.now();
      const kept = await keptOf(question);
      if (kept?.reply !== undefined) {
        const value = await read(kept.reply, shape);
        if (value !== undefined) {
          counts.cached++;
          note(kept.reply, begun, { cached: true });
          return value;
        }
      }
      const input = inputOf(question, model, params);
      const reserve = await bound.aside(input);
      return bound.run(reserve, signal, async (settle) => {
        const since = performance.now();
        try {
          const reply = (await client.completion({
            ...input,
            ...(signal && { signal }),
          })) as Completion & { parsed?: T };
          settle(reply.cost?.total, brokenIn(reply));
          const { text, usage, cost } = reply;
          note(text, since, { ...(usage && { usage }), ...(cost && { cost: cost.total }) });
          const value = shape ? reply.parsed : (text.trim() as T);
          if (value === undefined || value === "" || reply.choices[0]?.finish_reason === "length") {
            return bad(counts, trace, purpose, model, "was empty, cut or refused");
          }
          if (kept) await cache!.set(kept.key, shape ? JSON.stringify(value) : text.trim());
          return value;
        } catch (error) {
          if (isOfThePrompt(error)) {
            settle(0, brokenIn(error));
            return bad(counts, trace, purpose, model, `did not come: ${error.message}`);
          }
          if (!(error instanceof SchemaValidationError)) {
            // What was refused cost nothing; what broke on the way may have cost all of it.
            if (error instanceof APIError && error.status !== undefined) settle(0, brokenIn(error));
            throw error;
          }
          const reply = error.reply as Completion | undefined;
          settle(reply?.cost?.total, brokenIn(error));
          note(error.text ?? "", since, {
            ...(reply?.usage && { usage: reply.usage }),
            ...(reply?.cost && { cost: reply.cost.total }),
          });
          return bad(counts, trace, purpose, model, `did not fit: ${error.message}`);
        }
      });
    },
    async estimate(questions) {
      const sum = { questions: 0, cached: 0, tokens: 0 };
      let expected: number | undefined = 0;
      let worst: number | undefined = 0;
      for (const question of questions) {
        sum.questions++;
        if ((await keptOf(question))?.reply !== undefined) {
          sum.cached++;
          continue;
        }
        const input = inputOf(question, model, params);
        const { tokens, cost } = await client.explain(input);
        sum.tokens += tokens?.tokens ?? 0;
        expected = added(expected, cost?.expected);
        worst = added(worst, await bound.worstOf(input, cost?.worst));
      }
      return {
        ...sum,
        ...(expected !== undefined && { expected }),
        ...(worst !== undefined && { worst }),
      };
    },
  };
}

/** Tries that may have cost something, and nobody knows what. */
const brokenIn = ({ attempts }: Pick<PolycallError, "attempts">) =>
  attempts?.filter(({ uncounted }) => uncounted).length ?? 0;

/** Another prompt would not be refused: the pass goes on without this one. */
const isOfThePrompt = (error: unknown): error is PolycallError =>
  error instanceof ContextWindowExceededError || error instanceof ContentPolicyViolationError;

const added = (sum: number | undefined, one: number | undefined) =>
  sum === undefined || one === undefined ? undefined : sum + one;

function inputOf(
  { messages, shape, maxTokens = 4096 }: Question<unknown>,
  model: string,
  params: LanguageModelOptions["params"],
): CompletionInput {
  return {
    max_completion_tokens: maxTokens,
    ...params,
    ...{ model, messages: [...messages] },
    ...(shape && { response_format: shape }),
  } as CompletionInput;
}

/** A kept reply; undefined where the shape has changed since. */
async function read<T>(
  reply: string,
  shape: StandardSchema<unknown, T> | undefined,
): Promise<T | undefined> {
  if (!shape) return reply as T;
  try {
    const result = await shape["~standard"].validate(JSON.parse(reply));
    return result.issues ? undefined : result.value;
  } catch {
    return undefined;
  }
}

function bad(
  counts: ModelCounts,
  trace: RetrievalTrace | undefined,
  purpose: string,
  model: string,
  why: string,
): undefined {
  counts.bad++;
  trace?.warnings.push(`${purpose}: the reply of ${model} ${why}.`);
  return undefined;
}

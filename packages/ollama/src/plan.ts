/** A request as Ollama's /api/chat body. Pure. */
import {
  Changes,
  type CompletionRequest,
  legacyTools,
  mergeBody,
  type Plan,
  type PlanContext,
  reportStreamOptions,
} from "@polycall/core";
import { estimateTokens, neededWindow } from "./context-window.ts";
import { ollamaMessages } from "./messages.ts";
import { factsOf, runsInCloud } from "./models.ts";
import { thinkOf } from "./think.ts";
import { ollamaTools } from "./tools.ts";
import type { OllamaMessage } from "./wire.ts";

/** @throws UnsupportedParamsError for what Ollama cannot do: see README */
export function plan(request: CompletionRequest, context: PlanContext): Plan {
  const changes = new Changes(context);
  const { model } = context;
  const { thinking: thinks } = factsOf(model, context.facts);
  const {
    model: _,
    messages: given,
    tools: _tools,
    tool_choice: _tool_choice,
    functions: _functions,
    function_call: _function_call,
    response_format,
    stream,
    stream_options: _stream_options,
    max_completion_tokens,
    max_tokens,
    temperature,
    top_p,
    top_k,
    seed,
    stop,
    frequency_penalty,
    presence_penalty,
    logprobs,
    top_logprobs,
    reasoning_effort,
    thinking,
    n,
    audio,
    modalities,
    moderation,
    web_search_options,
    parallel_tool_calls,
    logit_bias,
    metadata,
    prediction,
    prompt_cache_key,
    prompt_cache_options,
    prompt_cache_retention,
    safety_identifier,
    service_tier,
    store,
    user,
    verbosity,
    extra_body,
    ...unknown
  } = request;

  refuseMeanings({ n, audio, modalities, web_search_options }, changes);
  dropHints(
    {
      parallel_tool_calls: parallel_tool_calls === false ? false : undefined,
      logit_bias,
      metadata,
      moderation,
      prediction,
      prompt_cache_key,
      prompt_cache_options,
      prompt_cache_retention,
      safety_identifier,
      service_tier,
      store: store || undefined,
      user,
      verbosity,
    },
    changes,
  );

  reportStreamOptions(request, { rule: "ollama/stream-options", takes: false }, changes);

  const legacy = legacyTools(request, changes);
  const tools = ollamaTools(legacy.tools, legacy.tool_choice, changes);
  let messages = ollamaMessages(given, context.connection.provider, changes);
  let format = formatOf(response_format);
  if (format && tools) {
    // A grammar binds the model from its first token on: it could never call a tool.
    messages = instructed(messages, format);
    changes.note({
      param: "response_format",
      action: "emulated",
      from: "format",
      to: "an instruction",
      reason: "Ollama's format would keep the model from calling tools; the reply is checked here",
      rule: "ollama/tools-format",
    });
    format = undefined;
  }

  const options = defined({
    temperature,
    top_p,
    top_k,
    seed,
    stop: typeof stop === "string" ? [stop] : stop,
    num_predict: max_completion_tokens ?? max_tokens,
    frequency_penalty,
    presence_penalty,
  });
  const body = defined({
    model,
    messages,
    tools,
    format,
    think: thinkOf(model, thinks, { reasoning_effort, thinking }, changes),
    logprobs,
    top_logprobs,
    options: Object.keys(options).length ? options : undefined,
    stream: stream === true,
  });
  const whole = mergeBody(mergeBody(body, unknown), extra_body);
  return {
    provider: context.connection.provider,
    model,
    endpoint: "api/chat",
    method: "POST",
    path: "/api/chat",
    headers: {},
    body: withWindow(whole, messages, [tools, format], model, changes),
    stream: stream === true,
    framing: "ndjson",
    changes: changes.list,
  };
}

type Given = Record<string, unknown>;

/** Without what is absent: Ollama reads null as "not given" too. */
function defined(fields: Given): { [key: string]: unknown } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  );
}

function refuseMeanings(
  { n, audio, modalities, web_search_options }: Partial<CompletionRequest>,
  changes: Changes,
): void {
  if (n !== undefined && n !== null && n !== 1) {
    changes.refuse("n", "Ollama makes one choice a call.", "Call n times.");
  }
  if (audio || modalities?.some((kind) => kind !== "text")) {
    changes.refuse(audio ? "audio" : "modalities", "Ollama answers in text only.");
  }
  if (web_search_options) {
    changes.refuse("web_search_options", "Ollama does not search the web.", "Give it a tool.");
  }
}

function dropHints(hints: Given, changes: Changes): void {
  for (const [param, from] of Object.entries(defined(hints))) {
    changes.hint({ param, action: "dropped", from, reason: `Ollama has no ${param}` });
  }
}

function formatOf(format: CompletionRequest["response_format"]): unknown {
  if (format?.type === "json_object") return "json";
  return format?.type === "json_schema" ? (format.json_schema.schema ?? "json") : undefined;
}

/** With the format said in the system message that many templates take only at the start. */
function instructed(messages: readonly OllamaMessage[], format: unknown): OllamaMessage[] {
  const what =
    format === "json"
      ? "one JSON object."
      : `JSON that fits this schema: ${JSON.stringify(format)}`;
  const content = `Unless you call a tool, answer with nothing but ${what}`;
  const [first, ...rest] = messages;
  if (first?.role !== "system") return [{ role: "system", content }, ...messages];
  return [{ ...first, content: `${first.content}\n\n${content}` }, ...rest];
}

/** The body with a context window that its prompt fits into, unless the caller chose one. */
function withWindow(
  body: { [key: string]: unknown },
  messages: readonly OllamaMessage[],
  extra: readonly unknown[],
  model: string,
  changes: Changes,
): { [key: string]: unknown } {
  const options = (body.options ?? {}) as { num_ctx?: unknown; num_predict?: unknown };
  if (options.num_ctx !== undefined || runsInCloud(model)) return body;
  const tokens = estimateTokens(messages, extra);
  const limit = options.num_predict;
  const num_ctx = neededWindow(tokens, typeof limit === "number" ? limit : undefined);
  if (num_ctx === undefined) return body;
  changes.note({
    param: "options.num_ctx",
    action: "emulated",
    to: num_ctx,
    reason: `Ollama cuts what exceeds its context window without a word; this prompt takes about ${tokens} tokens. Set options.num_ctx yourself to choose another`,
  });
  return { ...body, options: { ...options, num_ctx } };
}

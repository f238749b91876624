/** Token counts as each API writes them, whole and in its own way of streaming. Sources stand at the rows. */

type Json = { [key: string]: unknown };

/** What was counted, each token once. */
export interface Counts {
  uncached: number;
  read: number;
  write5m: number;
  write1h: number;
  text: number;
  reasoning: number;
  audioIn: number;
  audioOut: number;
  /** What built-in tools fed back to the model. Gemini. */
  toolUse: number;
  /** A pass that is not the message itself: compaction. Anthropic. */
  passIn: number;
  passOut: number;
}

/** An optional count: a zero may be there, be null, or not be there. */
export type Put = (fields: { [key: string]: number }) => Json;

export interface Shape {
  name: string;
  model: string;
  /** What this API can count; the others are 0. Input and output as such always. */
  counts: readonly (keyof Counts)[];
  /** The whole reply. */
  whole(counts: Counts, put: Put): Json;
  /** The events of the same reply streamed; `share` is how much had been counted by then, in [0, 1]. */
  stream(counts: Counts, put: Put, share: number): Json[];
  framing?: "ndjson";
  /** Cached, written, audio and reasoning tokens are not told apart. */
  isCoarse?: boolean;
}

const sum = (...counts: number[]) => counts.reduce((total, one) => total + one, 0);
export const inputOf = (c: Counts) =>
  sum(c.uncached, c.read, c.write5m, c.write1h, c.audioIn, c.toolUse, c.passIn);
export const outputOf = (c: Counts) => sum(c.text, c.reasoning, c.audioOut, c.passOut);

const head = { id: "c1", object: "chat.completion", created: 1_760_000_000, model: "m" };
const chunkHead = { ...head, object: "chat.completion.chunk" };

type UsageOf = (counts: Counts, put: Put) => Json;
/** Where a host's stream has its usage. */
type Place = "own chunk" | "finish chunk" | "after finish" | "every chunk" | "x_groq" | "choice";

function chatWhole(usage: Json): Json {
  const message = { role: "assistant", content: "Hi" };
  return { ...head, choices: [{ index: 0, message, finish_reason: "stop" }], usage };
}

function chatStream(usage: Json, partial: Json, place: Place): Json[] {
  const choice = (delta: Json, finish_reason: string | null = null, more: Json = {}) => ({
    ...chunkHead,
    choices: [{ index: 0, delta, finish_reason, ...more }],
  });
  const said = choice({ role: "assistant", content: "Hi" });
  const finish = choice({}, "stop");
  switch (place) {
    case "own chunk":
      return [
        { ...said, usage: null },
        { ...finish, usage: null },
        { ...chunkHead, choices: [], usage },
      ];
    case "finish chunk":
      return [said, { ...finish, usage }];
    case "after finish":
      return [said, finish, { ...choice({ role: "assistant", content: "" }), usage }];
    case "every chunk":
      return [
        { ...said, usage: partial },
        { ...finish, usage },
      ];
    case "x_groq":
      return [said, { ...finish, x_groq: { id: "req_1", usage } }];
    case "choice":
      return [said, choice({}, "stop", { usage })];
  }
}

function chat(
  name: string,
  model: string,
  place: Place,
  counts: Shape["counts"],
  usageOf: UsageOf,
  more: Partial<Shape> = {},
): Shape {
  return {
    name,
    model,
    counts,
    whole: (all, put) => chatWhole(usageOf(all, put)),
    stream: (all, put, share) =>
      chatStream(usageOf(all, put), usageOf(part(all, share), put), place),
    ...more,
  };
}

/** What had been counted when so much of the output was there. */
function part(counts: Counts, share: number): Counts {
  const of = (count: number) => Math.floor(count * share);
  const { text, reasoning, audioOut } = counts;
  return { ...counts, text: of(text), reasoning: of(reasoning), audioOut: of(audioOut) };
}

const totals = (c: Counts) => ({
  prompt_tokens: inputOf(c),
  completion_tokens: outputOf(c),
  total_tokens: inputOf(c) + outputOf(c),
});

/** `cached_tokens`, `cache_write_tokens` and audio stand within `prompt_tokens` (openai 7.57). */
const openaiUsage: UsageOf = (c, put) => ({
  ...totals(c),
  prompt_tokens_details: put({
    cached_tokens: c.read,
    cache_write_tokens: c.write5m,
    audio_tokens: c.audioIn,
  }),
  completion_tokens_details: put({
    reasoning_tokens: c.reasoning,
    audio_tokens: c.audioOut,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  }),
});
const openaiCounts = ["read", "write5m", "audioIn", "reasoning", "audioOut"] as const;

const responsesUsage: UsageOf = (c, put) => ({
  input_tokens: inputOf(c),
  output_tokens: outputOf(c),
  total_tokens: inputOf(c) + outputOf(c),
  input_tokens_details: put({ cached_tokens: c.read, cache_write_tokens: c.write5m }),
  output_tokens_details: put({ reasoning_tokens: c.reasoning }),
});

const message = {
  type: "message",
  id: "msg_1",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text: "Hi", annotations: [] }],
};
const responsesWhole = (usage: Json | null, status = "completed"): Json => ({
  id: "resp_1",
  object: "response",
  created_at: 1_760_000_000,
  model: "m",
  status,
  output: status === "completed" ? [message] : [],
  usage,
});

function responses(name: string, model: string): Shape {
  return {
    name,
    model,
    counts: ["read", "write5m", "reasoning"],
    whole: (c, put) => responsesWhole(responsesUsage(c, put)),
    stream: (c, put) => [
      { type: "response.created", response: responsesWhole(null, "in_progress") },
      { type: "response.output_item.added", output_index: 0, item: { ...message, content: [] } },
      { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "Hi" },
      { type: "response.output_item.done", output_index: 0, item: message },
      { type: "response.completed", response: responsesWhole(responsesUsage(c, put)) },
    ],
  };
}

/**
 * `input_tokens` is what no cache was asked about; writes and reads stand beside it, and another pass
 * in `iterations` only (@anthropic-ai/sdk 1.12 beta; a recording of 2026).
 */
const anthropicUsage: UsageOf = (c, put) => {
  const own = {
    input_tokens: c.uncached,
    output_tokens: c.text + c.reasoning,
    ...put({
      cache_read_input_tokens: c.read,
      cache_creation_input_tokens: c.write5m + c.write1h,
    }),
    cache_creation:
      c.write5m + c.write1h
        ? put({ ephemeral_5m_input_tokens: c.write5m, ephemeral_1h_input_tokens: c.write1h })
        : null,
  };
  const passes = [
    { type: "compaction", input_tokens: c.passIn, output_tokens: c.passOut },
    { type: "message", ...own },
  ];
  return {
    ...own,
    output_tokens_details: c.reasoning ? { thinking_tokens: c.reasoning } : null,
    ...(c.passIn + c.passOut && { iterations: passes }),
  };
};

const claude: Shape = {
  name: "anthropic messages",
  model: "anthropic/claude-haiku-4-5",
  counts: ["read", "write5m", "write1h", "reasoning", "passIn", "passOut"],
  whole: (c, put) => ({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content: [{ type: "text", text: "Hi" }],
    stop_reason: "end_turn",
    usage: anthropicUsage(c, put),
  }),
  /** Counts are cumulative; a field of the last event that is null says nothing new (MessageDeltaUsage). */
  stream: (c, put, share) => {
    const { cache_creation: _, ...last } = anthropicUsage(c, put);
    const first = anthropicUsage({ ...part(c, share), passIn: 0, passOut: 0 }, put);
    const told = share < 0.5 ? last : { ...last, input_tokens: null };
    return [
      {
        type: "message_start",
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model: "m",
          content: [],
          usage: first,
        },
      },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: told },
      { type: "message_stop" },
    ];
  },
};

const modality = (name: string, tokenCount: number, ...others: Json[]) =>
  tokenCount ? [{ modality: name, tokenCount }, ...others] : others;

/** `promptTokenCount` holds the cached tokens; tool use and thoughts stand beside (@google/genai 3.1). */
const googleUsage: UsageOf = (c, put) => {
  const prompt = c.uncached + c.read + c.audioIn;
  const candidates = c.text + c.audioOut;
  const optional = put({
    cachedContentTokenCount: c.read,
    toolUsePromptTokenCount: c.toolUse,
    thoughtsTokenCount: c.reasoning,
    candidatesTokenCount: candidates,
  });
  return {
    promptTokenCount: prompt,
    ...optional,
    totalTokenCount: prompt + candidates + c.toolUse + c.reasoning,
    promptTokensDetails: modality("AUDIO", c.audioIn, {
      modality: "TEXT",
      tokenCount: prompt - c.audioIn,
    }),
    ...(c.audioOut && { candidatesTokensDetails: modality("AUDIO", c.audioOut) }),
  };
};

function google(name: string, model: string): Shape {
  const reply = (text: string, usageMetadata: Json, finishReason?: string) => ({
    candidates: [
      {
        content: { role: "model", parts: [{ text }] },
        index: 0,
        ...(finishReason && { finishReason }),
      },
    ],
    usageMetadata,
    responseId: "r1",
    modelVersion: "m",
  });
  return {
    name,
    model,
    counts: ["read", "reasoning", "audioIn", "audioOut", "toolUse"],
    whole: (c, put) => reply("Hi", googleUsage(c, put), "STOP"),
    /** Each chunk has the counts so far; the last has all of them. */
    stream: (c, put, share) => [
      reply("H", googleUsage(part(c, share), put)),
      reply("i", googleUsage(c, put), "STOP"),
    ],
  };
}

/** A zero is left out by the server; `eval_count` holds the thinking (Ollama's API docs, 2026-11). */
const ollama: Shape = {
  name: "ollama",
  model: "ollama/llama3.2",
  counts: ["read", "reasoning"],
  isCoarse: true,
  framing: "ndjson",
  whole: (c, put) => ({
    ...ollamaLine("Hi"),
    done: true,
    done_reason: "stop",
    ...ollamaCounts(c, put),
  }),
  stream: (c, put) => [
    ollamaLine("Hi"),
    { ...ollamaLine(""), done: true, done_reason: "stop", ...ollamaCounts(c, put) },
  ],
};
const ollamaLine = (content: string) => ({
  model: "m",
  created_at: "2026-11-25T00:00:00Z",
  message: { role: "assistant", content },
  done: false,
});
const ollamaCounts: UsageOf = (c, put) =>
  put({ prompt_eval_count: inputOf(c), eval_count: outputOf(c) });

const deepseekUsage: UsageOf = (c, put) => ({
  ...totals(c),
  prompt_cache_hit_tokens: c.read,
  prompt_cache_miss_tokens: inputOf(c) - c.read,
  completion_tokens_details: put({ reasoning_tokens: c.reasoning }),
});
/** xAI's and Google's OpenAI endpoint: reasoning is in the total only (docs.x.ai; a recording). */
const reasoningInTotal: UsageOf = (c, put) => ({
  ...totals(c),
  completion_tokens: outputOf(c) - c.reasoning,
  prompt_tokens_details: put({ cached_tokens: c.read }),
  completion_tokens_details: put({ reasoning_tokens: c.reasoning }),
});
/** Moonshot and Together: what was cached stands at the top level. */
const topLevel: UsageOf = (c, put) => ({ ...totals(c), ...put({ cached_tokens: c.read }) });

const perplexity: UsageOf = (c) => ({
  ...totals(c),
  search_context_size: "low",
  cost: { input_tokens_cost: 0.1, request_cost: 0.2, total_cost: 0.3 },
});
const openrouter: UsageOf = (c, put) => ({
  ...openaiUsage(c, put),
  cost: 0.25,
  is_byok: false,
  cost_details: { upstream_inference_cost: null },
});
const mistral: UsageOf = (c, put) => ({ ...totals(c), ...put({ num_cached_tokens: c.read }) });

export const shapes: readonly Shape[] = [
  chat("openai chat", "openai/chat/gpt-4.1-mini", "own chunk", openaiCounts, openaiUsage),
  chat("azure", "azure/gpt-4.1-mini", "own chunk", openaiCounts, openaiUsage),
  chat("openrouter", "openrouter/z-ai/glm-4.7", "after finish", openaiCounts, openrouter),
  chat(
    "deepseek",
    "deepseek/deepseek-v4-flash",
    "finish chunk",
    ["read", "reasoning"],
    deepseekUsage,
  ),
  chat("groq", "groq/openai/gpt-oss-120b", "x_groq", openaiCounts, openaiUsage),
  chat("mistral", "mistral/mistral-large-latest", "finish chunk", ["read"], mistral),
  chat("moonshot", "moonshot/kimi-k3", "choice", ["read"], topLevel),
  chat("together", "together/m", "finish chunk", ["read"], topLevel),
  chat("xai", "xai/grok-4.3", "every chunk", ["read", "reasoning"], reasoningInTotal),
  chat(
    "google_openai",
    "google_openai/gemini-3.5-flash",
    "own chunk",
    ["read", "reasoning"],
    reasoningInTotal,
  ),
  chat("perplexity", "perplexity/sonar", "every chunk", [], perplexity),
  responses("openai responses", "openai/responses/gpt-5.6-luna"),
  responses("deepseek responses", "deepseek/responses/deepseek-v4-flash"),
  claude,
  google("gemini", "gemini/gemini-3.5-flash-lite"),
  google("vertex", "vertex/gemini-3-flash"),
  ollama,
];

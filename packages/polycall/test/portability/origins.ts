/** Providers that answer with state of their own, each in the JSON of its own API. */

type Json = { [key: string]: unknown };

/** What a model says, in no provider's words. */
export interface Said {
  text: string;
  reasoning: boolean;
  /** Names as they stand on the wire. */
  calls: { name: string; args: string }[];
  refusal: boolean;
  /** The limit on tokens came first: only the reasoning was said. */
  cut: boolean;
}

/** A reply, and what of it must come back to whom. */
export interface Told {
  reply: Json;
  /** Found in no request to anybody but this provider. */
  canary: string;
  /** JSON that a request to the same model holds as it stands: values, under their key where it is told. */
  echo: { key?: string; value: unknown }[];
}

export interface Origin {
  /** As in a request. */
  model: string;
  /** Besides the model: what the provider is asked. */
  more?: Json;
  /** Each call of a turn again has the ids of the turn before. */
  tell(said: Said, serial: number): Told;
}

const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
type Echo = Told["echo"];
const bare = (value: unknown) => ({ value });

/** Letters and digits of a length, the same for the same seed. */
function letters(seed: string, length: number): string {
  let state = 7;
  for (const char of seed) state = (state * 31 + char.codePointAt(0)!) >>> 0;
  let made = "";
  while (made.length < length) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    made += "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"[(state >>> 8) % 57];
  }
  return made;
}

function parsed(args: string): unknown {
  try {
    return JSON.parse(args || "{}");
  } catch {
    return {};
  }
}

interface ChatShape {
  ids(serial: number, at: number): string;
  /** Adds the reasoning to a message, and says what must come back. */
  reason(message: Json, canary: string, said: Said): Echo;
  /** A turn whose only content is reasoning says nothing else. */
  nullContent?: boolean;
}

/** A Chat Completions host. */
function chat(model: string, { ids, reason, nullContent }: ChatShape, more: Json = {}): Origin {
  return {
    model,
    more,
    tell(said, serial) {
      const canary = `CANARY${letters(`${model}${serial}`, 20)}`;
      const tool_calls = said.calls.map(({ name, args }, at) => ({
        id: ids(serial, at),
        type: "function",
        function: { name, arguments: args },
      }));
      const silent = said.cut || said.refusal || (nullContent && !said.text);
      const message: Json = {
        role: "assistant",
        content: silent ? null : said.text,
        ...(said.refusal && { refusal: "I cannot help with that." }),
        ...(tool_calls.length && { tool_calls }),
      };
      const echo = said.reasoning ? reason(message, canary, said) : [];
      const finish_reason = said.cut ? "length" : tool_calls.length ? "tool_calls" : "stop";
      const choices = [{ index: 0, finish_reason, message }];
      const head = { id: `c${serial}`, object: "chat.completion", created: 1, model: "m" };
      return { reply: { ...head, choices, usage }, canary, echo };
    },
  };
}

const usual = (serial: number, at: number) => `call_${letters(`${serial}.${at}`, 24)}`;
const nine = (serial: number, at: number) => letters(`${serial}.${at}`, 9);
const kimi = (_: number, at: number) => `functions.get:${at}`;
const again = (_: number, at: number) => `call_${at}`;
const none = () => "";
const long = (serial: number, at: number) => `chatcmpl-tool-${letters(`${serial}.${at}`, 32)}`;

/** Reasoning as one field of the message. */
const inField =
  (key: string, back = key) =>
  (message: Json, canary: string) => {
    message[key] = `Think. ${canary}`;
    return [{ key: back, value: message[key] }];
  };

/** OpenRouter's and Snowflake's list, signed or encrypted. */
function inDetails(message: Json, canary: string, { calls }: Said): Echo {
  const details: Json[] = [
    { type: "reasoning.text", text: `Think. ${canary}`, signature: `sig${canary}`, index: 0 },
    {
      type: "reasoning.summary",
      summary: `Short. ${canary}`,
      format: "xai-responses-v1",
      index: 1,
    },
  ];
  if (calls.length)
    details.push({ type: "reasoning.encrypted", data: `enc${canary}`, id: "rs", index: 2 });
  message.reasoning_details = details;
  message.reasoning = `Think. ${canary}`;
  return [{ key: "reasoning_details", value: details }];
}

/** Google's OpenAI endpoint: the first call's signature. */
function inExtra(message: Json, canary: string): Echo {
  const [first] = (message.tool_calls ?? []) as Json[];
  const extra_content = { google: { thought_signature: `sig${canary}` } };
  (first ?? message).extra_content = extra_content;
  return [{ key: "extra_content", value: extra_content }];
}

/** Mistral: a list of parts, thinking first. */
function inParts(message: Json, canary: string): Echo {
  const thinking = { type: "thinking", thinking: [{ type: "text", text: `Think. ${canary}` }] };
  const said = message.content ? [{ type: "text", text: message.content }] : [];
  message.content = [thinking, ...said];
  return [{ value: thinking }];
}

/** Tags in the text itself. */
function inTags(message: Json, canary: string): Echo {
  message.content = `<think>\nThink. ${canary}\n</think>\n\n${message.content ?? ""}`;
  return [{ value: `Think. ${canary}` }];
}

/** A Responses host. @param secret how its reasoning item carries what was thought */
function responses(
  model: string,
  secret: (canary: string) => Json,
  more: Json = {},
  ids = usual,
): Origin {
  return {
    model,
    more,
    tell(said, serial) {
      const mark = letters(`${model}${serial}`, 20);
      const canary = `CANARY${mark}`;
      const output: Json[] = [];
      if (said.reasoning) output.push({ id: `rs_${mark}`, type: "reasoning", ...secret(canary) });
      const part = said.refusal
        ? { type: "refusal", refusal: "I cannot help with that." }
        : { type: "output_text", text: said.text, annotations: [] };
      const message = {
        id: `msg_${mark}`,
        type: "message",
        role: "assistant",
        status: "completed",
      };
      if (!said.cut && (said.text || said.refusal)) output.push({ ...message, content: [part] });
      for (const [at, { name, args }] of said.cut ? [] : said.calls.entries()) {
        const call_id = ids(serial, at);
        const head = { id: `fc_${mark}${at}`, type: "function_call", status: "completed" };
        output.push({ ...head, call_id, name, arguments: args });
      }
      // Reasoning that led to nothing is a 400 when it comes back.
      const isSame = ({ type }: Json) => ids === usual || type !== "function_call";
      const echo = said.reasoning && output.length > 1 ? output.filter(isSame).map(bare) : [];
      const status = said.cut ? "incomplete" : "completed";
      const details = said.cut ? { reason: "max_output_tokens" } : null;
      const counts = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
      const head = { id: `resp_${mark}`, object: "response", created_at: 1, model: "m", status };
      return {
        reply: { ...head, incomplete_details: details, output, usage: counts },
        canary,
        echo,
      };
    },
  };
}

const encrypted = (canary: string) => ({ summary: [], encrypted_content: `enc${canary}` });
const summed = (canary: string) => ({
  summary: [{ type: "summary_text", text: `Short. ${canary}` }],
  encrypted_content: `enc${canary}`,
});
const open = (canary: string) => ({
  summary: [],
  content: [{ type: "reasoning_text", text: `Think. ${canary}` }],
});

function claude(model: string): Origin {
  return {
    model,
    tell(said, serial) {
      const mark = letters(`${model}${serial}`, 20);
      const canary = `CANARY${mark}`;
      const content: Json[] = [];
      if (said.reasoning) {
        const thinking = `Think. ${canary}`;
        // Cut while it thought, the block is not signed.
        const signature = said.cut && serial % 2 ? "" : `sig${canary}`;
        content.push({ type: "thinking", thinking, signature });
        if (serial % 3 === 0) content.push({ type: "redacted_thinking", data: `red${canary}` });
      }
      const echo = content.filter((block) => block.signature !== "").map(bare);
      if (!said.cut) {
        if (said.text) content.push({ type: "text", text: said.text });
        for (const [at, { name, args }] of said.calls.entries()) {
          const id = `toolu_${letters(`${serial}.${at}`, 24)}`;
          content.push({ type: "tool_use", id, name, input: parsed(args) });
        }
      }
      const stop_reason = said.cut ? "max_tokens" : said.calls.length ? "tool_use" : "end_turn";
      const head = { id: `msg_${mark}`, type: "message", role: "assistant", model: "m" };
      const counts = { input_tokens: 1, output_tokens: 1 };
      return { reply: { ...head, content, stop_reason, usage: counts }, canary, echo };
    },
  };
}

function google(model: string): Origin {
  return {
    model,
    tell(said, serial) {
      const mark = letters(`${model}${serial}`, 20);
      const canary = `CANARY${mark}`;
      const parts: Json[] = [];
      const thoughtSignature = `sig${canary}`;
      const signs = said.reasoning ? { thoughtSignature } : {};
      if (said.reasoning) parts.push({ text: `Think. ${canary}`, thought: true });
      if (!said.cut) {
        // Of text, and of the first of parallel calls, there is a signature.
        if (said.text) parts.push({ text: said.text, ...(!said.calls.length && signs) });
        for (const [at, { name, args }] of said.calls.entries()) {
          // Some Gemini models give ids, some do not.
          const id = serial % 2 ? { id: letters(`${serial}.${at}`, 8) } : {};
          parts.push({ functionCall: { ...id, name, args: parsed(args) }, ...(!at && signs) });
        }
      }
      // What is not signed need not come back.
      const echo = parts.some((part) => part.thoughtSignature) ? parts.map(bare) : [];
      const finishReason = said.cut ? "MAX_TOKENS" : "STOP";
      const candidates = [{ content: { role: "model", parts }, finishReason, index: 0 }];
      const usageMetadata = { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 };
      const head = { responseId: mark, modelVersion: "m" };
      return { reply: { ...head, candidates, usageMetadata }, canary, echo };
    },
  };
}

function ollama(model: string): Origin {
  return {
    model,
    tell(said, serial) {
      const canary = `CANARY${letters(`${model}${serial}`, 20)}`;
      const tool_calls = said.calls.map(({ name, args }) => ({
        function: { name, arguments: parsed(args) },
      }));
      const thinking = said.reasoning ? `Think. ${canary}` : undefined;
      const message = {
        role: "assistant",
        content: said.cut ? "" : said.text,
        ...(thinking && { thinking }),
        ...(tool_calls.length && { tool_calls }),
      };
      const day = `2026-11-25T00:00:00.${String(serial).padStart(9, "0")}Z`;
      const head = { model: "m", created_at: day, done: true };
      const done_reason = said.cut ? "length" : "stop";
      return {
        reply: { ...head, message, done_reason, prompt_eval_count: 1, eval_count: 1 },
        canary,
        echo: thinking ? [{ key: "thinking", value: thinking }] : [],
      };
    },
  };
}

const high = { reasoning_effort: "high" };
const unsaid = () => [];

/** Every kind of state that comes back, and two services that have none. */
export const origins: readonly Origin[] = [
  chat("openai/chat/gpt-4.1-mini", { ids: usual, reason: unsaid, nullContent: true }),
  responses("openai/responses/gpt-5.6-luna", encrypted, { ...high, store: false }),
  responses("openai/gpt-6.2", summed, high),
  responses("azure/responses/gpt-5", encrypted, { store: false }),
  responses("deepseek/responses/deepseek-v4-flash", open, {}, again),
  claude("anthropic/claude-haiku-4-5"),
  claude("anthropic/claude-sonnet-4-6"),
  claude("anthropic/claude-sonnet-5-5"),
  google("gemini/gemini-3.5-flash-lite"),
  google("gemini/gemini-2.5-flash-lite"),
  google("vertex/gemini-3-flash"),
  ollama("ollama/qwen3:8b"),
  chat("openrouter/z-ai/glm-4.7", { ids: usual, reason: inDetails, nullContent: true }),
  chat("snowflake/claude-sonnet-4-5", { ids: usual, reason: inDetails }),
  chat("deepseek/deepseek-v4-flash", { ids: usual, reason: inField("reasoning_content") }),
  chat("moonshot/kimi-k2.6", { ids: kimi, reason: inField("reasoning_content") }),
  chat("zai/glm-4.7", { ids: usual, reason: inField("reasoning_content") }),
  chat("xai/grok-4.3", { ids: usual, reason: inField("reasoning_content") }),
  chat("fireworks/accounts/fireworks/models/kimi-k2-instruct", {
    ids: again,
    reason: inField("reasoning_content"),
  }),
  chat("cerebras/gpt-oss-120b", { ids: nine, reason: inField("reasoning") }),
  chat("vllm/Qwen/Qwen3-8B", { ids: long, reason: inField("reasoning") }),
  chat("mistral/magistral-medium-latest", { ids: nine, reason: inParts }),
  chat("groq/qwen/qwen3-32b", { ids: usual, reason: inTags }),
  chat("huggingface/deepseek-ai/DeepSeek-R1", { ids: usual, reason: inTags }),
  chat("google_openai/gemini-3.5-flash", { ids: none, reason: inExtra }),
];

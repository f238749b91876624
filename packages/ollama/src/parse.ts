/** Ollama's whole reply as ours. Pure. */
import {
  type CompletionData,
  type FinishReason,
  type Logprobs,
  type Plan,
  type ProviderState,
  ReplyFailure,
  type ReplyMessage,
  type TokenLogprob,
  type ToolCall,
} from "@polycall/core";
import { usage } from "./usage.ts";
import type { OllamaLogprob, OllamaReply, ReplyToolCall } from "./wire.ts";

/** @throws ReplyFailure when the reply is an error; TypeError when it is no reply of /api/chat */
export function parse(body: unknown, plan: Plan): CompletionData {
  const reply = body as OllamaReply;
  if (reply.error != null) throw new ReplyFailure(body);
  if (typeof reply.message !== "object" || reply.message === null) {
    throw new TypeError("it has no message");
  }
  const { content, thinking, tool_calls } = reply.message;
  const calls = tool_calls?.map((call, index) => toolCall(call, index, reply)) ?? [];
  const message: ReplyMessage = {
    role: "assistant",
    content: content || (calls.length ? null : ""),
    refusal: null,
    ...(calls.length && { tool_calls: calls }),
    // A state without items: whose the reasoning is, for nobody else to be sent it.
    ...(thinking && { reasoning_content: thinking, provider_state: [originOf(plan)] }),
  };
  const finish_reason = finishReason(reply, calls.length > 0);
  const raw = reply.done_reason;
  return {
    ...replyHead(reply, plan),
    object: "chat.completion",
    choices: [
      {
        index: 0,
        finish_reason,
        ...(raw && raw !== finish_reason && { finish_reason_raw: raw }),
        message,
        logprobs: logprobs(reply.logprobs),
      },
    ],
    usage: usage(reply),
  };
}

function originOf({ provider, model, endpoint }: Plan): ProviderState {
  return { provider, model, endpoint, items: [] };
}

/** What a reply and its chunks share. Ollama has no ids: one is made of the time, in nanoseconds. */
export function replyHead({ model, created_at }: OllamaReply, plan: Plan) {
  const time = Date.parse(created_at ?? "");
  return {
    id: `chatcmpl-${digits(created_at)}`,
    created: Number.isNaN(time) ? 0 : Math.floor(time / 1000),
    model: model || plan.model,
  };
}

function digits(time: string | undefined): string {
  return time?.replace(/\D/g, "").slice(0, 24) || "0";
}

/** A call as ours. Older servers give no id: it is made of the reply's time and the call's place. */
export function toolCall(
  { id, function: fn }: ReplyToolCall,
  index: number,
  { created_at }: OllamaReply,
): ToolCall & { type: "function" } {
  const args = fn?.arguments;
  return {
    id: id || `call_${digits(created_at)}_${index}`,
    type: "function",
    function: {
      name: fn?.name ?? "",
      arguments: typeof args === "string" ? args || "{}" : JSON.stringify(args ?? {}),
    },
  };
}

/** `done_reason` is stop, length, load or unload; servers before 0.1.30 say none. */
export function finishReason({ done_reason }: OllamaReply, hasCalls: boolean): FinishReason {
  if (done_reason === "length") return "length";
  return hasCalls ? "tool_calls" : "stop";
}

export function logprobs(given: readonly OllamaLogprob[] | null | undefined): Logprobs | null {
  if (!given?.length) return null;
  const one = ({ token = "", logprob = 0, bytes = null }: OllamaLogprob) => ({
    token,
    bytes,
    logprob,
  });
  const content = given.map(
    (entry): TokenLogprob => ({
      ...one(entry),
      top_logprobs: entry.top_logprobs?.map(one) ?? [],
    }),
  );
  return { content, refusal: null };
}

/** A whole Responses reply into ours. Pure. Streams are folded into the same shape and read here too. */
import {
  type CompletionData,
  type FinishReason,
  type Plan,
  ReplyFailure,
  type ReplyMessage,
} from "@polycall/core";
import { saysItFailed } from "../chat/parse.ts";
import { isObject } from "../chat/wire.ts";
import {
  annotationsOf,
  imagesOf,
  logprobsOf,
  reasoningOf,
  refusalOf,
  textOf,
  toolCallsOf,
} from "./output.ts";
import { stateOf } from "./state.ts";
import { usageOf } from "./usage.ts";
import type { WireItem, WireResponse } from "./wire.ts";

const failedStatuses: ReadonlySet<string> = new Set(["failed", "cancelled"]);

/** The failure of a reply that says it failed; `undefined` for one that does not. */
export function failureIn(reply: WireResponse): ReplyFailure | undefined {
  const usage = usageOf(reply);
  if (reply.error) return new ReplyFailure(reply, usage);
  if (!reply.status || !failedStatuses.has(reply.status)) return undefined;
  const message = `The response ended with status "${reply.status}".`;
  return new ReplyFailure({ error: { message, code: reply.status } }, usage);
}

/**
 * @throws ReplyFailure when the reply says that it failed
 * @throws TypeError when it is no Responses reply at all
 */
export function parseResponses(body: unknown, plan: Plan): CompletionData {
  if (!isObject(body)) throw new TypeError("not an object");
  const reply: WireResponse = body;
  const failure = failureIn(reply);
  if (failure) throw failure;
  if (!Array.isArray(reply.output)) {
    if (saysItFailed(body)) throw new ReplyFailure(body);
    throw new TypeError("no output");
  }
  const items = reply.output;
  const message = messageOf(items, reply, plan);
  const { finish_reason, raw } = finishOf(reply, !!message.tool_calls);
  const data: CompletionData = {
    id: reply.id ?? "",
    object: "chat.completion",
    created: Math.floor(reply.created_at ?? 0),
    model: reply.model || plan.model,
    choices: [
      {
        index: 0,
        finish_reason,
        ...(raw && { finish_reason_raw: raw }),
        message,
        logprobs: logprobsOf(items),
      },
    ],
  };
  const usage = usageOf(reply);
  if (usage) data.usage = usage;
  if (reply.service_tier) data.service_tier = reply.service_tier as CompletionData["service_tier"];
  return data;
}

/** `raw` is the host's word where it says more: why it is incomplete, or a status beside "completed". */
export function finishOf(
  { status, incomplete_details }: WireResponse,
  hasToolCalls: boolean,
): { finish_reason: FinishReason; raw?: string } {
  const raw = incomplete_details?.reason ?? status ?? "completed";
  if (raw === "max_output_tokens") return { finish_reason: "length", raw };
  if (raw === "content_filter") return { finish_reason: "content_filter" };
  const finish_reason = hasToolCalls ? "tool_calls" : "stop";
  return raw === "completed" ? { finish_reason } : { finish_reason, raw };
}

function messageOf(items: readonly WireItem[], reply: WireResponse, plan: Plan): ReplyMessage {
  const text = textOf(items);
  const message: ReplyMessage = {
    role: "assistant",
    content: text || null,
    refusal: refusalOf(items) || null,
  };
  const calls = toolCallsOf(items, plan.toolNames);
  if (calls.length) message.tool_calls = calls;
  else if (!text && !message.refusal) message.content = "";
  const annotations = annotationsOf(items);
  if (annotations.length) message.annotations = annotations;
  const images = imagesOf(items);
  if (images.length) message.images = images;
  const reasoning = reasoningOf(items);
  if (reasoning) message.reasoning_content = reasoning;
  const state = stateOf(reply, plan, !!reasoning);
  if (state) message.provider_state = [state];
  return message;
}

/** A host's whole reply into ours. Pure. Streams are folded into the same shape and read here too. */
import {
  type Annotation,
  type Choice,
  type CompletionData,
  type Plan,
  ReplyFailure,
  type ReplyMessage,
} from "@polycall/core";
import { reasoningOf, textOf } from "./content.ts";
import { finishReason } from "./finish-reason.ts";
import { stateOf } from "./state.ts";
import { splitThink } from "./think-tags.ts";
import { toolCallsOf } from "./tool-calls.ts";
import { usageOf } from "./usage.ts";
import { isObject, type WireChoice, type WireReply } from "./wire.ts";

/** What reading a reply needs to know of the host. */
export interface ReadOptions {
  /** The host leaves reasoning in the text, between <think> tags. */
  readonly thinkTags?: boolean;
}

/** Whether a 200 reply, or an event of a stream, says that it failed. */
export function saysItFailed(body: WireReply): boolean {
  if (body.error) return true;
  if (Array.isArray(body.choices)) return false;
  const { base_resp, success, object, message, detail } = body as { [key: string]: unknown };
  // MiniMax; Cloudflare; vLLM before 2025; gateways that put an error under a 200.
  if (isObject(base_resp) && base_resp.status_code) return true;
  return success === false || object === "error" || !!message || !!detail;
}

/**
 * @throws ReplyFailure when the reply says that it failed
 * @throws TypeError when it is no Chat Completions reply at all
 */
export function parseChat(body: unknown, plan: Plan, options: ReadOptions): CompletionData {
  if (!isObject(body)) throw new TypeError("not an object");
  const reply = body as WireReply;
  if (saysItFailed(reply)) throw new ReplyFailure(reply);
  if (!Array.isArray(reply.choices) || !reply.choices.length) throw new TypeError("no choices");
  const data: CompletionData = {
    id: reply.id ?? "",
    object: "chat.completion",
    created: reply.created ?? 0,
    model: reply.model || plan.model,
    choices: reply.choices.map((choice, at) => choiceOf(choice, at, reply, plan, options)),
  };
  const usage = reply.usage ?? reply.x_groq?.usage;
  if (usage) data.usage = usageOf(usage, plan);
  if (reply.service_tier) data.service_tier = reply.service_tier as CompletionData["service_tier"];
  if (reply.system_fingerprint) data.system_fingerprint = reply.system_fingerprint;
  return data;
}

function choiceOf(
  choice: WireChoice,
  at: number,
  reply: WireReply,
  plan: Plan,
  options: ReadOptions,
): Choice {
  if (choice.error) throw new ReplyFailure({ error: choice.error });
  const message = messageOf(choice, reply, plan, options);
  const raw = choice.native_finish_reason ?? choice.finish_reason;
  const finish_reason = finishReason(choice.finish_reason, !!message.tool_calls, reply);
  const { content = null, refusal = null } = choice.logprobs ?? {};
  return {
    index: choice.index ?? at,
    finish_reason,
    ...(raw && raw !== finish_reason && { finish_reason_raw: raw }),
    message,
    logprobs: content || refusal ? { content, refusal } : null,
  };
}

function messageOf(
  choice: WireChoice,
  reply: WireReply,
  plan: Plan,
  { thinkTags }: ReadOptions,
): ReplyMessage {
  const wire = choice.message ?? {};
  let text = textOf(wire.content) ?? "";
  let reasoning = reasoningOf(wire);
  if (thinkTags && text && !reasoning) ({ reasoning, content: text } = splitThink(text));
  const message: ReplyMessage = {
    role: "assistant",
    content: text || null,
    refusal: wire.refusal || null,
  };
  const calls = toolCallsOf(wire, reply, plan.toolNames);
  if (calls.length) message.tool_calls = calls;
  else if (text === "" && !message.refusal) message.content = "";
  const annotations = wire.annotations?.length ? wire.annotations : searchResults(reply);
  if (annotations.length) message.annotations = annotations;
  if (wire.audio?.id) message.audio = wire.audio as NonNullable<ReplyMessage["audio"]>;
  const images = imagesOf(wire.images);
  if (images.length) message.images = images;
  if (reasoning) message.reasoning_content = reasoning;
  const state = stateOf(wire, plan, !!reasoning);
  if (state) message.provider_state = [state];
  return message;
}

function imagesOf(
  images: { image_url?: { url?: string } }[] | null | undefined,
): NonNullable<ReplyMessage["images"]> {
  const urls = images?.map((image) => image.image_url?.url).filter((url) => url !== undefined);
  return urls?.map((url) => ({ type: "image_url", image_url: { url } })) ?? [];
}

/** Perplexity lists its sources beside the choices; where they are cited is not said. */
function searchResults({ search_results }: WireReply): Annotation[] {
  return (search_results ?? []).flatMap(({ url, title }) =>
    url
      ? [
          {
            type: "url_citation",
            url_citation: { start_index: 0, end_index: 0, url, title: title ?? "" },
          },
        ]
      : [],
  );
}

/** Gemini's whole reply as an OpenAI completion. Pure; the stream folds into what this reads. */
import {
  type Choice,
  type CompletionData,
  type Plan,
  ReplyFailure,
  type ReplyMessage,
} from "@polycall/core";
import { annotationsOf } from "./annotations.ts";
import { finishOf, isFailure, promptRefusal, refusalOf } from "./finish.ts";
import { logprobsOf } from "./logprobs.ts";
import { isOpaque, readParts } from "./parts.ts";
import { tierOf, usageOf } from "./usage.ts";
import type { WireCandidate, WireReply } from "./wire.ts";

/**
 * @throws ReplyFailure for an error inside a 200 and for a finish reason that says the model failed
 *   (a malformed call); TypeError for JSON that is nothing of this API
 */
export function parse(body: unknown, plan: Plan): CompletionData {
  if (!isReply(body)) throw noReply(body);
  const candidates = body.candidates ?? [];
  if (candidates.some(({ finishReason }) => isFailure(finishReason))) {
    throw new ReplyFailure(body, usageOf(body));
  }
  const id = body.responseId || `gemini-${crypto.randomUUID()}`;
  const choices = candidates.length
    ? candidates.map((candidate, position) => choiceOf(candidate, position, id, plan))
    : [emptyChoice(body)];
  const usage = usageOf(body);
  const service_tier = tierOf(body.usageMetadata);
  return {
    id,
    object: "chat.completion",
    created: createdOf(body.createTime),
    model: body.modelVersion ?? plan.model,
    choices,
    ...(usage && { usage }),
    ...(service_tier && { service_tier }),
  };
}

/** Whether it is a reply at all; an error envelope, another API's JSON or `{}` is not. */
export function isReply(body: unknown): body is WireReply {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return false;
  const reply = body as WireReply & { error?: unknown };
  if (reply.error) return false;
  const { candidates, promptFeedback, usageMetadata, responseId } = reply;
  return Array.isArray(candidates) || !!(promptFeedback || usageMetadata || responseId);
}

/** What to throw for JSON that is no reply: the failure that it tells of, or that it is not Gemini's. */
export function noReply(body: unknown): ReplyFailure | TypeError {
  const told = Array.isArray(body) ? body[0] : body;
  const fails = typeof told === "object" && told !== null && "error" in told;
  return fails ? new ReplyFailure(body) : new TypeError("no candidates");
}

/** Seconds since 1970; now, where the reply does not say. */
export function createdOf(createTime: string | undefined): number {
  const ms = createTime ? Date.parse(createTime) : Number.NaN;
  return Math.floor((Number.isFinite(ms) ? ms : Date.now()) / 1000);
}

/** Prefix of the ids that the calls of one candidate get where Google gives none. */
export function idPrefixOf(replyId: string, candidate: number): string {
  return candidate ? `call_${replyId}_${candidate}` : `call_${replyId}`;
}

function choiceOf(candidate: WireCandidate, position: number, id: string, plan: Plan): Choice {
  const index = candidate.index ?? position;
  const parts = candidate.content?.parts ?? [];
  const { toolNames, outputTool } = plan;
  const turn = readParts(parts, { toolNames, outputTool, idPrefix: idPrefixOf(id, index) });
  const { reasoning, calls, images, audio } = turn;
  const text = turn.output ?? turn.text;
  const annotations = annotationsOf(candidate, text);
  const finish = finishOf(candidate.finishReason, calls.length > 0);
  const refusal = refusalOf(candidate, finish.finish_reason, text);
  const keepsState = isOpaque(parts) && turn.output === undefined;
  const message: ReplyMessage = {
    role: "assistant",
    content: text || (calls.length || refusal ? null : ""),
    refusal,
    ...(calls.length && { tool_calls: calls }),
    ...(annotations.length && { annotations }),
    ...(audio && {
      audio: { id: `audio_${id}_${index}`, data: audio, expires_at: 0, transcript: text },
    }),
    ...(images.length && { images }),
    ...(reasoning && { reasoning_content: reasoning }),
    // Without items it says whose the reasoning is: nobody else is sent it.
    ...((keepsState || reasoning) && {
      provider_state: [
        {
          provider: plan.provider,
          model: plan.model,
          endpoint: plan.endpoint,
          items: keepsState ? parts : [],
        },
      ],
    }),
  };
  return { index, ...finish, message, logprobs: logprobsOf(candidate.logprobsResult) };
}

/** A blocked prompt has no candidate; a reply without either is empty. */
function emptyChoice(reply: WireReply): Choice {
  const { blockReason } = reply.promptFeedback ?? {};
  const refusal = promptRefusal(reply);
  const finish_reason = blockReason ? "content_filter" : "stop";
  return {
    index: 0,
    finish_reason,
    ...(blockReason && { finish_reason_raw: blockReason }),
    message: { role: "assistant", content: refusal ? null : "", refusal },
    logprobs: null,
  };
}

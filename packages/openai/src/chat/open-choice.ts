/** One choice of a stream: what has come of it, in the shape that `parse.ts` reads. */
import type { Annotation, Delta, Logprobs, Plan } from "@polycall/core";
import { foldDetails, reasoningOf, textOf } from "./content.ts";
import type { ReadOptions } from "./parse.ts";
import { StreamCalls } from "./stream-calls.ts";
import { ThinkSplitter } from "./think-tags.ts";
import type {
  ReasoningDetail,
  WireAudio,
  WireChoice,
  WireMessage,
  WireReply,
  WireToolCall,
} from "./wire.ts";

/** The keys of a delta that are OpenAI's own and need no edit. */
const plainKeys: ReadonlySet<string> = new Set(["role", "content", "refusal"]);

/** One choice as far as it has come. */
export class OpenChoice {
  readonly index: number;
  readonly calls: StreamCalls;
  think: ThinkSplitter | undefined;
  begun = false;
  /** The host's word for the end, once it was said; `undefined` before. */
  finish: string | undefined;
  native: string | undefined;
  content: string | undefined;
  reasoning = "";
  refusal = "";
  readonly details: ReasoningDetail[] = [];
  readonly annotations: Annotation[] = [];
  readonly images: NonNullable<WireMessage["images"]> = [];
  audio: WireMessage["audio"];
  extra: unknown;
  logprobs: Logprobs | undefined;

  constructor(index: number, plan: Plan, { thinkTags }: ReadOptions) {
    this.index = index;
    this.calls = new StreamCalls(plan.toolNames);
    this.think = thinkTags ? new ThinkSplitter() : undefined;
  }

  /** The choice in the shape of a whole reply. */
  folded(): WireChoice {
    const message: WireMessage = { role: "assistant", content: this.content ?? null };
    if (this.reasoning) message.reasoning_content = this.reasoning;
    if (this.refusal) message.refusal = this.refusal;
    if (this.details.length) message.reasoning_details = this.details;
    if (this.calls.size) message.tool_calls = this.calls.folded();
    if (this.annotations.length) message.annotations = this.annotations;
    if (this.images.length) message.images = this.images;
    if (this.audio) message.audio = this.audio;
    if (this.extra) message.extra_content = this.extra;
    return {
      index: this.index,
      finish_reason: this.finish ?? null,
      ...(this.native && { native_finish_reason: this.native }),
      message,
      logprobs: this.logprobs ?? null,
    };
  }

  /**
   * Folds the delta of an event.
   * @returns the delta to hand out: the event's own where it is plain text, else a new one that
   *   holds OpenAI's fields and ours
   */
  fold(delta: WireMessage, head: WireReply): Delta {
    return this.#foldPlain(delta) ? (delta as Delta) : this.#foldAny(delta, head);
  }

  /** Marks the end; adds to the delta what was held back or left out. */
  close(delta: Delta, finish: string): void {
    this.finish = finish;
    if (this.think && !this.think.plain) {
      const { reasoning, content } = this.think.end();
      if (reasoning) delta.reasoning_content = (delta.reasoning_content ?? "") + reasoning;
      if (content) delta.content = (delta.content ?? "") + content;
      this.reasoning += reasoning;
      if (content) this.content = (this.content ?? "") + content;
    }
    const missing = this.calls.missingArguments();
    if (missing.length) delta.tool_calls = [...(delta.tool_calls ?? []), ...missing];
  }

  foldLogprobs({ content, refusal }: Logprobs): void {
    if (!content && !refusal) return;
    this.logprobs ??= { content: null, refusal: null };
    const { logprobs } = this;
    if (content) logprobs.content = append(logprobs.content, content);
    if (refusal) logprobs.refusal = append(logprobs.refusal, refusal);
  }

  /** False, and nothing folded, for what is not plain text. */
  #foldPlain(delta: WireMessage): boolean {
    if (this.think && !this.think.plain) return false;
    const { content } = delta;
    if (typeof content === "object" && content !== null) return false;
    for (const key in delta) if (!plainKeys.has(key)) return false;
    if (typeof content === "string") this.content = (this.content ?? "") + content;
    if (delta.refusal) this.refusal += delta.refusal;
    return true;
  }

  #foldAny(wire: WireMessage, head: WireReply): Delta {
    const delta: Delta & Pick<WireMessage, "audio"> = {};
    if (wire.role) delta.role = "assistant";
    let text = textOf(wire.content);
    let reasoning = reasoningOf(wire);
    if (reasoning && this.think) {
      // A host that has a field for it leaves none in the text.
      const held = this.think.end();
      this.think = undefined;
      if (held.content) text = held.content + (text ?? "");
      reasoning = held.reasoning + reasoning;
    } else if (text && this.think && !this.think.plain) {
      ({ reasoning, content: text } = this.think.push(text));
    }
    if (text !== undefined) {
      delta.content = text;
      this.content = (this.content ?? "") + text;
    } else if (wire.content === null) delta.content = null;
    if (reasoning) {
      delta.reasoning_content = reasoning;
      this.reasoning += reasoning;
    }
    if (wire.refusal) {
      delta.refusal = wire.refusal;
      this.refusal += wire.refusal;
    }
    const calls = wire.tool_calls?.length ? wire.tool_calls : legacyCall(wire);
    if (calls) delta.tool_calls = calls.map((call) => this.calls.push(call, head));
    if (wire.annotations?.length) {
      delta.annotations = wire.annotations;
      this.annotations.push(...wire.annotations);
    }
    if (wire.reasoning_details?.length) foldDetails(this.details, wire.reasoning_details);
    if (wire.images?.length) {
      delta.images = wire.images as Delta["images"];
      this.images.push(...wire.images);
    }
    if (wire.audio) {
      delta.audio = wire.audio;
      this.#foldAudio(wire.audio);
    }
    if (wire.extra_content) this.extra = wire.extra_content;
    return delta;
  }

  #foldAudio(piece: WireAudio): void {
    this.audio ??= {};
    const { audio } = this;
    if (piece.id) audio.id = piece.id;
    if (piece.expires_at) audio.expires_at = piece.expires_at;
    if (piece.data) audio.data = (audio.data ?? "") + piece.data;
    if (piece.transcript) audio.transcript = (audio.transcript ?? "") + piece.transcript;
  }
}

/** A piece of the one call that servers from before tools make. */
function legacyCall({ function_call }: WireMessage): WireToolCall[] | undefined {
  return function_call ? [{ index: 0, function: function_call }] : undefined;
}

function append<T>(folded: T[] | null, more: readonly T[]): T[] {
  if (!folded) return [...more];
  folded.push(...more);
  return folded;
}

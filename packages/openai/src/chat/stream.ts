/**
 * A host's stream: each event becomes our chunk in place, and is folded into the whole reply that
 * `parse.ts` reads. Nothing is copied that need not be.
 */
import {
  type Annotation,
  type ChunkChoice,
  type CompletionChunk,
  type Decoder,
  type Delta,
  type Logprobs,
  type Plan,
  ReplyFailure,
} from "@polycall/core";
import { foldDetails, reasoningOf, textOf } from "./content.ts";
import { finishReason } from "./finish-reason.ts";
import { type ReadOptions, saysItFailed } from "./parse.ts";
import { StreamCalls } from "./stream-calls.ts";
import { ThinkSplitter } from "./think-tags.ts";
import { usageOf } from "./usage.ts";
import {
  isObject,
  type ReasoningDetail,
  type WireChoice,
  type WireMessage,
  type WireReply,
  type WireUsage,
} from "./wire.ts";

const none: readonly CompletionChunk[] = [];

/** One choice as far as it has come. */
class OpenChoice {
  readonly index: number;
  readonly calls: StreamCalls;
  readonly think: ThinkSplitter | undefined;
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
}

export class ChatDecoder implements Decoder {
  readonly #plan: Plan;
  readonly #options: ReadOptions;
  /** What stands beside the choices: the first chunk's id, model, …, and what later ones add. */
  #head: WireReply | undefined;
  readonly #choices: OpenChoice[] = [];
  #usage: WireUsage | undefined;
  #usageAlone = false;

  constructor(plan: Plan, options: ReadOptions) {
    this.#plan = plan;
    this.#options = options;
  }

  get done(): boolean {
    if (this.#usageAlone) return true;
    const wanted = typeof this.#plan.body.n === "number" ? this.#plan.body.n : 1;
    let finished = 0;
    for (const choice of this.#choices) if (choice.finish !== undefined) finished++;
    return finished >= wanted;
  }

  decode(event: unknown, name: string | undefined): readonly CompletionChunk[] {
    if (!isObject(event)) throw new TypeError("an event is not an object");
    const reply: WireReply = event;
    if (name === "error" || saysItFailed(reply)) throw new ReplyFailure(event);
    if (!Array.isArray(reply.choices)) return none;
    this.#fold(reply);
    if (!reply.choices.length) {
      const said = this.#choices.length > 0 && !this.#usageAlone && !reply.usage;
      if (reply.usage) this.#usageAlone = true;
      return said ? [this.#chunk(reply)] : none;
    }
    let says = false;
    for (const choice of reply.choices) says = this.#choice(choice, reply) || says;
    if (!says) return none;
    return [this.#chunk(reply)];
  }

  end(): readonly CompletionChunk[] {
    const chunks: CompletionChunk[] = [];
    const head = this.#head;
    if (!head) return chunks;
    for (const choice of this.#choices) {
      if (choice.finish !== undefined) continue;
      const delta: Delta = {};
      this.#close(choice, delta, "");
      const finish_reason = finishReason("", choice.calls.size > 0, undefined);
      chunks.push(this.#made([{ index: choice.index, delta, finish_reason }]));
    }
    if (this.#usage) {
      const last = this.#made([]);
      last.usage = usageOf(this.#usage);
      chunks.push(last);
    }
    return chunks;
  }

  body(): unknown {
    if (!this.#head) return undefined;
    const body: WireReply = {
      ...this.#head,
      object: "chat.completion",
      choices: this.#choices.map((choice) => choice.folded()),
    };
    if (this.#usage) body.usage = this.#usage;
    return body;
  }

  #fold(event: WireReply): void {
    const usage = event.usage ?? event.x_groq?.usage;
    if (usage) this.#usage = usage;
    const head = this.#head;
    if (!head) {
      const { choices: _, usage: __, ...rest } = event;
      this.#head = rest;
      return;
    }
    if (!head.id && event.id) head.id = event.id;
    if (!head.model && event.model) head.model = event.model;
    if (!head.created && event.created) head.created = event.created;
    if (event.service_tier) head.service_tier = event.service_tier;
    if (event.system_fingerprint) head.system_fingerprint = event.system_fingerprint;
    if (event.search_results) head.search_results = event.search_results;
    const { moderation } = event as { moderation?: unknown };
    if (moderation) (head as { moderation?: unknown }).moderation = moderation;
  }

  /** The event as our chunk: what must be the same on every chunk is, and usage waits for the end. */
  #chunk(event: WireReply): CompletionChunk {
    const head = this.#head!;
    event.id = head.id ?? "";
    event.object = "chat.completion.chunk";
    event.created = head.created ?? 0;
    event.model = head.model || this.#plan.model;
    if (event.usage) event.usage = null;
    return event as CompletionChunk;
  }

  #made(choices: ChunkChoice[]): CompletionChunk {
    return this.#chunk({ choices: choices as WireChoice[] });
  }

  /** Folds one choice of an event and makes it ours; false when it says nothing that is new. */
  #choice(wire: WireChoice, reply: WireReply): boolean {
    if (wire.error) throw new ReplyFailure({ error: wire.error });
    const choice = this.#open(wire.index ?? 0);
    wire.index = choice.index;
    let delta = wire.delta ?? wire.message ?? {};
    if (wire.logprobs) foldLogprobs(choice, wire.logprobs);
    if (wire.native_finish_reason) choice.native = wire.native_finish_reason;
    const isPlain = foldDelta(choice, delta);
    if (!isPlain) delta = ownDelta(choice, delta, this.#head!) as WireMessage;
    const finished = choice.finish !== undefined;
    const finish = wire.finish_reason;
    let reason: string | null = null;
    if (finish && !finished) {
      this.#close(choice, delta as Delta, finish);
      reason = finishReason(finish, choice.calls.size > 0, reply);
    }
    wire.finish_reason = reason;
    wire.delta = delta;
    if (!choice.begun) {
      choice.begun = true;
      delta.role = "assistant";
      return true;
    }
    return !finished || !!delta.content || !!delta.reasoning_content || !!delta.tool_calls;
  }

  /** Marks the end of a choice; adds to the delta what was held back or left out. */
  #close(choice: OpenChoice, delta: Delta, finish: string): void {
    choice.finish = finish;
    if (choice.think && !choice.think.plain) {
      const { reasoning, content } = choice.think.end();
      if (reasoning) delta.reasoning_content = (delta.reasoning_content ?? "") + reasoning;
      if (content) delta.content = (delta.content ?? "") + content;
      choice.reasoning += reasoning;
      if (content) choice.content = (choice.content ?? "") + content;
    }
    const missing = choice.calls.missingArguments();
    if (missing.length) delta.tool_calls = [...(delta.tool_calls ?? []), ...missing];
  }

  #open(index: number): OpenChoice {
    let choice = this.#choices[0];
    if (choice?.index === index) return choice;
    choice = this.#choices.find((other) => other.index === index);
    if (choice) return choice;
    choice = new OpenChoice(index, this.#plan, this.#options);
    this.#choices.push(choice);
    return choice;
  }
}

/** The keys of a delta that are OpenAI's own and need no edit. */
const plainKeys: ReadonlySet<string> = new Set(["role", "content", "refusal"]);

/** Folds a delta of plain text; false, and nothing folded, for any other. */
function foldDelta(choice: OpenChoice, delta: WireMessage): boolean {
  if (choice.think && !choice.think.plain) return false;
  const { content } = delta;
  if (typeof content === "object" && content !== null) return false;
  for (const key in delta) if (!plainKeys.has(key)) return false;
  if (typeof content === "string") choice.content = (choice.content ?? "") + content;
  if (delta.refusal) choice.refusal += delta.refusal;
  return true;
}

/** Folds any delta; returns a new one that holds OpenAI's fields and ours only. */
function ownDelta(choice: OpenChoice, wire: WireMessage, head: WireReply): Delta {
  const delta: Delta = {};
  if (wire.role) delta.role = "assistant";
  let text = textOf(wire.content);
  let reasoning = reasoningOf(wire);
  if (text && !reasoning && choice.think && !choice.think.plain) {
    const split = choice.think.push(text);
    ({ reasoning, content: text } = split);
  }
  if (text !== undefined) {
    delta.content = text;
    choice.content = (choice.content ?? "") + text;
  } else if (wire.content === null) delta.content = null;
  if (reasoning) {
    delta.reasoning_content = reasoning;
    choice.reasoning += reasoning;
  }
  if (wire.refusal) {
    delta.refusal = wire.refusal;
    choice.refusal += wire.refusal;
  }
  if (wire.tool_calls?.length) {
    delta.tool_calls = wire.tool_calls.map((call) => choice.calls.push(call, head));
  }
  if (wire.annotations?.length) {
    delta.annotations = wire.annotations;
    choice.annotations.push(...wire.annotations);
  }
  if (wire.reasoning_details?.length) foldDetails(choice.details, wire.reasoning_details);
  if (wire.images?.length) {
    (delta as WireMessage).images = wire.images;
    choice.images.push(...wire.images);
  }
  if (wire.audio) {
    (delta as WireMessage).audio = wire.audio;
    foldAudio(choice, wire.audio);
  }
  if (wire.extra_content) choice.extra = wire.extra_content;
  return delta;
}

function foldAudio(choice: OpenChoice, piece: NonNullable<WireMessage["audio"]>): void {
  choice.audio ??= {};
  const { audio } = choice;
  if (piece.id) audio.id = piece.id;
  if (piece.expires_at) audio.expires_at = piece.expires_at;
  if (piece.data) audio.data = (audio.data ?? "") + piece.data;
  if (piece.transcript) audio.transcript = (audio.transcript ?? "") + piece.transcript;
}

function foldLogprobs(choice: OpenChoice, { content, refusal }: Logprobs): void {
  if (!content && !refusal) return;
  choice.logprobs ??= { content: null, refusal: null };
  const { logprobs } = choice;
  if (content) logprobs.content = append(logprobs.content, content);
  if (refusal) logprobs.refusal = append(logprobs.refusal, refusal);
}

function append<T>(folded: T[] | null, more: readonly T[]): T[] {
  if (!folded) return [...more];
  folded.push(...more);
  return folded;
}

/**
 * A host's stream: each event becomes our chunk in place, and is folded into the whole reply that
 * `parse.ts` reads. Nothing is copied that need not be.
 */
import {
  type ChunkChoice,
  type CompletionChunk,
  type Decoder,
  type Delta,
  type Plan,
  ReplyFailure,
} from "@polycall/core";
import { finishReason } from "./finish-reason.ts";
import { OpenChoice } from "./open-choice.ts";
import { type ReadOptions, saysItFailed } from "./parse.ts";
import { usageOf } from "./usage.ts";
import {
  isObject,
  type WireChoice,
  type WireMessage,
  type WireReply,
  type WireUsage,
} from "./wire.ts";

const none: readonly CompletionChunk[] = [];

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
      choice.close(delta, "");
      const finish_reason = finishReason("", choice.calls.size > 0, undefined);
      chunks.push(this.#made([{ index: choice.index, delta, finish_reason }]));
    }
    if (this.#usage) {
      const last = this.#made([]);
      last.usage = usageOf(this.#usage, this.#plan);
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
    if (wire.logprobs) choice.foldLogprobs(wire.logprobs);
    if (wire.native_finish_reason) choice.native = wire.native_finish_reason;
    const delta = choice.fold(wire.delta ?? wire.message ?? {}, this.#head!);
    const finished = choice.finish !== undefined;
    const finish = wire.finish_reason;
    let reason: string | null = null;
    if (finish && !finished) {
      choice.close(delta, finish);
      reason = finishReason(finish, choice.calls.size > 0, reply);
      // Moonshot; where the event has its own, that is it.
      if (wire.usage) {
        this.#usage ??= wire.usage;
        delete wire.usage;
      }
    }
    wire.finish_reason = reason;
    wire.delta = delta as WireMessage;
    if (!choice.begun) {
      choice.begun = true;
      delta.role = "assistant";
      return true;
    }
    return !finished || !!delta.content || !!delta.reasoning_content || !!delta.tool_calls;
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

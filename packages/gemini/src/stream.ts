/**
 * Gemini's stream: each event is a whole reply holding the next pieces of its parts. Folds them
 * into the reply that `parse` reads, and hands out OpenAI chunks on the way.
 */
import {
  type ChunkChoice,
  type CompletionChunk,
  type Decoder,
  type Delta,
  type FinishReason,
  type Plan,
  ReplyFailure,
} from "@polycall/core";
import { annotationsOf } from "./annotations.ts";
import { finishOf, isFailure, promptRefusal, refusalOf } from "./finish.ts";
import { Fold } from "./fold.ts";
import { logprobsOf } from "./logprobs.ts";
import { createdOf, idPrefixOf, isReply, noReply } from "./parse.ts";
import { PartialCalls } from "./partial-calls.ts";
import { argumentsText, callId, imageOf } from "./parts.ts";
import { usageOf } from "./usage.ts";
import type { WireCandidate, WirePart, WireReply } from "./wire.ts";

/** What is known of one choice while it is streamed. */
interface Progress {
  calls: number;
  text: string;
}

class GeminiDecoder implements Decoder {
  readonly #plan: Plan;
  readonly #fold: Fold;
  readonly #progress: Progress[] = [];
  readonly #calls = new PartialCalls();
  #id = "";
  #created = 0;
  #model = "";

  constructor(plan: Plan) {
    this.#plan = plan;
    const config = plan.body?.generationConfig as { candidateCount?: unknown } | undefined;
    this.#fold = new Fold(Number(config?.candidateCount ?? 1) || 1);
  }

  /** There is no end mark: a reason to stop for every candidate, or a blocked prompt, is the end. */
  get done(): boolean {
    return this.#fold.done;
  }

  body(): unknown {
    return this.#fold.reply;
  }

  decode(event: unknown): readonly CompletionChunk[] {
    if (!isReply(event)) {
      const failure = noReply(event);
      // An event that says nothing, between two that do.
      if (this.#id && failure instanceof TypeError && isObject(event)) return [];
      throw failure;
    }
    if (!this.#id) this.#begin(event);
    if (event.candidates?.some(({ finishReason }) => isFailure(finishReason))) {
      throw new ReplyFailure(event, usageOf(event));
    }
    const whole = this.#calls.join(event);
    const { candidates } = whole;
    const chunks: CompletionChunk[] = [];
    for (const candidate of candidates ?? []) {
      const index = candidate.index ?? 0;
      const progress = this.#progressOf(index, chunks);
      let logprobs = logprobsOf(candidate.logprobsResult);
      for (const part of candidate.content?.parts ?? []) {
        const delta = this.#delta(part, index, progress);
        if (!delta) continue;
        const choice: ChunkChoice = { index, delta, finish_reason: null };
        if (logprobs) choice.logprobs = logprobs;
        logprobs = null;
        chunks.push(this.#chunk(choice));
      }
    }
    this.#fold.add(whole);
    return chunks;
  }

  /** Finish reasons come last: some models name one in every event. */
  end(): readonly CompletionChunk[] {
    const reply = this.#fold.reply;
    if (!reply) return [];
    const chunks: CompletionChunk[] = [];
    const { candidates } = reply;
    if (!candidates?.length) {
      this.#progressOf(0, chunks);
      const refusal = promptRefusal(reply);
      const finish_reason: FinishReason = refusal ? "content_filter" : "stop";
      chunks.push(this.#chunk({ index: 0, delta: refusal ? { refusal } : {}, finish_reason }));
    }
    for (const candidate of candidates ?? []) chunks.push(...this.#finish(candidate));
    const usage = usageOf(reply) ?? null;
    chunks.push({ ...this.#chunk(), usage });
    return chunks;
  }

  #begin(event: WireReply): void {
    this.#fold.begin(event);
    const { responseId, createTime, modelVersion } = this.#fold.reply!;
    this.#id = responseId!;
    this.#created = createdOf(createTime);
    this.#model = modelVersion ?? this.#plan.model;
  }

  #progressOf(index: number, chunks: CompletionChunk[]): Progress {
    let progress = this.#progress[index];
    if (!progress) {
      progress = { calls: 0, text: "" };
      this.#progress[index] = progress;
      const delta: Delta = { role: "assistant", content: "" };
      chunks.push(this.#chunk({ index, delta, finish_reason: null }));
    }
    return progress;
  }

  #delta(part: WirePart, index: number, progress: Progress): Delta | undefined {
    const { text, functionCall } = part;
    if (functionCall) {
      const name = functionCall.name ?? "";
      const args = argumentsText(functionCall.args);
      if (name === this.#plan.outputTool) {
        progress.text += args;
        return { content: args };
      }
      const call = progress.calls++;
      const id = callId(functionCall.id, idPrefixOf(this.#id, index), call);
      const ours = this.#plan.toolNames?.[name] ?? name;
      const fn = { name: ours, arguments: args };
      return { tool_calls: [{ index: call, id, type: "function", function: fn }] };
    }
    const image = imageOf(part);
    if (image) return { images: [image] };
    if (!text) return undefined;
    if (part.thought) return { reasoning_content: text };
    progress.text += text;
    return { content: text };
  }

  #finish(candidate: WireCandidate): CompletionChunk[] {
    if (!candidate.finishReason) return [];
    const index = candidate.index ?? 0;
    const chunks: CompletionChunk[] = [];
    const { calls, text } = this.#progressOf(index, chunks);
    const annotations = annotationsOf(candidate, text);
    const { finish_reason } = finishOf(candidate.finishReason, calls > 0);
    const delta: Delta = annotations.length ? { annotations } : {};
    const refusal = refusalOf(candidate, finish_reason, text);
    if (refusal) delta.refusal = refusal;
    chunks.push(this.#chunk({ index, delta, finish_reason }));
    return chunks;
  }

  #chunk(choice?: ChunkChoice): CompletionChunk {
    return {
      id: this.#id,
      object: "chat.completion.chunk",
      created: this.#created,
      model: this.#model,
      choices: choice ? [choice] : [],
    };
  }
}

function isObject(event: unknown): boolean {
  return typeof event === "object" && event !== null && !Array.isArray(event);
}

export function decoder(plan: Plan): Decoder {
  return new GeminiDecoder(plan);
}

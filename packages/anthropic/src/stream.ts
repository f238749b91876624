/** Reads a streamed reply: emits OpenAI's chunks and folds the events into the message that `parse` reads. */
import {
  type ChunkChoice,
  type CompletionChunk,
  checkIndex,
  type Decoder,
  type Delta,
  type Plan,
  ReplyFailure,
} from "@polycall/core";
import { argumentsOf, type Block, isBlock, isObject, textOf } from "./blocks.ts";
import { finishReason } from "./finish.ts";
import { annotationsOf, callerName, forcedCallId, isCall, refusalOf } from "./parse.ts";
import { usageOf } from "./usage.ts";

type Json = { [key: string]: unknown };
const none: readonly CompletionChunk[] = [];

export class MessageDecoder implements Decoder {
  readonly #plan: Plan;
  readonly #created = Math.floor(Date.now() / 1000);
  /** The message so far. Undefined before `message_start`. */
  #message: (Json & { content: Block[] }) | undefined;
  /** JSON text of the inputs that are still open, by block index. */
  readonly #inputs: (string | undefined)[] = [];
  /** Our index of a tool call, by block index. */
  readonly #calls: (number | undefined)[] = [];
  #callCount = 0;
  #textLength = 0;
  #id = "";
  #model: string;
  #ended = false;
  done = false;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#model = plan.model;
  }

  decode(event: unknown): readonly CompletionChunk[] {
    if (!isObject(event)) return none;
    switch (event.type) {
      case "content_block_delta":
        return this.#delta(event);
      case "content_block_start":
        return this.#start(event);
      case "content_block_stop":
        return this.#stop(event);
      case "message_start":
        return this.#begin(event);
      case "message_delta":
        return this.#finish(event);
      case "message_stop":
        this.done = true;
        return this.end();
      case "error":
        throw new ReplyFailure(event);
      default:
        return none;
    }
  }

  end(): readonly CompletionChunk[] {
    if (this.#ended || !this.#message) return none;
    this.#ended = true;
    const chunk = this.#chunk([]);
    chunk.usage = usageOf(this.#message.usage) ?? null;
    return [chunk];
  }

  body(): unknown {
    if (!this.#message) return undefined;
    for (const index of this.#inputs.keys()) this.#closeInput(index);
    return { ...this.#message, created: this.#created };
  }

  #begin(event: Json): readonly CompletionChunk[] {
    const message = isObject(event.message) ? event.message : {};
    this.#message = { ...message, content: [] };
    if (typeof message.id === "string") this.#id = message.id;
    if (typeof message.model === "string") this.#model = message.model;
    const chunks = [this.#emit({ role: "assistant", content: "" })];
    // Some servers put blocks here already: the same as a start and a stop for each.
    for (const [index, block] of (Array.isArray(message.content)
      ? message.content
      : []
    ).entries()) {
      chunks.push(...this.#start({ index, content_block: block }), ...this.#stop({ index }));
    }
    return chunks;
  }

  #start(event: Json): readonly CompletionChunk[] {
    if (!this.#message || !isBlock(event.content_block)) return none;
    const index = checkIndex(event.index);
    const block = { ...event.content_block };
    this.#message.content[index] = block;
    if (block.type === "text" && block.text) return this.#text(String(block.text));
    if (block.type === "thinking" && block.thinking) {
      return [this.#emit({ reasoning_content: String(block.thinking) })];
    }
    if (!isCall(block, this.#plan)) return none;
    const call = this.#callCount++;
    this.#calls[index] = call;
    const given = isObject(block.input) && Object.keys(block.input).length > 0;
    const name = callerName(block, this.#plan);
    const fn = { name, arguments: given ? JSON.stringify(block.input) : "" };
    const id = String(block.id ?? "");
    return [this.#emit({ tool_calls: [{ index: call, id, type: "function", function: fn }] })];
  }

  #delta(event: Json): readonly CompletionChunk[] {
    const { delta } = event;
    const index = event.index as number;
    const block = this.#message?.content[index];
    if (!block || !isObject(delta)) return none;
    switch (delta.type) {
      case "text_delta":
        block.text = (block.text ?? "") + String(delta.text);
        return this.#text(String(delta.text));
      case "thinking_delta":
        block.thinking = (block.thinking ?? "") + String(delta.thinking);
        return delta.thinking
          ? [this.#emit({ reasoning_content: delta.thinking as string })]
          : none;
      case "input_json_delta":
        return this.#input(index, block, String(delta.partial_json ?? ""));
      case "signature_delta":
        block.signature = delta.signature;
        return none;
      case "citations_delta":
        if (!Array.isArray(block.citations)) block.citations = [];
        (block.citations as unknown[]).push(delta.citation);
        return none;
      case "compaction_delta": {
        // Carries the final values of the block's fields, not an addition to them.
        const { type: _, ...fields } = delta;
        Object.assign(block, fields);
        return none;
      }
      default:
        return none;
    }
  }

  #text(text: string): readonly CompletionChunk[] {
    if (!text) return none;
    this.#textLength += text.length;
    if (this.#plan.forcedTool !== undefined) return this.#forced(text, this.#plan.forcedTool);
    return [this.#emit({ content: text })];
  }

  /** Text that is the arguments of the one call. */
  #forced(text: string, tool: string): readonly CompletionChunk[] {
    const more = this.#emit({ tool_calls: [{ index: 0, function: { arguments: text } }] });
    if (this.#callCount > 0) return [more];
    this.#callCount = 1;
    const name = callerName({ type: "tool_use", name: tool }, this.#plan);
    const id = forcedCallId(this.#id);
    const fn = { name, arguments: "" };
    return [this.#emit({ tool_calls: [{ index: 0, id, type: "function", function: fn }] }), more];
  }

  #input(index: number, block: Block, json: string): readonly CompletionChunk[] {
    this.#inputs[index] = (this.#inputs[index] ?? "") + json;
    if (!json) return none;
    const call = this.#calls[index];
    if (call !== undefined) {
      return [this.#emit({ tool_calls: [{ index: call, function: { arguments: json } }] })];
    }
    return block.type === "tool_use" ? this.#text(json) : none;
  }

  #stop(event: Json): readonly CompletionChunk[] {
    const index = event.index as number;
    const block = this.#message?.content[index];
    if (!block) return none;
    const json = this.#inputs[index];
    this.#closeInput(index);
    // A call without arguments: what the unstreamed reply has as `{}`.
    const call = this.#calls[index];
    if (call !== undefined && !json && Object.keys(block.input ?? {}).length === 0) {
      return [this.#emit({ tool_calls: [{ index: call, function: { arguments: "{}" } }] })];
    }
    if (block.type === "tool_use" && call === undefined && !json) {
      return this.#text(argumentsOf(block));
    }
    if (block.type !== "text") return none;
    const annotations = annotationsOf(block, this.#textLength - textOf([block]).length);
    return annotations.length ? [this.#emit({ annotations })] : none;
  }

  /** Text that is not JSON (a reply cut within it) stays text, for `parse` to hand on. */
  #closeInput(index: number): void {
    const json = this.#inputs[index];
    const block = this.#message?.content[index];
    if (!json || !block) return;
    this.#inputs[index] = undefined;
    try {
      block.input = JSON.parse(json);
    } catch {
      block.input = json;
    }
  }

  #finish(event: Json): readonly CompletionChunk[] {
    if (!this.#message) return none;
    const { type: _, delta, usage, ...others } = event;
    Object.assign(this.#message, others, delta);
    if (isObject(usage)) {
      // It replaces the counts of message_start, input included; null says nothing.
      const counts = isObject(this.#message.usage) ? { ...this.#message.usage } : {};
      for (const key of Object.keys(usage)) if (usage[key] !== null) counts[key] = usage[key];
      this.#message.usage = counts;
    }
    const reason = this.#message.stop_reason;
    if (typeof reason !== "string" || this.done) return none;
    this.done = true;
    const refusal = refusalOf(this.#message);
    const last = refusal === undefined ? {} : { refusal };
    return [this.#chunk([this.#choice(last, finishReason(reason, this.#callCount > 0))])];
  }

  #emit(delta: Delta): CompletionChunk {
    return this.#chunk([this.#choice(delta, null)]);
  }

  #choice(delta: Delta, finish_reason: ChunkChoice["finish_reason"]): ChunkChoice {
    return { index: 0, delta, finish_reason, logprobs: null };
  }

  #chunk(choices: ChunkChoice[]): CompletionChunk {
    return {
      id: this.#id,
      object: "chat.completion.chunk",
      created: this.#created,
      model: this.#model,
      choices,
    };
  }
}

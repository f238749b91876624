/** A Responses stream: typed events as our chunks, folded on the way into the whole reply. */
import {
  type Annotation,
  type ChunkChoice,
  type CompletionChunk,
  checkIndex,
  type Decoder,
  type Delta,
  type FinishReason,
  type Logprobs,
  type Plan,
  ReplyFailure,
  type ReplyMessage,
  type ToolCallDelta,
} from "@polycall/core";
import { argumentsText } from "../chat/tool-calls.ts";
import { isObject } from "../chat/wire.ts";
import { ResponseFold } from "./fold.ts";
import {
  annotationOf,
  annotationsOf,
  callId,
  imagesOf,
  isCall,
  reasoningBreak,
  reasoningOf,
  refusalOf,
  textOf,
  tokensOf,
} from "./output.ts";
import { failureIn, finishOf } from "./parse.ts";
import { usageOf } from "./usage.ts";
import type { WireEvent, WireItem, WirePart, WireResponse } from "./wire.ts";

const none: readonly CompletionChunk[] = [];

export class ResponsesDecoder implements Decoder {
  readonly #plan: Plan;
  readonly #fold = new ResponseFold();
  /** Output index of a call -> our index. */
  readonly #calls = new Map<number, number>();
  /** Output indices of the items that the host has ended. */
  readonly #settled = new Set<number>();
  #begun = false;
  #done = false;
  /** The piece of reasoning that was streamed last: a part, or an item that came whole. */
  #reasoning: WirePart | WireItem | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  get done(): boolean {
    return this.#done;
  }

  decode(event: unknown, name: string | undefined): readonly CompletionChunk[] {
    if (!isObject(event)) throw new TypeError("an event is not an object");
    const wire: WireEvent = event;
    const { type = name, output_index, content_index, summary_index } = wire;
    checkIndex(output_index ?? 0);
    checkIndex(content_index ?? summary_index ?? 0);
    switch (type) {
      case "response.output_text.delta":
        return this.#text(wire);
      case "response.refusal.delta":
        return this.#refusal(wire);
      case "response.reasoning_text.delta":
        return this.#reason(wire, "content", wire.content_index ?? 0);
      case "response.reasoning_summary_text.delta":
        return this.#reason(wire, "summary", wire.summary_index ?? 0);
      case "response.function_call_arguments.delta":
        return this.#callInput(wire, "function_call");
      case "response.custom_tool_call_input.delta":
        return this.#callInput(wire, "custom_tool_call");
      case "response.output_text.annotation.added":
        return this.#annotation(wire);
      case "response.output_item.added":
        return wire.item ? this.#added(wire.item, wire.output_index ?? 0) : none;
      case "response.output_item.done":
        return wire.item ? this.#settle(wire.item, wire.output_index ?? 0) : none;
      case "response.completed":
        return this.#completed({ status: "completed", ...wire.response });
      case "response.incomplete":
        return this.#completed({ status: "incomplete", ...wire.response });
      case "response.failed":
        throw failureIn({ status: "failed", ...wire.response }) ?? new ReplyFailure(event);
      case "error":
        throw new ReplyFailure(event);
      default:
        return this.#other(wire);
    }
  }

  end(): readonly CompletionChunk[] {
    if (this.#done || !this.#fold.begun) return none;
    // [DONE] without "response.completed".
    return this.#completed({ ...this.#fold.head, status: "completed", output: [] });
  }

  body(): unknown {
    return this.#fold.body();
  }

  /** Events about the whole response; those about built-in tools say nothing that `done` does not. */
  #other(event: WireEvent): readonly CompletionChunk[] {
    if (event.error) throw new ReplyFailure(event);
    if (!event.response) return none;
    const failure = failureIn(event.response);
    if (failure) throw failure;
    this.#fold.head ??= event.response;
    return none;
  }

  #text(event: WireEvent): readonly CompletionChunk[] {
    const { delta = "", logprobs } = event;
    const part = this.#fold.part(event, "message", "content", event.content_index, "output_text");
    part.text = (part.text ?? "") + delta;
    if (!logprobs?.length) return delta ? this.#chunk({ content: delta }) : none;
    part.logprobs ??= [];
    part.logprobs.push(...logprobs);
    return this.#chunk({ content: delta }, null, { content: tokensOf(logprobs), refusal: null });
  }

  #refusal(event: WireEvent): readonly CompletionChunk[] {
    const { delta = "" } = event;
    const part = this.#fold.part(event, "message", "content", event.content_index, "refusal");
    part.refusal = (part.refusal ?? "") + delta;
    return delta ? this.#chunk({ refusal: delta }) : none;
  }

  #reason(event: WireEvent, list: "content" | "summary", at: number): readonly CompletionChunk[] {
    const { delta = "" } = event;
    if (!delta) return none;
    const type = list === "summary" ? "summary_text" : "reasoning_text";
    const part = this.#fold.part(event, "reasoning", list, at, type);
    part.text = (part.text ?? "") + delta;
    return this.#chunk({ reasoning_content: this.#broken(part, delta) });
  }

  /** The text of a piece of reasoning; a new piece begins with a break. */
  #broken(piece: WirePart | WireItem | undefined, text: string): string {
    const before = this.#reasoning;
    this.#reasoning = piece;
    return before && before !== piece ? reasoningBreak + text : text;
  }

  #callInput(
    event: WireEvent,
    type: "function_call" | "custom_tool_call",
  ): readonly CompletionChunk[] {
    const { delta = "", output_index = 0 } = event;
    const item = this.#fold.item(output_index, type);
    if (type === "custom_tool_call") item.input = (item.input ?? "") + delta;
    else item.arguments = ((item.arguments as string | undefined) ?? "") + delta;
    // A call whose name is not known yet is said when its item is done.
    return delta && this.#calls.has(output_index)
      ? this.#callDelta(item, output_index, delta)
      : none;
  }

  #annotation(event: WireEvent): readonly CompletionChunk[] {
    const { annotation, output_index = 0, content_index = 0 } = event;
    if (!annotation) return none;
    const part = this.#fold.part(event, "message", "content", content_index, "output_text");
    part.annotations ??= [];
    part.annotations.push(annotation);
    const ours = annotationOf(annotation, this.#fold.textBefore(output_index, content_index));
    return ours ? this.#chunk({ annotations: [ours] }) : none;
  }

  /** A new item: its text is still to come, a call's name is here. */
  #added(item: WireItem, index: number): readonly CompletionChunk[] {
    if (this.#fold.get(index)) return none;
    if (!isCall(item)) {
      this.#fold.announce(index, item);
      return this.#begun ? none : this.#chunk({});
    }
    this.#fold.announce(index, item);
    return item.name ? this.#openCall(item, index) : none;
  }

  #openCall(item: WireItem, index: number): readonly CompletionChunk[] {
    const slot = this.#calls.size;
    this.#calls.set(index, slot);
    const id = callId(item, index);
    const name = this.#plan.toolNames?.[item.name ?? ""] ?? item.name ?? "";
    const call =
      item.type === "custom_tool_call"
        ? { index: slot, id, type: "custom", custom: { name, input: "" } }
        : { index: slot, id, type: "function", function: { name, arguments: "" } };
    return this.#chunk({ tool_calls: [call as ToolCallDelta] });
  }

  #callDelta(item: WireItem, index: number, delta: string): readonly CompletionChunk[] {
    const slot = this.#calls.get(index)!;
    const call =
      item.type === "custom_tool_call"
        ? { index: slot, custom: { input: delta } }
        : { index: slot, function: { arguments: delta } };
    return this.#chunk({ tool_calls: [call as ToolCallDelta] });
  }

  /** The item as the host ends it; what its deltas have not said is said now. */
  #settle(item: WireItem, index: number): readonly CompletionChunk[] {
    const said = this.#fold.get(index);
    const chunks: CompletionChunk[] = [];
    this.#settled.add(index);
    if (isCall(item)) {
      if (!this.#calls.has(index)) chunks.push(...this.#openCall(item, index));
      const [whole, sent] =
        item.type === "custom_tool_call"
          ? [item.input ?? "", said?.input ?? ""]
          : [argumentsText(item.arguments), (said?.arguments as string | undefined) ?? ""];
      const rest = remainder(whole, chunks.length ? "" : sent);
      if (rest) chunks.push(...this.#callDelta(item, index, rest));
      this.#fold.set(index, item);
      return chunks;
    }
    const [after, before] = [[item], said ? [said] : []];
    const delta: Delta & Pick<ReplyMessage, "images"> = {};
    const reasoning = remainder(reasoningOf(after), reasoningOf(before));
    const isOpen = !!reasoningOf(before);
    if (reasoning) {
      const piece = isOpen ? this.#reasoning : item;
      delta.reasoning_content = this.#broken(piece, reasoning);
    }
    const content = remainder(textOf(after), textOf(before));
    if (content) delta.content = content;
    const refusal = remainder(refusalOf(after), refusalOf(before));
    if (refusal) delta.refusal = refusal;
    this.#fold.set(index, item);
    const annotations = this.#annotationsSince(item, annotationsOf(before).length, index);
    if (annotations.length) delta.annotations = annotations;
    const images = imagesOf(after);
    if (images.length && !imagesOf(before).length) delta.images = images;
    return Object.keys(delta).length ? this.#chunk(delta) : none;
  }

  #annotationsSince(item: WireItem, count: number, index: number): Annotation[] {
    const offset = this.#fold.textBefore(index, 0);
    return annotationsOf([item])
      .slice(count)
      .map(({ type, url_citation }) => ({
        type,
        url_citation: {
          ...url_citation,
          start_index: url_citation.start_index + offset,
          end_index: url_citation.end_index + offset,
        },
      }));
  }

  /**
   * The whole response comes with its end; items that no event ended are said first. An ended one
   * stays: its `encrypted_content` is the one to send back (SDK types 7.57), not the last event's.
   */
  #completed(response: WireResponse): readonly CompletionChunk[] {
    const failure = failureIn(response);
    if (failure) throw failure;
    const chunks: CompletionChunk[] = [];
    this.#fold.end(response);
    for (const [index, item] of (response.output ?? []).entries()) {
      const said = this.#fold.get(index);
      if (this.#settled.has(index) || (said && said.type !== item.type)) continue;
      chunks.push(...this.#settle(item, index));
    }
    this.#done = true;
    const { finish_reason } = finishOf(response, this.#calls.size > 0);
    chunks.push(...this.#chunk({}, finish_reason));
    const usage = usageOf(this.#fold.body() ?? response);
    if (usage) chunks.push({ ...this.#made([]), usage });
    return chunks;
  }

  #chunk(
    delta: Delta,
    finish_reason: FinishReason | null = null,
    logprobs?: Logprobs,
  ): CompletionChunk[] {
    if (!this.#begun) {
      this.#begun = true;
      delta.role = "assistant";
    }
    const choice: ChunkChoice = { index: 0, delta, finish_reason };
    if (logprobs) choice.logprobs = logprobs;
    return [this.#made([choice])];
  }

  #made(choices: ChunkChoice[]): CompletionChunk {
    const head = this.#fold.head;
    return {
      id: head?.id ?? "",
      object: "chat.completion.chunk",
      created: Math.floor(head?.created_at ?? 0),
      model: head?.model || this.#plan.model,
      choices,
    };
  }
}

/** What of a whole text has not been sent; "" when what was sent is no beginning of it. */
function remainder(whole: string, sent: string): string {
  return whole.length > sent.length && whole.startsWith(sent) ? whole.slice(sent.length) : "";
}

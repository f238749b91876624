/** Ollama's lines as our chunks, folded on the way into the reply that `parse` reads. */
import {
  type CompletionChunk,
  type Decoder,
  type Delta,
  type FinishReason,
  type Logprobs,
  type Plan,
  ReplyFailure,
} from "@polycall/core";
import { finishReason, logprobs, replyHead, toolCall } from "./parse.ts";
import { usage } from "./usage.ts";
import type { OllamaLogprob, OllamaReply, ReplyToolCall } from "./wire.ts";

const none: readonly CompletionChunk[] = [];

class OllamaDecoder implements Decoder {
  done = false;
  readonly #plan: Plan;
  #first: OllamaReply | undefined;
  #last: OllamaReply = {};
  #head: ReturnType<typeof replyHead> = { id: "", created: 0, model: "" };
  #content = "";
  #thinking = "";
  readonly #calls: ReplyToolCall[] = [];
  readonly #logprobs: OllamaLogprob[] = [];

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** @throws ReplyFailure when the line is an error; TypeError when it is no line of /api/chat */
  decode(event: unknown): readonly CompletionChunk[] {
    if (typeof event !== "object" || event === null || Array.isArray(event))
      throw new TypeError("a line is no object");
    const line = event as OllamaReply;
    if (line.error != null) throw new ReplyFailure(event);
    if (this.done) return none;
    const isFirst = this.#first === undefined;
    if (isFirst) {
      this.#first = line;
      this.#head = replyHead(line, this.#plan);
    }
    this.#last = line;
    const delta = this.#delta(line, isFirst);
    const tokens = line.logprobs?.length ? line.logprobs : undefined;
    if (tokens) this.#logprobs.push(...tokens);
    if (!line.done) return delta ? [this.#chunk(delta, null, logprobs(tokens))] : none;

    this.done = true;
    const reason = finishReason(line, this.#calls.length > 0);
    const finish = this.#chunk({}, reason, null);
    const total: CompletionChunk = { ...finish, choices: [], usage: usage(line) };
    return delta || tokens
      ? [this.#chunk(delta ?? {}, null, logprobs(tokens)), finish, total]
      : [finish, total];
  }

  end(): readonly CompletionChunk[] {
    return none;
  }

  body(): OllamaReply | undefined {
    if (!this.#first) return undefined;
    const { model, created_at } = this.#first;
    return {
      ...this.#last,
      model,
      created_at,
      message: {
        content: this.#content,
        ...(this.#thinking && { thinking: this.#thinking }),
        ...(this.#calls.length && { tool_calls: this.#calls }),
      },
      ...(this.#logprobs.length && { logprobs: this.#logprobs }),
    };
  }

  /** What a line adds; undefined for nothing. */
  #delta({ message }: OllamaReply, isFirst: boolean): Delta | undefined {
    let delta: Delta | undefined = isFirst ? { role: "assistant" } : undefined;
    if (message?.thinking) {
      this.#thinking += message.thinking;
      delta ??= {};
      delta.reasoning_content = message.thinking;
    }
    if (message?.content) {
      this.#content += message.content;
      delta ??= {};
      delta.content = message.content;
    }
    if (message?.tool_calls?.length) {
      delta ??= {};
      delta.tool_calls = message.tool_calls.map((call) => {
        const index = this.#calls.push(call) - 1;
        return { index, ...toolCall(call, index, this.#first!) };
      });
    }
    return delta;
  }

  #chunk(delta: Delta, finish_reason: FinishReason | null, probs: Logprobs | null) {
    const { id, created, model } = this.#head;
    const choice = probs
      ? { index: 0, delta, finish_reason, logprobs: probs }
      : { index: 0, delta, finish_reason };
    const object = "chat.completion.chunk" as const;
    const chunk: CompletionChunk = { id, object, created, model, choices: [choice] };
    return chunk;
  }
}

export function decoder(plan: Plan): Decoder {
  return new OllamaDecoder(plan);
}

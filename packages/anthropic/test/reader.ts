/** A small reader of Anthropic's own JSON, apart from the adapter's: what the recordings say. */
import type { CompletionData } from "@polycall/core";
import type { Json } from "./helpers.ts";

export interface Wanted {
  id: unknown;
  model: unknown;
  text: string;
  reasoning: string;
  calls: { id: unknown; name: unknown; args: unknown }[];
  stop: unknown;
  input: number;
  output: number;
  cached: number;
}

export const finish: Record<string, string> = {
  end_turn: "stop",
  pause_turn: "stop",
  tool_use: "tool_calls",
};

/** What the provider's own JSON says, block by block. */
export function wanted(
  id: unknown,
  model: unknown,
  blocks: Json[],
  stop: unknown,
  usage: Json,
): Wanted {
  const all = (type: string) => blocks.filter((block) => block.type === type);
  const extra = ((usage.iterations ?? []) as Json[]).filter(({ type }) => type !== "message");
  const sum = (key: string) =>
    [usage, ...extra].reduce((total, pass) => total + ((pass[key] as number | null) ?? 0), 0);
  return {
    id,
    model,
    text: all("text")
      .map(({ text }) => text)
      .join(""),
    reasoning: all("thinking")
      .map(({ thinking }) => thinking)
      .join(""),
    calls: all("tool_use").map(({ id, name, input }) => ({ id, name, args: input })),
    stop,
    input:
      sum("input_tokens") + sum("cache_read_input_tokens") + sum("cache_creation_input_tokens"),
    output: sum("output_tokens"),
    cached: sum("cache_read_input_tokens"),
  };
}

/** The events of a stream put together in the plainest way. */
export function wantedOfStream(events: Json[]): Wanted {
  const blocks: Json[] = [];
  const inputs: string[] = [];
  let message: Json = {};
  let stop: unknown;
  let usage: Json = {};
  for (const event of events) {
    const index = event.index as number;
    const delta = (event.delta ?? {}) as Json;
    if (event.type === "message_start") {
      message = event.message as Json;
      usage = message.usage as Json;
    }
    if (event.type === "content_block_start") blocks[index] = { ...(event.content_block as Json) };
    if (event.type === "content_block_delta") {
      for (const key of ["text", "thinking"]) {
        if (key in delta) blocks[index]![key] = `${blocks[index]![key]}${delta[key]}`;
      }
      if ("partial_json" in delta) inputs[index] = `${inputs[index] ?? ""}${delta.partial_json}`;
    }
    if (event.type === "message_delta") {
      stop = delta.stop_reason;
      usage = { ...usage, ...(event.usage as Json) };
    }
  }
  for (const [index, json] of inputs.entries()) {
    if (json) blocks[index]!.input = JSON.parse(json);
  }
  return wanted(message.id, message.model, blocks, stop, usage);
}

export function got(data: CompletionData): Wanted {
  const [choice] = data.choices;
  const { message } = choice!;
  return {
    id: data.id,
    model: data.model,
    text: message.content ?? "",
    reasoning: message.reasoning_content ?? "",
    calls: (message.tool_calls ?? []).map((call) => {
      if (call.type !== "function") throw new Error("a function call was expected");
      return { id: call.id, name: call.function.name, args: JSON.parse(call.function.arguments) };
    }),
    stop: choice!.finish_reason_raw,
    input: data.usage!.prompt_tokens,
    output: data.usage!.completion_tokens,
    cached: data.usage!.prompt_tokens_details!.cached_tokens!,
  };
}

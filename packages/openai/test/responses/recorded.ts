/** The recorded traffic of /responses, and a small reader of it that shares nothing with `src`. */
import type { Plan } from "@polycall/core";
import {
  contextOf,
  eventsOf,
  isStreamed,
  type Recorded,
  recordings,
  replyOf,
  requestOf,
} from "../recorded.ts";

/** Every recorded POST to /responses. */
export function responsesRecordings(): { reached: Recorded[]; all: string[] } {
  return recordings(/\/responses(?:\?|$)/);
}

// biome-ignore lint/suspicious/noExplicitAny: the recordings' own JSON, read as it stands
type Any = any;

export interface Expected {
  text: string;
  reasoning: string;
  calls: { id: string; name: string; args: string }[];
  finish: string;
  urls: string[];
  images: number;
  tokens: string[];
  usage:
    | { input: number; output: number; cached?: number; written?: number; reasoning?: number }
    | undefined;
}

function usageIn(usage: Any): Expected["usage"] {
  if (!usage) return undefined;
  return {
    input: usage.input_tokens,
    output: usage.output_tokens,
    cached: usage.input_tokens_details?.cached_tokens,
    written: usage.input_tokens_details?.cache_write_tokens,
    reasoning: usage.output_tokens_details?.reasoning_tokens,
  };
}

function expectedOfWhole(reply: Any): Expected {
  const parts = reply.output.flatMap((item: Any) => (item.type === "message" ? item.content : []));
  const pieces = reply.output.flatMap((item: Any) =>
    item.type === "reasoning" ? [...item.summary, ...(item.content ?? [])] : [],
  );
  const calls = reply.output.filter((item: Any) => item.type === "function_call");
  const annotations = parts.flatMap((part: Any) => part.annotations);
  return {
    text: parts.map((part: Any) => part.text).join(""),
    reasoning: pieces.map((piece: Any) => piece.text).join("\n\n"),
    calls: calls.map((call: Any) => ({ id: call.call_id, name: call.name, args: call.arguments })),
    finish: calls.length ? "tool_calls" : "stop",
    urls: annotations.filter((one: Any) => one.type === "url_citation").map((one: Any) => one.url),
    images: reply.output.filter((item: Any) => item.type === "image_generation_call").length,
    tokens: parts.flatMap((part: Any) => (part.logprobs ?? []).map((one: Any) => one.token)),
    usage: usageIn(reply.usage),
  };
}

/** From the deltas, not from the whole response that the last event brings. */
function expectedOfStream(events: Any[]): Expected {
  const deltas = (type: string) => events.filter((event) => event.type === type);
  const pieces = new Map<string, string>();
  for (const kind of ["summary", "content"]) {
    const type = kind === "summary" ? "reasoning_summary_text" : "reasoning_text";
    for (const event of deltas(`response.${type}.delta`)) {
      const key = `${event.output_index} ${kind} ${event.summary_index ?? event.content_index}`;
      pieces.set(key, (pieces.get(key) ?? "") + event.delta);
    }
  }
  const calls = deltas("response.output_item.done")
    .map((event) => event.item)
    .filter((item) => item.type === "function_call")
    .map((item) => ({ id: item.call_id, name: item.name, args: item.arguments }));
  const citations = deltas("response.output_text.annotation.added")
    .map((event) => event.annotation)
    .filter((one) => one.type === "url_citation");
  const texts = deltas("response.output_text.delta");
  return {
    text: texts.map((event) => event.delta).join(""),
    reasoning: [...pieces.values()].join("\n\n"),
    calls,
    finish: calls.length ? "tool_calls" : "stop",
    urls: citations.map((one) => one.url),
    images: 0,
    tokens: texts.flatMap((event) => (event.logprobs ?? []).map((one: Any) => one.token)),
    usage: usageIn(deltas("response.completed")[0].response.usage),
  };
}

/** The whole response: of a stream the last event's, its items as `output_item.done` gave them. */
export function responseOf(one: Recorded): { output: Any[]; [key: string]: unknown } {
  if (!isStreamed(one)) return replyOf(one) as ReturnType<typeof responseOf>;
  const events: Any[] = eventsOf(one).map(({ data }) => data);
  const { response } = events.at(-1);
  for (const { type, item, output_index } of events) {
    if (type === "response.output_item.done") response.output[output_index] = item;
  }
  return response;
}

export function expectedOf(one: Recorded): Expected {
  if (isStreamed(one)) return expectedOfStream(eventsOf(one).map(({ data }) => data));
  return expectedOfWhole(replyOf(one));
}

/** A plan that fits a recorded request well enough to read its reply with. */
export function readingPlan(one: Recorded): Plan {
  const { model, stream } = requestOf(one) as { model: string; stream?: boolean };
  return one.provider.plan(
    { model: "", messages: [{ role: "user", content: "Hello" }], stream: !!stream },
    contextOf(one.prefix, `responses/${model}`),
  );
}

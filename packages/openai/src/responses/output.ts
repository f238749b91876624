/** What output items say: text, refusal, calls, reasoning, citations, images. Pure. */
import type { Annotation, Logprobs, ReplyMessage, TokenLogprob, ToolCall } from "@polycall/core";
import { argumentsText } from "../chat/tool-calls.ts";
import type { WireAnnotation, WireItem, WireLogprob, WirePart } from "./wire.ts";

type Names = Readonly<Record<string, string>> | undefined;

/** Between the pieces of the reasoning: summaries are paragraphs of their own. */
export const reasoningBreak = "\n\n";

/** The items' message parts of a kind, in order. */
function parts(items: readonly WireItem[], type: "output_text" | "refusal"): WirePart[] {
  return items.flatMap(({ type: kind, content }) =>
    kind === "message" ? (content ?? []).filter((part) => part.type === type) : [],
  );
}

/** All output text as one, as the SDK's own `output_text`. */
export function textOf(items: readonly WireItem[]): string {
  let text = "";
  for (const part of parts(items, "output_text")) text += part.text ?? "";
  return text;
}

export function refusalOf(items: readonly WireItem[]): string {
  let text = "";
  for (const part of parts(items, "refusal")) text += part.refusal ?? "";
  return text;
}

/** Summaries, and the reasoning itself where the host shows it. */
export function reasoningOf(items: readonly WireItem[]): string {
  return items
    .filter((item) => item.type === "reasoning")
    .flatMap((item) => [...(item.summary ?? []), ...(item.content ?? [])])
    .map((part) => part.text ?? "")
    .filter(Boolean)
    .join(reasoningBreak);
}

/** @param names names on the wire -> the caller's */
export function toolCallsOf(items: readonly WireItem[], names: Names): ToolCall[] {
  return items.flatMap((item, index): ToolCall[] => {
    const id = callId(item, index);
    const name = names?.[item.name ?? ""] ?? item.name ?? "";
    if (item.type === "custom_tool_call") {
      return [{ id, type: "custom", custom: { name, input: item.input ?? "" } }];
    }
    if (item.type !== "function_call") return [];
    return [{ id, type: "function", function: { name, arguments: argumentsText(item.arguments) } }];
  });
}

/** @param index where the item stands in the output */
export function callId({ call_id, id }: WireItem, index: number): string {
  return call_id || id || `call_${index}`;
}

export function isCall({ type }: WireItem): boolean {
  return type === "function_call" || type === "custom_tool_call";
}

/** Citations of web pages; their places are counted in the whole text, not in their part's. */
export function annotationsOf(items: readonly WireItem[]): Annotation[] {
  const annotations: Annotation[] = [];
  let offset = 0;
  for (const part of parts(items, "output_text")) {
    for (const wire of part.annotations ?? []) {
      const annotation = annotationOf(wire, offset);
      if (annotation) annotations.push(annotation);
    }
    offset += part.text?.length ?? 0;
  }
  return annotations;
}

export function annotationOf(wire: WireAnnotation, offset: number): Annotation | undefined {
  if (wire.type !== "url_citation" || !wire.url) return undefined;
  const { start_index, end_index, url, title } = wire;
  return {
    type: "url_citation",
    url_citation: {
      start_index: offset + (start_index ?? 0),
      end_index: offset + (end_index ?? 0),
      url,
      title: title ?? "",
    },
  };
}

export function imagesOf(items: readonly WireItem[]): NonNullable<ReplyMessage["images"]> {
  return items.flatMap(({ type, result, output_format }) => {
    if (type !== "image_generation_call" || !result) return [];
    const url = `data:image/${output_format ?? "png"};base64,${result}`;
    return [{ type: "image_url" as const, image_url: { url } }];
  });
}

export function logprobsOf(items: readonly WireItem[]): Logprobs | null {
  const content = parts(items, "output_text").flatMap((part) => tokensOf(part.logprobs));
  return content.length ? { content, refusal: null } : null;
}

export function tokensOf(logprobs: readonly WireLogprob[] | null | undefined): TokenLogprob[] {
  return (logprobs ?? []).map(({ token, bytes, logprob, top_logprobs }) => ({
    token: token ?? "",
    bytes: bytes ?? null,
    logprob: logprob ?? 0,
    top_logprobs: (top_logprobs ?? []).map((top) => ({
      token: top.token ?? "",
      bytes: top.bytes ?? null,
      logprob: top.logprob ?? 0,
    })),
  }));
}

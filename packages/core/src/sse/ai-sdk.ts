/**
 * Chunks as the AI SDK's UI message stream, version 1, which `useChat` reads. Source: `ai` 7.0,
 * `src/ui-message-stream/ui-message-chunks.ts`, read 2026-11-24. It knows one answer only: the first
 * choice.
 */
import { APIUserAbortError } from "../errors.ts";
import type { CompletionChunk, FinishReason, ToolCallDelta } from "../types/completion.ts";
import type { EventEncoder } from "./respond.ts";

const finishReasons: Record<FinishReason, string> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool-calls",
  function_call: "tool-calls",
  content_filter: "content-filter",
};

interface OpenCall {
  id: string;
  name: string;
  text: string;
  /** Its start has been told; until then its name has not come. */
  started: boolean;
}

export function aiSdkEvents(): EventEncoder {
  let events = "";
  let begun = false;
  let finishReason: string | undefined;
  let open: { kind: "text" | "reasoning"; id: string } | undefined;
  let parts = 0;
  const calls = new Map<number, OpenCall>();

  const say = (event: { type: string; [field: string]: unknown }) => {
    events += `data: ${JSON.stringify(event)}\n\n`;
  };
  const said = () => {
    const text = events;
    events = "";
    return text;
  };
  const begin = () => {
    if (begun) return;
    begun = true;
    say({ type: "start" });
    say({ type: "start-step" });
  };
  const closePart = () => {
    if (open) say({ type: `${open.kind}-end`, id: open.id });
    open = undefined;
  };
  const piece = (kind: "text" | "reasoning", delta: string) => {
    if (open?.kind !== kind) {
      closePart();
      open = { kind, id: `${kind}-${parts++}` };
      say({ type: `${kind}-start`, id: open.id });
    }
    say({ type: `${kind}-delta`, id: open.id, delta });
  };
  const callPiece = ({ index, id, function: named }: ToolCallDelta) => {
    const call = calls.get(index) ?? { id: "", name: "", text: "", started: false };
    calls.set(index, call);
    call.id ||= id ?? "";
    call.name ||= named?.name ?? "";
    let delta = named?.arguments ?? "";
    call.text += delta;
    if (!call.started) {
      if (!call.name) return;
      closePart();
      call.started = true;
      call.id ||= `call-${index}`;
      say({ type: "tool-input-start", toolCallId: call.id, toolName: call.name });
      delta = call.text;
    }
    if (delta) say({ type: "tool-input-delta", toolCallId: call.id, inputTextDelta: delta });
  };
  const closeCalls = () => {
    for (const { id, name, text, started } of calls.values()) {
      if (started) say(wholeCall(id, name, text));
    }
    calls.clear();
  };

  return {
    headers: { "x-vercel-ai-ui-message-stream": "v1" },
    chunk({ choices }: CompletionChunk) {
      begin();
      const choice = choices.find(({ index }) => index === 0);
      if (choice) {
        const { reasoning_content, content, refusal, tool_calls, annotations } = choice.delta;
        if (reasoning_content) piece("reasoning", reasoning_content);
        if (content) piece("text", content);
        if (refusal) piece("text", refusal);
        tool_calls?.forEach(callPiece);
        for (const { url_citation } of annotations ?? []) {
          const { url, title } = url_citation;
          say({ type: "source-url", sourceId: url, url, title });
        }
        if (choice.finish_reason) finishReason = finishReasons[choice.finish_reason] ?? "other";
      }
      return said();
    },
    end() {
      begin();
      closePart();
      closeCalls();
      say({ type: "finish-step" });
      say({ type: "finish", finishReason });
      return `${said()}data: [DONE]\n\n`;
    },
    error(error) {
      begin();
      const { message } = error as Error;
      if (error instanceof APIUserAbortError) say({ type: "abort", reason: message });
      else say({ type: "error", errorText: message });
      return `${said()}data: [DONE]\n\n`;
    },
  };
}

/** A call whose arguments have all come; those that are not JSON are told as they are. */
function wholeCall(toolCallId: string, toolName: string, text: string) {
  const named = { toolCallId, toolName };
  try {
    const input: unknown = text.trim() === "" ? {} : JSON.parse(text);
    return { type: "tool-input-available", ...named, input };
  } catch {
    const errorText = "The model wrote arguments that are not JSON.";
    return { type: "tool-input-error", ...named, input: text, errorText };
  }
}

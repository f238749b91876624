/** Messages, arguments and results as the conventions write them: JSON in an attribute, only where it is wanted. */
import type { Attributes } from "@opentelemetry/api";
import type { AssistantMessage, Message, UserPart } from "@polycall/core";
import type { SpanEnd, SpanInfo } from "../observer.ts";
import { content as names } from "./names.ts";

interface Part {
  type: string;
  [key: string]: unknown;
}

/** What the user wants by OpenTelemetry's own variable. */
export function wantedByEnvironment(): boolean {
  const { env } =
    (globalThis as { process?: { env?: Record<string, string | undefined> } }).process ?? {};
  const value = env?.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT ?? "";
  return /^(true|1|span_only|span_and_event)$/i.test(value.trim());
}

export function contentAtStart(span: SpanInfo): Attributes {
  if (span.kind === "tool") return { [names.callArguments]: json(span.args) };
  if (span.kind === "agent") return {};
  const { messages, tools } = span.request;
  const system = messages.filter(({ role }) => role === "system" || role === "developer");
  const said = messages.filter((message) => !system.includes(message));
  return {
    ...(system.length > 0 && { [names.system]: json(system.flatMap(partsOf)) }),
    [names.input]: json(said.map((message) => ({ role: message.role, parts: partsOf(message) }))),
    ...(tools?.length && { [names.tools]: json(tools.map(definition)) }),
  };
}

export function contentAtEnd(span: SpanInfo, { output, finish_reason }: SpanEnd): Attributes {
  if (output === undefined || output === null) return {};
  if (span.kind === "tool") return { [names.callResult]: text(output) };
  const parts =
    span.kind === "model"
      ? partsOf(output as unknown as AssistantMessage)
      : [{ type: "text", content: text(output) }];
  const message = { role: "assistant", parts, ...(finish_reason && { finish_reason }) };
  return { [names.output]: json([message]) };
}

function partsOf(message: Message): Part[] {
  const { content } = message;
  if (message.role === "tool") {
    const response =
      typeof content === "string" ? content : ((content ?? []) as UserPart[]).map(partOf);
    return [{ type: "tool_call_response", id: message.tool_call_id, response }];
  }
  const said = (typeof content === "string" ? [{ type: "text", text: content }] : content) ?? [];
  const parts = (said as UserPart[]).map(partOf).filter((part) => part.content !== "");
  if (message.role !== "assistant") return parts;
  const { reasoning_content, tool_calls = [] } = message;
  return [
    ...(reasoning_content ? [{ type: "reasoning", content: reasoning_content }] : []),
    ...parts,
    ...(tool_calls ?? []).map((call) =>
      call.type === "function"
        ? {
            type: "tool_call",
            id: call.id,
            name: call.function.name,
            arguments: parsed(call.function.arguments),
          }
        : { type: "tool_call", id: call.id, name: call.custom.name, arguments: call.custom.input },
    ),
  ];
}

/** Data is named, not repeated: a trace is no place for megabytes. */
function partOf(part: UserPart): Part {
  if (part.type === "text") return { type: "text", content: part.text };
  if ("refusal" in part) return { type: "refusal", content: part.refusal };
  if (part.type !== "image_url") return { type: part.type };
  const { url } = part.image_url;
  return url.startsWith("data:")
    ? { type: "image_url" }
    : { type: "uri", modality: "image", uri: url };
}

const definition = (tool: object) => {
  const { name } = (tool as { function?: { name?: string } }).function ?? {};
  return { type: "function", name };
};

function parsed(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return written;
  }
}

const text = (value: unknown) => (typeof value === "string" ? value : json(value));

/** What a message holds of a user's own may be no JSON; that must not end a run. */
function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch (error) {
    return `(not JSON: ${(error as Error).message.split("\n")[0]})`;
  }
}

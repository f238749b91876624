/** The history as Gemini's `contents`: roles user and model, calls and results as parts. */
import {
  type AssistantMessage,
  type Changes,
  callArguments,
  callName,
  foreignCallKeys,
  type Message,
  parseDataUrl,
  type TextPart,
  type ToolMessage,
  Trail,
  type UserMessage,
  warnOfLostMedia,
} from "@polycall/core";
import { knownMessage, unknownKeys } from "./keys.ts";
import { partOf } from "./media.ts";
import type { ModelFacts } from "./models.ts";
import type { Service } from "./service.ts";
import { keptParts, noSignature, stillFits } from "./state.ts";
import type { WireContent, WirePart } from "./wire.ts";

export interface History {
  readonly service: Service;
  readonly facts: ModelFacts;
  readonly provider: string;
  readonly endpoint: string;
  readonly changes: Changes;
}

/** Whether every file in a tool result can stand in a functionResponse: bytes of a kind that it takes. */
export function resultsFit(messages: readonly Message[]): boolean {
  return messages.every(
    (message) =>
      message.role !== "tool" ||
      typeof message.content === "string" ||
      message.content.every((part) => {
        if (part.type === "text") return true;
        const url = part.type === "image_url" ? part.image_url.url : undefined;
        const data = part.type === "file" ? part.file.file_data : url;
        const type = data && parseDataUrl(data)?.mediaType;
        return !!type && /^(image\/(png|jpeg|webp)|application\/pdf|text\/plain)$/.test(type);
      }),
  );
}

/** System texts as `systemInstruction`. */
export function systemOf(system: readonly TextPart[]): { parts: WirePart[] } | undefined {
  const parts = system.map(
    (part): WirePart => ({
      text: part.text,
      ...unknownKeys(part, knownText),
    }),
  );
  return parts.length ? { parts } : undefined;
}
const knownText = new Set(["type", "text", "cache_control"]);

/**
 * The turns. Neighbours of one role are one content: results and the user's words after them.
 * @param messages without system messages, every call with its result right after it
 */
export function contentsOf(messages: readonly Message[], history: History): WireContent[] {
  const contents: WireContent[] = [];
  const calls = new Map<string, { name: string; id: string | undefined }>();
  const trail = Trail.of(messages, history.changes);
  for (const message of messages) {
    const content = contentOf(message, trail.place(message), calls, history);
    const last = contents.at(-1);
    if (last?.role === content.role) {
      const { parts } = last;
      for (const part of content.parts) parts.push(part);
      Object.assign(last, content, { parts });
    } else contents.push(content);
  }
  if (history.service.vertex) withText(contents, history.changes);
  return contents;
}

/** Tool-call id -> the called name and the id on the wire, of the latest turn that used it. */
type Calls = Map<string, { name: string; id: string | undefined }>;

function contentOf(message: Message, place: string, calls: Calls, history: History): WireContent {
  const rest = message.role === "tool" ? {} : unknownKeys(message, knownMessage);
  if (message.role !== "tool" && "name" in message && message.name) {
    const reason = "Gemini's messages have no name";
    const { name } = message;
    history.changes.hint({ param: `${place}.name`, action: "dropped", from: name, reason });
  }
  switch (message.role) {
    case "assistant":
      return { role: "model", parts: modelParts(message, place, calls, history), ...rest };
    case "tool":
      return { role: "user", parts: [resultPart(message, place, calls, history)], ...rest };
    default:
      return { role: "user", parts: userParts(message as UserMessage, place, history), ...rest };
  }
}

function userParts(
  { content }: UserMessage,
  place: string,
  { service, changes }: History,
): WirePart[] {
  if (typeof content === "string") return [{ text: content }];
  const parts = content.map((part, index) =>
    partOf(part, { service, changes, place: `${place}.content[${index}]` }),
  );
  return parts.length ? parts : [{ text: "" }];
}

function modelParts(
  message: AssistantMessage,
  place: string,
  calls: Calls,
  history: History,
): WirePart[] {
  const { changes, provider, endpoint } = history;
  const kept = keptParts(message, provider, endpoint);
  if (kept && stillFits(kept, message)) {
    const sent = kept.flatMap(({ functionCall }) => (functionCall ? [functionCall] : []));
    for (const [index, call] of (message.tool_calls ?? []).entries()) {
      calls.set(call.id, { name: callName(call), id: sent[index]!.id });
    }
    return signed(kept, place, history);
  }
  if (kept) {
    changes.note({
      param: `${place}.provider_state`,
      action: "repaired",
      reason:
        "the message no longer says what the model wrote, so its thoughts and signatures are left out",
    });
  }
  warnOfLostMedia(message, place, ["audio", "images"], "Gemini", changes);
  return signed(rebuiltParts(message, place, calls, history), place, history);
}

/** Gives a turn's first call the stand-in signature where the model insists on one and it has none. */
function signed(
  parts: readonly WirePart[],
  place: string,
  { facts, changes }: History,
): WirePart[] {
  const first = parts.findIndex((part) => part.functionCall);
  if (!facts.signatures || first < 0 || parts[first]!.thoughtSignature) return [...parts];
  const reason =
    "this model refuses a call without the signature of the thought behind it, and this one has none";
  changes.note({
    param: `${place}.tool_calls[0]`,
    action: "repaired",
    to: noSignature,
    reason,
    rule: "gemini/call-without-signature",
  });
  return parts.with(first, { ...parts[first], thoughtSignature: noSignature });
}

function rebuiltParts(
  message: AssistantMessage,
  place: string,
  calls: Calls,
  { service, changes }: History,
): WirePart[] {
  const parts: WirePart[] = textParts(message);
  for (const [index, call] of (message.tool_calls ?? []).entries()) {
    const where = `${place}.tool_calls[${index}]`;
    const name = callName(call);
    const id = service.vertex ? undefined : call.id;
    calls.set(call.id, { name, id });
    const thoughtSignature = signatureOf(call);
    parts.push({
      functionCall: {
        ...(id && { id }),
        name,
        args: callArguments(call, where, changes),
        ...unknownKeys(call, knownCall),
        ...(call.type === "function" && unknownKeys(call.function, knownFunction)),
      },
      ...(thoughtSignature && { thoughtSignature }),
    });
  }
  return parts.length ? parts : [{ text: "" }];
}
const knownCall = new Set(["id", "type", "function", "custom", ...foreignCallKeys]);
const knownFunction = new Set(["name", "arguments", ...foreignCallKeys]);

/** Where Google's OpenAI-compatible endpoint puts a call's signature. */
function signatureOf(call: object): string | undefined {
  const { extra_content } = call as {
    extra_content?: { google?: { thought_signature?: string } } | null;
  };
  return extra_content?.google?.thought_signature;
}

function textParts({ content, refusal }: AssistantMessage): WirePart[] {
  const whole = typeof content === "string" ? content : !content?.length && refusal;
  if (whole) return [{ text: whole }];
  const parts: WirePart[] = [];
  for (const part of typeof content === "string" ? [] : (content ?? [])) {
    const text = part.type === "text" ? part.text : part.refusal;
    if (text) parts.push({ text, ...unknownKeys(part, knownAssistantText) });
  }
  return parts;
}
const knownAssistantText = new Set([...knownText, "refusal", "annotations"]);

function resultPart(
  message: ToolMessage,
  place: string,
  calls: Calls,
  { service, changes }: History,
): WirePart {
  const call = calls.get(message.tool_call_id);
  const { content } = message;
  const texts: string[] = [];
  const media: WirePart[] = [];
  for (const [index, part] of typeof content === "string" ? [] : content.entries()) {
    if (part.type === "text") texts.push(part.text);
    else media.push(partOf(part, { service, changes, place: `${place}.content[${index}]` }));
  }
  const output = typeof content === "string" ? content : texts.join("\n");
  return {
    functionResponse: {
      ...(call?.id && { id: call.id }),
      name: call?.name ?? "unknown",
      response: { output },
      ...(media.length && { parts: media }),
      ...unknownKeys(message, knownMessage),
    },
  };
}

/**
 * Vertex AI answers "it has an empty text parameter" to an empty text, and "must have a text
 * parameter" to a user turn of media alone.
 */
function withText(contents: WireContent[], changes: Changes): void {
  for (const content of contents) {
    const said = content.parts.filter((part) => part.text !== "" || Object.keys(part).length > 1);
    const isMedia = said.every((part) => part.inlineData || part.fileData);
    const wantsText = isMedia && (content.role === "user" || !said.length);
    if (said.length === content.parts.length && !wantsText) continue;
    content.parts = wantsText ? [...said, { text: " " }] : said;
    const reason = "Vertex AI takes no empty text, and wants a text beside media";
    changes.note({
      param: "messages",
      action: "repaired",
      to: wantsText ? " " : undefined,
      reason,
    });
  }
}

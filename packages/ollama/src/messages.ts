/** OpenAI's messages as Ollama's: texts as strings, images beside them, arguments as objects. */
import {
  type AssistantMessage,
  answerOrphanCalls,
  type Changes,
  callArguments,
  callName,
  dropOrphanResults,
  isForeign,
  legacyFunctions,
  type Message,
  orderResults,
  parseDataUrl,
  placeOf,
  resultImages,
  systemImages,
  toolCallIds,
  warnOfLostMedia,
} from "@polycall/core";
import type { OllamaMessage, OllamaToolCall } from "./wire.ts";

/** In the order in which they build on each other. */
const passes = [
  legacyFunctions,
  systemImages,
  resultImages,
  dropOrphanResults,
  answerOrphanCalls,
  orderResults,
  uniqueIds,
] as const;

/** A result is sent with its tool's name, found by id: an id that is used twice would find the wrong one. */
function uniqueIds(messages: readonly Message[], changes: Changes): readonly Message[] {
  return toolCallIds(messages, changes, { valid: /./, unique: true });
}

/**
 * The history in Ollama's words. Keys that polycall does not know stay on their message.
 * @throws UnsupportedParamsError for an image by URL, audio, files and unknown parts
 */
export function ollamaMessages(
  given: readonly Message[],
  provider: string,
  changes: Changes,
): OllamaMessage[] {
  let messages = given;
  for (const pass of passes) messages = pass(messages, changes);
  const names = new Map<string, string>();
  return messages.map((message) => {
    const place = placeOf(message, messages, changes);
    if (message.role !== "assistant") return one(message, place, names, changes);
    for (const call of message.tool_calls ?? []) names.set(call.id, callName(call));
    return assistant(message, provider, place, changes);
  });
}

function one(
  message: Exclude<Message, AssistantMessage>,
  place: string,
  names: ReadonlyMap<string, string>,
  changes: Changes,
): OllamaMessage {
  const { role, content, name, ...rest } = message as typeof message & { name?: string };
  noName(name, place, changes);
  const read = readContent(content, place, changes);
  if (message.role === "tool") {
    const tool_name = names.get(message.tool_call_id);
    return { ...rest, role: "tool", ...read, ...(tool_name !== undefined && { tool_name }) };
  }
  return { ...rest, role: role === "developer" ? "system" : role, ...read };
}

function noName(name: string | undefined, place: string, changes: Changes): void {
  if (name === undefined) return;
  const reason = "Ollama's messages have no name";
  changes.hint({ param: `${place}.name`, action: "dropped", from: name, reason });
}

/** What a reply's message has beside a request's. */
interface Noted {
  images?: unknown;
  annotations?: unknown;
}

function assistant(
  message: AssistantMessage,
  provider: string,
  place: string,
  changes: Changes,
): OllamaMessage {
  const { role, content, name, refusal, tool_calls, ...others } = message;
  const {
    audio: _audio,
    function_call: _call,
    reasoning_content,
    thinking_blocks: _thinking,
    ...stated
  } = others;
  const { provider_state: _state, ...noted } = stated;
  const { images: _images, annotations: _annotations, ...rest } = noted as Noted;
  noName(name, place, changes);
  warnOfLostMedia(message, place, ["audio", "images"], "Ollama", changes);
  const { content: text } = readContent(content, place, changes);
  const thinking = isForeign(message, provider) ? undefined : reasoning_content;
  return {
    ...rest,
    role,
    content: text + (refusal ?? ""),
    ...(thinking && { thinking }),
    ...(tool_calls?.length && {
      tool_calls: tool_calls.map((call, at): OllamaToolCall => {
        const args = callArguments(call, `${place}.tool_calls[${at}]`, changes);
        const known = call.type === "custom" ? {} : call;
        const fn = call.type === "custom" ? {} : call.function;
        return {
          ...known,
          id: call.id,
          function: { ...fn, name: callName(call), arguments: args },
        };
      }),
    }),
  };
}

function readContent(
  content: Message["content"],
  place: string,
  changes: Changes,
): { content: string; images?: string[] } {
  if (typeof content === "string") return { content };
  const texts: string[] = [];
  const images: string[] = [];
  for (const [at, part] of (content ?? []).entries()) {
    const param = `${place}.content[${at}]`;
    if (part.type === "text") texts.push(part.text);
    else if (part.type === "refusal") texts.push(part.refusal);
    else if (part.type === "image_url") images.push(imageData(part.image_url.url, param, changes));
    else {
      const { type } = part;
      changes.refuse(param, `Ollama reads text and images only (${param} is ${type}).`);
    }
    if ("cache_control" in part && part.cache_control) {
      changes.hint({
        param: `${param}.cache_control`,
        action: "dropped",
        from: part.cache_control,
        reason: "Ollama keeps the last prompt by itself and takes no cache marks",
      });
    }
  }
  return { content: texts.join("\n"), ...(images.length && { images }) };
}

function imageData(url: string, param: string, changes: Changes): string {
  const data = parseDataUrl(url)?.data;
  if (data) return data;
  return changes.refuse(
    param,
    `Ollama does not fetch images (${param} is a URL).`,
    "Fetch it and send its bytes: imagePart(bytes).",
  );
}

/** What Chat Completions refuse beyond the types: pairing, bounds, names, strict schemas. */
import type { JsonObject } from "../../json.ts";
import { asArray, asObject, asString } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import type { Checked } from "../checked.ts";
import { openaiRefusal } from "../words/openai.ts";
import { hostRules } from "./hosts.ts";
import { outOfBounds } from "./numbers.ts";
import { refuseImages } from "./openai-images.ts";
import { refuseChatModel } from "./openai-models.ts";
import { refuseChoices, refuseFormat, refuseFunction, refuseName } from "./openai-tools.ts";

const MAX_CALL_ID = 40;

const bounds = [
  { param: "temperature", min: 0, max: 2 },
  { param: "top_p", min: 0, max: 1 },
  { param: "presence_penalty", min: -2, max: 2 },
  { param: "frequency_penalty", min: -2, max: 2 },
  { param: "n", min: 1, max: 128, whole: true },
  { param: "top_logprobs", min: 0, max: 20, whole: true },
  { param: "max_tokens", min: 1, whole: true },
  { param: "max_completion_tokens", min: 1, whole: true },
];

function callIds(message: JsonObject): string[] {
  return asArray(message.tool_calls).map((call) => asString(asObject(call).id));
}

function unanswered(ids: string[], index: number): Refusal {
  const message =
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each " +
    `'tool_call_id'. The following tool_call_ids did not have response messages: ${ids.join(", ")}`;
  return openaiRefusal(message, `messages.[${index}].role`);
}

/** Each call has its result directly after, each result its call before. */
function refusePairing(messages: JsonObject[]): Refusal | undefined {
  let open: string[] = [];
  let answered: string[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === "tool") {
      const id = asString(message.tool_call_id);
      if (!open.includes(id) && !answered.includes(id)) {
        const told =
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message " +
          "with 'tool_calls'.";
        return openaiRefusal(told, `messages.[${index}].role`);
      }
      answered.push(id);
      open = open.filter((each) => each !== id);
      continue;
    }
    if (open.length > 0) return unanswered(open, index);
    open = message.role === "assistant" ? callIds(message) : [];
    answered = [];
  }
  return open.length > 0 ? unanswered(open, messages.length - 1) : undefined;
}

function refuseMessages(messages: JsonObject[]): Refusal | undefined {
  for (const [index, message] of messages.entries()) {
    const image = refuseImages(message, index);
    if (image) return image;
    const at = `messages[${index}]`;
    const calls = callIds(message);
    const isBare = message.content === undefined || message.content === null;
    if (message.role === "assistant" && isBare && calls.length === 0 && !message.function_call) {
      if (message.refusal || message.audio) continue;
      const told = `Invalid value for 'content': expected a string, got null.`;
      return openaiRefusal(told, `messages.[${index}].content`);
    }
    if (Array.isArray(message.tool_calls) && calls.length === 0) {
      const param = `${at}.tool_calls`;
      const told = `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`;
      return openaiRefusal(told, param, "empty_array");
    }
    for (const [place, call] of asArray(message.tool_calls).map(asObject).entries()) {
      if (call.type !== "function") continue;
      const name = asString(asObject(call.function).name);
      const refusal = refuseName(name, `${at}.tool_calls[${place}].function.name`);
      if (refusal) return refusal;
    }
    const long = calls.findIndex((id) => id.length > MAX_CALL_ID);
    if (long !== -1) {
      const param = `${at}.tool_calls[${long}].id`;
      const told = `Invalid '${param}': string too long. Expected a string with maximum length ${MAX_CALL_ID}, but got a string with length ${calls[long]?.length} instead.`;
      return openaiRefusal(told, param, "string_above_max_length");
    }
  }
  return undefined;
}

function refuseJsonMode(body: JsonObject): Refusal | undefined {
  if (asObject(body.response_format).type !== "json_object") return undefined;
  if (/json/i.test(JSON.stringify(body.messages))) return undefined;
  const told =
    "'messages' must contain the word 'json' in some form, to use 'response_format' of type " +
    "'json_object'.";
  return openaiRefusal(told, "messages");
}

function refuseOldLimit(body: JsonObject): Refusal | undefined {
  const isReasoning = /^(o[134](-|$)|gpt-5(?!-chat)|gpt-6)/.test(asString(body.model));
  if (!isReasoning || typeof body.max_tokens !== "number") return undefined;
  const told =
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use " +
    "'max_completion_tokens' instead.";
  return openaiRefusal(told, "max_tokens", "unsupported_parameter");
}

function refuseStreamOptions({ stream, stream_options }: JsonObject): Refusal | undefined {
  if (stream === true || (stream_options ?? null) === null) return undefined;
  const told = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
  return openaiRefusal(told, "stream_options");
}

function refuseStop(body: JsonObject): Refusal | undefined {
  const count = asArray(body.stop).length;
  if (count <= 4) return undefined;
  const told = `Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length ${count} instead.`;
  return openaiRefusal(told, "stop", "array_above_max_length");
}

function refuseTools(body: JsonObject): Refusal | undefined {
  for (const [index, tool] of asArray(body.tools).map(asObject).entries()) {
    if (tool.type !== "function") continue;
    const refusal = refuseFunction(asObject(tool.function), `tools[${index}].function`);
    if (refusal) return refusal;
  }
  const format = asObject(body.response_format);
  if (format.type !== "json_schema") return undefined;
  return refuseFormat(asObject(format.json_schema), "response_format");
}

/** The first rule a Chat Completions request breaks; hosts keep only the pairing and rules of their own. */
export function chatRules({ body, route }: Checked): Refusal | undefined {
  const messages = asArray(body.messages).map(asObject);
  if (messages.length === 0) {
    const told =
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.";
    return openaiRefusal(told, "messages", "empty_array");
  }
  const pairing = refusePairing(messages) ?? hostRules(route.provider.name, body, messages);
  if (pairing || route.provider.chat.lenient) return pairing;
  return (
    refuseMessages(messages) ??
    outOfBounds(body, bounds) ??
    refuseOldLimit(body) ??
    refuseChatModel(body) ??
    refuseStreamOptions(body) ??
    refuseStop(body) ??
    refuseChoices(body) ??
    refuseTools(body) ??
    refuseJsonMode(body)
  );
}

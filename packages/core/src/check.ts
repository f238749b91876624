/** Whether a request is one at all: types, roles, and values that JSON can carry. */
import { InvalidRequestError } from "./errors.ts";
import type { Kind } from "./params.ts";

const deepest = 200;

function wrong(path: string, must: string, value: unknown): InvalidRequestError {
  const came = value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
  const shown = typeof value === "number" ? String(value) : came;
  return new InvalidRequestError(`${path} must be ${must}, not ${shown}.`, { param: path });
}

const isObject = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const kinds: Record<Kind, (value: unknown) => boolean> = {
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number" && Number.isFinite(value),
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === "boolean",
  object: isObject,
  array: Array.isArray,
  "string or array": (value) => typeof value === "string" || Array.isArray(value),
  "string or object": (value) => typeof value === "string" || isObject(value),
};

/** Every known parameter is of its kind; null is OpenAI's "not given". @throws InvalidRequestError */
export function checkKinds(
  request: Record<string, unknown>,
  known: Readonly<Record<string, Kind>>,
): void {
  for (const [name, kind] of Object.entries(known)) {
    const value = request[name];
    if (value === undefined || (value === null && name !== "messages")) continue;
    const article = /^[aio]/.test(kind) ? "an" : "a";
    if (!kinds[kind](value)) throw wrong(name, `${article} ${kind}`, value);
  }
}

const roles = new Set(["system", "developer", "user", "assistant", "tool", "function"]);

/** @throws InvalidRequestError naming the message and the part */
export function checkMessages(messages: readonly unknown[] | undefined): void {
  if (!Array.isArray(messages)) throw wrong("messages", "an array", messages);
  if (messages.length === 0) {
    throw new InvalidRequestError("messages must hold at least one message.", {
      param: "messages",
    });
  }
  messages.forEach((message, i) => {
    checkMessage(message, `messages[${i}]`);
  });
}

function checkMessage(message: unknown, path: string): void {
  if (!isObject(message)) throw wrong(path, "an object", message);
  const { role, content, tool_calls, tool_call_id } = message as Record<string, unknown>;
  if (!roles.has(role as string)) {
    throw wrong(`${path}.role`, `one of ${[...roles].join(", ")}`, role);
  }
  if (role === "tool" && typeof tool_call_id !== "string") {
    throw wrong(`${path}.tool_call_id`, "the id of the call that this answers", tool_call_id);
  }
  checkToolCalls(tool_calls, `${path}.tool_calls`);
  if (typeof content === "string") return;
  if (Array.isArray(content)) {
    content.forEach((part, i) => {
      if (typeof part?.type !== "string") {
        throw wrong(`${path}.content[${i}]`, 'a part with a "type"', part);
      }
      if (part.type === "text" && typeof part.text !== "string") {
        throw wrong(`${path}.content[${i}].text`, "a string", part.text);
      }
    });
    return;
  }
  const mayBeAbsent = role === "assistant" || role === "function";
  if (!(mayBeAbsent && (content === null || content === undefined))) {
    throw wrong(`${path}.content`, "a string or an array of parts", content);
  }
}

function checkToolCalls(calls: unknown, path: string): void {
  if (calls === undefined || calls === null) return;
  if (!Array.isArray(calls)) throw wrong(path, "an array", calls);
  calls.forEach((call, i) => {
    if (typeof call?.id !== "string") throw wrong(`${path}[${i}].id`, "a string", call?.id);
    if (call.type !== "custom" && typeof call.function?.name !== "string") {
      throw wrong(`${path}[${i}].function.name`, "a string", call.function?.name);
    }
  });
}

/**
 * Everything in `value` can be carried by JSON and arrives as it was: no NaN, no bigint, no
 * function, no half of a surrogate pair, no cycle.
 * @throws InvalidRequestError naming the path
 */
export function checkJson(value: unknown, path = "", depth = 0): void {
  switch (typeof value) {
    case "string":
      if (!value.isWellFormed()) {
        throw new InvalidRequestError(
          `${path} holds half of a surrogate pair (a character cut in two); use .toWellFormed().`,
          { param: path },
        );
      }
      return;
    case "number":
      if (!Number.isFinite(value)) throw wrong(path, "a finite number", value);
      return;
    case "boolean":
    case "undefined":
      return;
    case "object":
      break;
    default:
      throw wrong(path, "something that JSON can carry", value);
  }
  if (value === null) return;
  if (depth > deepest) {
    throw new InvalidRequestError(`${path} is nested more than ${deepest} deep, or in a cycle.`, {
      param: path.slice(0, 200),
    });
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) checkJson(value[i], `${path}[${i}]`, depth + 1);
    return;
  }
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    throw new InvalidRequestError(
      `${path} holds raw bytes; make a part of them with imagePart(), audioPart() or filePart().`,
      { param: path },
    );
  }
  for (const key of Object.keys(value)) {
    const child = (value as Record<string, unknown>)[key];
    checkJson(child, path ? `${path}.${key}` : key, depth + 1);
  }
}

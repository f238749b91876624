/** Whether a request is one at all: kinds of its parameters, and values that JSON can carry. */
import { checkShape, checkVariant, isBytes, type Shape, wrong } from "./check-shape.ts";
import { InvalidRequestError } from "./errors.ts";
import type { Kind } from "./params.ts";

const deepest = 200;

/** What stands inside the parameters that adapters take apart. */
const inside: Readonly<Record<string, Shape>> = {
  audio: { format: "string", voice: "string or object" },
  functions: [{ name: "string", "parameters?": "object" }],
  modalities: ["string"],
  response_format: { type: "string" },
};

const formats: Readonly<Record<string, Shape>> = {
  json_schema: { json_schema: { name: "string", "schema?": "object" } },
};

const choices: Readonly<Record<string, Shape>> = {
  function: { function: { name: "string" } },
  custom: { custom: { name: "string" } },
  allowed_tools: { allowed_tools: { mode: "string", tools: "array" } },
};

const choiceWords = ["none", "auto", "required"];

/** Every known parameter is of its kind; null is OpenAI's "not given". @throws InvalidRequestError */
export function checkKinds(
  request: Record<string, unknown>,
  known: Readonly<Record<string, Kind>>,
): void {
  for (const [name, kind] of Object.entries(known)) {
    const value = request[name];
    if (value === undefined || (value === null && name !== "messages")) continue;
    checkShape(value, kind, name);
  }
}

/** What parameters of a completion hold, where adapters take it apart. @throws InvalidRequestError */
export function checkParams(request: Record<string, unknown>): void {
  for (const [name, shape] of Object.entries(inside)) {
    const value = request[name];
    if (value !== undefined && value !== null) checkShape(value, shape, name);
  }
  const { stop, response_format, tool_choice } = request;
  if (Array.isArray(stop)) checkShape(stop, ["string"], "stop");
  checkVariant(response_format, formats, "response_format");
  checkVariant(tool_choice, choices, "tool_choice");
  if (typeof tool_choice === "string" && !choiceWords.includes(tool_choice)) {
    throw new InvalidRequestError(
      `tool_choice must be one of ${choiceWords.join(", ")} or an object, not "${tool_choice}".`,
      { param: "tool_choice" },
    );
  }
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
  if (isBytes(value)) throw wrong(path, "something that JSON can carry", value);
  for (const key of Object.keys(value)) {
    const child = (value as Record<string, unknown>)[key];
    checkJson(child, path ? `${path}.${key}` : key, depth + 1);
  }
}

/** Whether a request is one at all: kinds of its parameters, and values that JSON can carry. */
import {
  checkShape,
  checkVariant,
  type Fault,
  isBytes,
  mustBe,
  type Shape,
  under,
} from "./check-shape.ts";
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
  for (const name of Object.keys(request)) {
    const value = request[name];
    if (value === undefined || (value === null && name !== "messages")) continue;
    if (Object.hasOwn(known, name)) checkShape(value, known[name]!, name);
  }
}

/** What parameters of a completion hold, where adapters take it apart. @throws InvalidRequestError */
export function checkParams(request: Record<string, unknown>): void {
  for (const name in inside) {
    const value = request[name];
    if (value !== undefined && value !== null) checkShape(value, inside[name]!, name);
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

/** What would arrive as `{}`. */
function isLost(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return false;
  const kind = Object.prototype.toString.call(value);
  return isBytes(value) || /^.object (Map|Set|Promise|RegExp)/.test(kind);
}

/**
 * Everything in `value` can be carried by JSON and arrives as it was: no NaN, no bigint, no
 * function, no half of a surrogate pair, no cycle.
 * @throws InvalidRequestError naming the path
 */
export function checkJson(value: Readonly<Record<string, unknown>>): void {
  const fault = faultIn(value, 0);
  if (fault) throw fault.error(fault.path.replace(/^\./, ""));
}

function faultIn(value: unknown, depth: number): Fault | undefined {
  switch (typeof value) {
    case "string":
      return value.isWellFormed() ? undefined : { path: "", error: halfPair };
    case "number":
      return Number.isFinite(value) ? undefined : mustBe("a finite number", value);
    case "boolean":
    case "undefined":
      return undefined;
    case "object":
      break;
    default:
      return mustBe("something that JSON can carry", value);
  }
  if (value === null) return undefined;
  if (depth > deepest) return { path: "", error: tooDeep };
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const fault = faultIn(value[i], depth + 1);
      if (fault) return under(fault, `[${i}]`);
    }
    return undefined;
  }
  if (isLost(value)) return mustBe("something that JSON can carry (no Map, Set or promise)", value);
  // Not Object.keys(): this runs through the whole history at every call.
  for (const key in value) {
    const fault = faultIn((value as Record<string, unknown>)[key], depth + 1);
    if (fault && Object.hasOwn(value, key)) return under(fault, `.${key}`);
  }
  return undefined;
}

function halfPair(path: string): InvalidRequestError {
  return new InvalidRequestError(
    `${path} holds half of a surrogate pair (a character cut in two); use .toWellFormed().`,
    { param: path },
  );
}

function tooDeep(path: string): InvalidRequestError {
  return new InvalidRequestError(`${path} is nested more than ${deepest} deep, or in a cycle.`, {
    param: path.slice(0, 200),
  });
}

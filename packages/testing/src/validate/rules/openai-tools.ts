/** What OpenAI asks of declared functions, in Chat Completions and Responses alike. */
import { asObject, asString, type JsonObject } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import { openaiRefusal } from "../words/openai.ts";
import { strictProblem } from "./openai-strict.ts";

/** Refuses a name that is not `^[a-zA-Z0-9_-]{1,64}$`. */
export function refuseName(name: string, param: string): Refusal | undefined {
  if (name.length > 64) {
    const message = `Invalid '${param}': string too long. Expected a string with maximum length 64, but got a string with length ${name.length} instead.`;
    return openaiRefusal(message, param, "string_above_max_length");
  }
  if (!/^[a-zA-Z0-9_-]+$/.test(name)) {
    const message = `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`;
    return openaiRefusal(message, param, "invalid_value");
  }
  return undefined;
}

/** Refuses a declared function by its name or its strict schema. @param where its path */
export function refuseFunction(declared: JsonObject, where: string): Refusal | undefined {
  const name = asString(declared.name);
  const badName = refuseName(name, `${where}.name`);
  if (badName || declared.strict !== true) return badName;
  const problem = strictProblem(asObject(declared.parameters));
  if (!problem) return undefined;
  const message = `Invalid schema for function '${name}': ${problem}`;
  return openaiRefusal(message, `${where}.parameters`, "invalid_function_parameters");
}

/** Refuses a strict response schema. @param param where the format stands */
export function refuseFormat(
  format: { name?: unknown; schema?: unknown; strict?: unknown },
  param: string,
): Refusal | undefined {
  const badName = refuseName(asString(format.name), `${param}.name`);
  if (badName || format.strict !== true) return badName;
  const problem = strictProblem(asObject(format.schema));
  if (!problem) return undefined;
  const message = `Invalid schema for response_format '${asString(format.name)}': ${problem}`;
  return openaiRefusal(message, param, "invalid_json_schema");
}

/** Refuses an empty `tools`, and choices about tools without any. */
export function refuseChoices(body: JsonObject): Refusal | undefined {
  const { tools } = body;
  if (Array.isArray(tools) && tools.length === 0 && body.tool_choice) {
    const message =
      "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.";
    return openaiRefusal(message, "tools", "empty_array");
  }
  for (const param of ["tool_choice", "parallel_tool_calls"]) {
    const isChosen = body[param] !== undefined && body[param] !== null;
    if (!isChosen || tools) continue;
    const message = `Invalid value for '${param}': '${param}' is only allowed when 'tools' are specified.`;
    return openaiRefusal(message, param);
  }
  return undefined;
}

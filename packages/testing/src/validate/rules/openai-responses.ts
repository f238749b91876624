/** What the Responses API refuses beyond the types: pairing, bounds, names, strict schemas. */
import type { JsonObject } from "../../json.ts";
import { asArray, asObject, asString } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import type { Checked } from "../checked.ts";
import { openaiRefusal } from "../words/openai.ts";
import { outOfBounds } from "./numbers.ts";
import { refuseResponsesModel } from "./openai-models.ts";
import { refuseFormat, refuseFunction } from "./openai-tools.ts";

const bounds = [
  { param: "temperature", min: 0, max: 2 },
  { param: "top_p", min: 0, max: 1 },
  { param: "max_output_tokens", min: 16, whole: true },
  { param: "top_logprobs", min: 0, max: 20, whole: true },
];

const MAX_CALL_ID = 64;

/** Each call in the input has its output after it in the input, and the other way round. */
function refusePairing(items: JsonObject[], isContinued: boolean): Refusal | undefined {
  const idsOf = (list: JsonObject[], type: string) =>
    list.filter((item) => item.type === type).map((item) => asString(item.call_id));
  const calls = idsOf(items, "function_call");
  const outputs = idsOf(items, "function_call_output");
  const long = calls.find((id) => id.length > MAX_CALL_ID);
  if (long !== undefined) {
    const param = `input[${items.findIndex(({ call_id }) => call_id === long)}].call_id`;
    const told = `Invalid '${param}': string too long. Expected a string with maximum length ${MAX_CALL_ID}, but got a string with length ${long.length} instead.`;
    return openaiRefusal(told, param, "string_above_max_length");
  }
  const orphan = outputs.find((id) => {
    const at = items.findIndex((i) => i.type === "function_call_output" && i.call_id === id);
    return !idsOf(items.slice(0, at), "function_call").includes(id);
  });
  if (orphan !== undefined && !isContinued) {
    const told = `No tool call found for function call output with call_id ${orphan}.`;
    return openaiRefusal(told, "input");
  }
  const open = calls.find((id) => !outputs.includes(id));
  if (open !== undefined) {
    return openaiRefusal(`No tool output found for function call ${open}.`, "input");
  }
  return undefined;
}

/** A reasoning item with an id of the service must be followed by what it led to. */
function refuseReasoning(items: JsonObject[]): Refusal | undefined {
  for (const [index, item] of items.entries()) {
    if (item.type !== "reasoning" || !asString(item.id).startsWith("rs_")) continue;
    const next = items[index + 1];
    const isFollowed = next && next.role !== "user" && next.type !== "function_call_output";
    if (isFollowed) continue;
    const told = `Item '${asString(item.id)}' of type 'reasoning' was provided without its required following item.`;
    return openaiRefusal(told, "input");
  }
  return undefined;
}

/** An item of the service comes once. */
function refuseTwice(items: JsonObject[]): Refusal | undefined {
  const seen = new Set<string>();
  for (const { id } of items) {
    if (typeof id !== "string" || !id) continue;
    if (!seen.has(id)) seen.add(id);
    else {
      const told = `Duplicate item found with id ${id}. Remove duplicate items from your input and try again.`;
      return openaiRefusal(told, "input");
    }
  }
  return undefined;
}

function refuseInput(body: JsonObject, isContinued: boolean): Refusal | undefined {
  if (body.input === undefined && !body.prompt && !isContinued) {
    const told = "Missing required parameter: 'input'.";
    return openaiRefusal(told, "input", "missing_required_parameter");
  }
  const items = asArray(body.input).map(asObject);
  return refusePairing(items, isContinued) ?? refuseReasoning(items) ?? refuseTwice(items);
}

function refuseTools(body: JsonObject): Refusal | undefined {
  for (const [index, tool] of asArray(body.tools).map(asObject).entries()) {
    if (tool.type !== "function") continue;
    const refusal = refuseFunction(tool, `tools[${index}]`);
    if (refusal) return refusal;
  }
  const format = asObject(asObject(body.text).format);
  if (format.type === "json_schema") return refuseFormat(format, "text.format");
  const isJson = format.type === "json_object" && !/json/i.test(JSON.stringify(body.input ?? ""));
  if (!isJson) return undefined;
  const told =
    "Response input messages must contain the word 'json' in some form to use 'text.format' of " +
    "type 'json_object'.";
  return openaiRefusal(told, "input");
}

/** The first rule a Responses request breaks; hosts keep only the pairing. */
export function responsesRules({ body, route }: Checked): Refusal | undefined {
  const isContinued = !!body.previous_response_id || !!body.conversation;
  const badInput = refuseInput(body, isContinued);
  if (badInput || route.provider.chat.lenient) return badInput;
  if (!body.model && !body.prompt) {
    const told = "Missing required parameter: 'model'.";
    return openaiRefusal(told, "model", "missing_required_parameter");
  }
  return outOfBounds(body, bounds) ?? refuseResponsesModel(body) ?? refuseTools(body);
}

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

/** Each call in the input has its output in the input, and the other way round. */
function refusePairing(items: JsonObject[], isContinued: boolean): Refusal | undefined {
  const idsOf = (type: string) =>
    items.filter((item) => item.type === type).map((item) => asString(item.call_id));
  const calls = idsOf("function_call");
  const outputs = idsOf("function_call_output");
  const orphan = outputs.find((id) => !calls.includes(id));
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

function refuseInput(body: JsonObject, isContinued: boolean): Refusal | undefined {
  if (body.input === undefined && !body.prompt && !isContinued) {
    const told = "Missing required parameter: 'input'.";
    return openaiRefusal(told, "input", "missing_required_parameter");
  }
  const items = asArray(body.input).map(asObject);
  return refusePairing(items, isContinued) ?? refuseReasoning(items);
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

/** What Ollama refuses: it reads JSON into Go structs, so types matter and unknown keys do not. */
import type { Json, JsonObject } from "../../json.ts";
import { asArray, asObject } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import { typeName } from "../check.ts";
import type { Checked } from "../checked.ts";

function mismatch(value: Json, field: string, type: string): Refusal {
  const got = typeName(value) === "boolean" ? "bool" : typeName(value);
  const message = `json: cannot unmarshal ${got} into Go struct field ${field} of type ${type}`;
  return { status: 400, message };
}

function wrongIn(
  object: JsonObject,
  prefix: string,
  fields: Record<string, [string, string]>,
): Refusal | undefined {
  for (const [key, [wanted, type]] of Object.entries(fields)) {
    const value = object[key];
    if (value === undefined || value === null || typeName(value) === wanted) continue;
    return mismatch(value, `${prefix}.${key}`, type);
  }
  return undefined;
}

function refuseMessage(message: JsonObject): Refusal | undefined {
  const wrong = wrongIn(message, "ChatRequest.messages", {
    role: ["string", "string"],
    content: ["string", "string"],
    images: ["array", "[]api.ImageData"],
    tool_calls: ["array", "[]api.ToolCall"],
  });
  if (wrong) return wrong;
  for (const call of asArray(message.tool_calls).map(asObject)) {
    const bad = wrongIn(asObject(call.function), "ChatRequest.messages.tool_calls.function", {
      name: ["string", "string"],
      arguments: ["object", "api.ToolCallFunctionArguments"],
    });
    if (bad) return bad;
  }
  return undefined;
}

/** The first thing wrong with an /api/chat or /api/embed request. */
export function ollamaRules({ body, route }: Checked): Refusal | undefined {
  if (!body.model) return { status: 400, message: "model is required" };
  if (route.endpoint === "api/embed") {
    const isInput = typeof body.input === "string" || Array.isArray(body.input);
    return isInput ? undefined : { status: 400, message: "invalid input type" };
  }
  const wrong = wrongIn(body, "ChatRequest", {
    model: ["string", "string"],
    messages: ["array", "[]api.Message"],
    stream: ["boolean", "bool"],
    tools: ["array", "api.Tools"],
    options: ["object", "map[string]interface {}"],
  });
  if (wrong) return wrong;
  for (const message of asArray(body.messages).map(asObject)) {
    const bad = refuseMessage(message);
    if (bad) return bad;
  }
  return undefined;
}

/** Whether messages are messages: roles, parts, calls, as OpenAI's types have them. */
import { checkShape, checkVariant, type Shape, wrong } from "./check-shape.ts";
import { InvalidRequestError } from "./errors.ts";
import { isObject } from "./schema/json.ts";

const roles = new Set(["system", "developer", "user", "assistant", "tool", "function"]);

const parts: Readonly<Record<string, Shape>> = {
  text: { text: "string" },
  refusal: { refusal: "string" },
  image_url: { image_url: { url: "string", "detail?": "string" } },
  input_audio: { input_audio: { data: "string", format: "string" } },
  file: { file: { "file_data?": "string", "file_id?": "string", "filename?": "string" } },
};

const fields: Shape = {
  "name?": "string",
  "refusal?": "string",
  "reasoning_content?": "string",
  "tool_calls?": "array",
  "function_call?": { name: "string", "arguments?": "string" },
  "thinking_blocks?": [{ type: "string" }],
  "provider_state?": [{ provider: "string", endpoint: "string", items: "array" }],
};

const customCall: Shape = { id: "string", custom: { name: "string", "input?": "string" } };
const functionCall: Shape = {
  id: "string",
  function: { name: "string", "arguments?": "string" },
};

/** @throws InvalidRequestError naming the message and the part */
export function checkMessages(messages: readonly unknown[] | undefined): void {
  if (!Array.isArray(messages)) throw wrong("messages", "an array", messages);
  if (messages.length === 0) {
    throw new InvalidRequestError("messages must hold at least one message.", {
      param: "messages",
    });
  }
  for (let i = 0; i < messages.length; i++) checkMessage(messages[i], `messages[${i}]`);
}

function checkMessage(message: unknown, path: string): void {
  if (!isObject(message)) throw wrong(path, "an object", message);
  const { role, tool_calls, tool_call_id } = message;
  if (!roles.has(role as string)) {
    throw wrong(`${path}.role`, `one of ${[...roles].join(", ")}`, role);
  }
  if (role === "tool" && typeof tool_call_id !== "string") {
    throw wrong(`${path}.tool_call_id`, "the id of the call that this answers", tool_call_id);
  }
  if (role === "function") checkShape(message, { name: "string" }, path);
  checkShape(message, fields, path);
  const calls = (tool_calls ?? []) as unknown[];
  for (let i = 0; i < calls.length; i++) {
    const call = calls[i];
    const isCustom = isObject(call) && call.type === "custom";
    checkShape(call, isCustom ? customCall : functionCall, `${path}.tool_calls[${i}]`);
  }
  checkContent(message, path);
}

function checkContent({ role, content }: Readonly<Record<string, unknown>>, path: string): void {
  if (typeof content === "string") return;
  if (Array.isArray(content)) {
    for (const [i, part] of content.entries()) {
      const where = `${path}.content[${i}]`;
      if (typeof part?.type !== "string") throw wrong(where, 'a part with a "type"', part);
      checkVariant(part, parts, where);
    }
    return;
  }
  const mayBeAbsent = role === "assistant" || role === "function";
  if (!(mayBeAbsent && (content === null || content === undefined))) {
    throw wrong(`${path}.content`, "a string or an array of parts", content);
  }
}

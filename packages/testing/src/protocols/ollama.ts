/** Ollama's native API: /api/chat (JSON lines), /api/embed, /api/tags, /api/show, /api/version. */
import { embedText } from "../embedding.ts";
import type { Endpoint, EndpointCall } from "../endpoint.ts";
import { servedModel } from "../endpoint.ts";
import type { JsonObject } from "../json.ts";
import { asArray, asObject, asString, isObject } from "../json.ts";
import { json, ndjson } from "../reply.ts";
import { countTokens, pieces } from "../tokens.ts";
import type { Answer, Turn, TurnMessage } from "../turn.ts";
import { readChat } from "./openai-chat.ts";

function readMessage(message: JsonObject): TurnMessage {
  const calls = asArray(message.tool_calls).map((call) =>
    asString(asObject(asObject(call).function).name),
  );
  const role = message.role === "assistant" || message.role === "tool" ? message.role : "user";
  const media = asArray(message.images).map(() => "image");
  return { role, text: asString(message.content), media, calls };
}

/** An /api/chat request as a turn. */
export function readOllamaChat(body: JsonObject, provider: string): Turn {
  const options = asObject(body.options);
  const limit = options.num_predict;
  const messages = asArray(body.messages).map(asObject);
  return {
    ...readChat({ model: body.model ?? "", tools: body.tools ?? [] }, provider),
    system: messages
      .filter((m) => m.role === "system")
      .map((m) => asString(m.content))
      .join("\n"),
    messages: messages.filter((m) => m.role !== "system").map(readMessage),
    ...(isObject(body.format) && { schema: body.format }),
    json: body.format === "json",
    ...(typeof limit === "number" && limit >= 0 && { maxTokens: limit }),
    stop: typeof options.stop === "string" ? [options.stop] : asArray(options.stop).map(asString),
    reasoning: body.think !== undefined && body.think !== false,
  };
}

function wireCalls(answer: Answer, { ids }: EndpointCall) {
  return answer.calls.map(({ name, args }, index) => ({
    id: ids("call_", 8).toLowerCase(),
    function: { index, name, arguments: args },
  }));
}

const NANOSECONDS_PER_TOKEN = 10_000_000;

function closing(answer: Answer) {
  const { input, output } = answer.usage;
  return {
    done: true,
    done_reason: answer.finish === "length" ? "length" : "stop",
    total_duration: (input + output) * NANOSECONDS_PER_TOKEN,
    load_duration: NANOSECONDS_PER_TOKEN,
    prompt_eval_count: input,
    prompt_eval_duration: input * NANOSECONDS_PER_TOKEN,
    eval_count: output,
    eval_duration: output * NANOSECONDS_PER_TOKEN,
  };
}

function* streamOf(call: EndpointCall, head: object, answer: Answer): Generator<string> {
  const line = (message: object, more: object = { done: false }) =>
    `${JSON.stringify({ ...head, message: { role: "assistant", content: "", ...message }, ...more })}\n`;
  for (const thinking of pieces(answer.reasoning)) yield line({ thinking });
  for (const content of pieces(answer.text)) yield line({ content });
  if (answer.calls.length > 0) yield line({ tool_calls: wireCalls(answer, call) });
  yield line({}, closing(answer));
}

/** POST /api/chat */
export const ollamaChat: Endpoint = (call) => {
  const answer = call.respond(readOllamaChat(call.body, call.provider.name));
  const created_at = new Date(call.created * 1000).toISOString();
  const head = { model: servedModel(call.model), created_at };
  if (call.stream) return ndjson(streamOf(call, head, answer));
  const calls = wireCalls(answer, call);
  const message = {
    role: "assistant",
    content: answer.text,
    ...(answer.reasoning && { thinking: answer.reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  return json(200, { ...head, message, ...closing(answer) });
};

/** POST /api/embed */
export const ollamaEmbed: Endpoint = ({ body, model }) => {
  const texts = Array.isArray(body.input) ? body.input.map(asString) : [asString(body.input)];
  const dimensions = typeof body.dimensions === "number" ? body.dimensions : 768;
  return json(200, {
    model: servedModel(model),
    embeddings: texts.map((text) => embedText(text, dimensions)),
    total_duration: NANOSECONDS_PER_TOKEN,
    load_duration: NANOSECONDS_PER_TOKEN,
    prompt_eval_count: texts.reduce((sum, text) => sum + countTokens(text), 0),
  });
};

const MODEL = "simulator:latest";

const details = {
  parent_model: "",
  format: "simulator",
  family: "simulator",
  families: ["simulator"],
  parameter_size: "0B",
  quantization_level: "none",
};

/** GET /api/tags */
export const ollamaTags: Endpoint = ({ created }) => {
  const modified_at = new Date(created * 1000).toISOString();
  const one = { name: MODEL, model: MODEL, modified_at, size: 0, digest: "0".repeat(64), details };
  return json(200, { models: [one] });
};

/** POST /api/show: what a model can do. */
export const ollamaShow: Endpoint = ({ created }) =>
  json(200, {
    details,
    model_info: { "general.architecture": "simulator", "simulator.context_length": 131_072 },
    capabilities: ["completion", "tools", "vision", "thinking", "embedding"],
    modified_at: new Date(created * 1000).toISOString(),
  });

/** GET /api/version */
export const ollamaVersion: Endpoint = () => json(200, { version: "0.0.0-simulator" });

/** The Anthropic Messages API. */
import type { Endpoint, EndpointCall } from "../endpoint.ts";
import { servedModel } from "../endpoint.ts";
import type { JsonObject } from "../json.ts";
import { asArray, asObject, asString } from "../json.ts";
import type { CacheCounts } from "../prompt-cache.ts";
import { json, sse, typedEvent } from "../reply.ts";
import { pieces } from "../tokens.ts";
import type { Answer, Turn, TurnMessage } from "../turn.ts";
import { readContent } from "./content.ts";

/** One wire message may hold results and text: it becomes one neutral message for each. */
function readMessage(message: JsonObject): TurnMessage[] {
  const blocks = asArray(message.content).map(asObject);
  const isResult = (block: JsonObject) => block.type === "tool_result";
  const results = blocks.filter(isResult).map((block): TurnMessage => {
    return { role: "tool", calls: [], ...readContent(block.content) };
  });
  const calls = blocks.filter((b) => b.type === "tool_use").map((b) => asString(b.name));
  const rest = blocks.filter((block) => !isResult(block) && block.type !== "tool_use");
  const said = readContent(typeof message.content === "string" ? message.content : rest);
  if (message.role === "assistant") return [{ role: "assistant", ...said, calls }];
  const isOnlyResults = results.length > 0 && rest.length === 0;
  return isOnlyResults ? results : [...results, { role: "user", ...said, calls }];
}

function readToolChoice(choice: JsonObject): Turn["toolChoice"] {
  if (choice.type === "any") return "required";
  if (choice.type === "none") return "none";
  if (choice.type === "tool") return { names: [asString(choice.name)] };
  return "auto";
}

/** A Messages request as a turn. */
export function readMessages(body: JsonObject, provider: string): Turn {
  const format = asObject(asObject(body.output_config).format ?? body.output_format);
  const thinking = asObject(body.thinking).type;
  return {
    provider,
    model: asString(body.model),
    system: readContent(body.system).text,
    messages: asArray(body.messages).flatMap((message) => readMessage(asObject(message))),
    tools: asArray(body.tools)
      .map(asObject)
      .filter((tool) => tool.input_schema !== undefined)
      .map((tool) => ({
        name: asString(tool.name),
        description: asString(tool.description),
        schema: asObject(tool.input_schema),
      })),
    toolChoice: readToolChoice(asObject(body.tool_choice)),
    parallelCalls: asObject(body.tool_choice).disable_parallel_tool_use !== true,
    ...(format.schema !== undefined && { schema: asObject(format.schema) }),
    json: false,
    maxTokens: Number(body.max_tokens),
    stop: asArray(body.stop_sequences).map(asString),
    reasoning: thinking === "enabled" || thinking === "adaptive",
    choice: 0,
  };
}

const stopReasons = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "refusal",
} as const;

type Block =
  | { type: "text"; text: string }
  | { type: "thinking"; thinking: string; signature: string }
  | { type: "tool_use"; id: string; name: string; input: JsonObject };

/** A signature that no real service accepts and that says whose it is. */
export const SIGNATURE = Buffer.from("simulator signature").toString("base64");

function blocksOf(answer: Answer, { ids }: EndpointCall): Block[] {
  const blocks: Block[] = [];
  if (answer.reasoning) {
    blocks.push({ type: "thinking", thinking: answer.reasoning, signature: SIGNATURE });
  }
  if (answer.text || answer.calls.length === 0) blocks.push({ type: "text", text: answer.text });
  for (const { name, args } of answer.calls) {
    blocks.push({ type: "tool_use", id: ids("toolu_01", 22), name, input: args });
  }
  return blocks;
}

function usageOf(answer: Answer, cache: CacheCounts, output: number) {
  const { read, written, writtenForAnHour } = cache;
  return {
    input_tokens: answer.usage.input - read - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    cache_creation: {
      ephemeral_5m_input_tokens: written - writtenForAnHour,
      ephemeral_1h_input_tokens: writtenForAnHour,
    },
    output_tokens: output,
    service_tier: "standard",
  };
}

function reasonOf(answer: Answer) {
  return {
    stop_reason: answer.stopSequence === undefined ? stopReasons[answer.finish] : "stop_sequence",
    stop_sequence: answer.stopSequence ?? null,
  };
}

function* deltasOf(block: Block): Generator<{ type: string } & Record<string, string>> {
  if (block.type === "text") {
    for (const text of pieces(block.text)) yield { type: "text_delta", text };
  } else if (block.type === "thinking") {
    for (const thinking of pieces(block.thinking)) yield { type: "thinking_delta", thinking };
    yield { type: "signature_delta", signature: block.signature };
  } else {
    yield { type: "input_json_delta", partial_json: "" };
    for (const partial_json of pieces(JSON.stringify(block.input))) {
      yield { type: "input_json_delta", partial_json };
    }
  }
}

function opening(block: Block) {
  if (block.type === "text") return { ...block, text: "" };
  if (block.type === "thinking") return { ...block, thinking: "", signature: "" };
  return { ...block, input: {} };
}

function* streamOf(
  head: object,
  answer: Answer,
  cache: CacheCounts,
  blocks: Block[],
): Generator<string> {
  const event = (type: string, data: object = {}) => typedEvent({ type, ...data });
  const message = { ...head, content: [], stop_reason: null, stop_sequence: null };
  yield event("message_start", { message: { ...message, usage: usageOf(answer, cache, 1) } });
  for (const [index, block] of blocks.entries()) {
    yield event("content_block_start", { index, content_block: opening(block) });
    if (index === 0) yield event("ping");
    for (const delta of deltasOf(block)) yield event("content_block_delta", { index, delta });
    yield event("content_block_stop", { index });
  }
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens } =
    usageOf(answer, cache, answer.usage.output);
  const usage = {
    input_tokens,
    cache_creation_input_tokens,
    cache_read_input_tokens,
    output_tokens,
  };
  yield event("message_delta", { delta: reasonOf(answer), usage });
  yield event("message_stop");
}

/** POST /v1/messages */
export const messages: Endpoint = (call) => {
  const answer = call.respond(readMessages(call.body, call.provider.name));
  const blocks = blocksOf(answer, call);
  const cache = call.cached(answer.usage.input);
  const head = {
    model: servedModel(call.model),
    id: call.ids("msg_01", 22),
    type: "message",
    role: "assistant",
  };
  if (call.stream) return sse(streamOf(head, answer, cache, blocks));
  const usage = usageOf(answer, cache, answer.usage.output);
  return json(200, { ...head, content: blocks, ...reasonOf(answer), usage });
};

/** The OpenAI Responses API. */
import type { Endpoint, EndpointCall } from "../endpoint.ts";
import { servedModel } from "../endpoint.ts";
import type { JsonObject } from "../json.ts";
import { asArray, asObject, asString } from "../json.ts";
import type { CacheCounts } from "../prompt-cache.ts";
import { json, sse } from "../reply.ts";
import type { Answer, Turn, TurnMessage } from "../turn.ts";
import { readContent } from "./content.ts";
import { outputItems, responseEvents } from "./openai-responses-stream.ts";

function inputItems(input: unknown): JsonObject[] {
  if (typeof input === "string") return [{ role: "user", content: input }];
  return asArray(input).map(asObject);
}

function readItem(item: JsonObject): TurnMessage[] {
  if (item.type === "function_call") {
    return [{ role: "assistant", text: "", media: [], calls: [asString(item.name)] }];
  }
  if (item.type === "function_call_output") {
    return [{ role: "tool", calls: [], ...readContent(item.output) }];
  }
  if (item.role === undefined) return [];
  const role = item.role === "assistant" ? "assistant" : "user";
  return [{ role, calls: [], ...readContent(item.content) }];
}

function readToolChoice(choice: unknown): Turn["toolChoice"] {
  if (choice === "none" || choice === "required") return choice;
  const named = asObject(choice);
  if (named.type === "function") return { names: [asString(named.name)] };
  if (named.type === "allowed_tools" && named.mode === "required") {
    return { names: asArray(named.tools).map((tool) => asString(asObject(tool).name)) };
  }
  return "auto";
}

/** A Responses request as a turn; `items` is its input with what was remembered before it. */
export function readResponses(body: JsonObject, items: JsonObject[], provider: string): Turn {
  const isSystem = (item: JsonObject) => item.role === "system" || item.role === "developer";
  const format = asObject(asObject(body.text).format);
  const effort = asObject(body.reasoning).effort;
  const system = items.filter(isSystem).map((item) => readContent(item.content).text);
  return {
    provider,
    model: asString(body.model),
    system: [asString(body.instructions), ...system].filter(Boolean).join("\n"),
    messages: items.filter((item) => !isSystem(item)).flatMap(readItem),
    tools: asArray(body.tools)
      .map(asObject)
      .filter((tool) => tool.type === "function")
      .map((tool) => ({
        name: asString(tool.name),
        description: asString(tool.description),
        schema: asObject(tool.parameters),
      })),
    toolChoice: readToolChoice(body.tool_choice),
    parallelCalls: body.parallel_tool_calls !== false,
    ...(format.schema !== undefined && { schema: asObject(format.schema) }),
    json: format.type === "json_object",
    ...(typeof body.max_output_tokens === "number" && { maxTokens: body.max_output_tokens }),
    stop: [],
    reasoning: typeof effort === "string" && effort !== "none",
    choice: 0,
  };
}

function statusOf(answer: Answer) {
  if (answer.finish === "length" || answer.finish === "content_filter") {
    const reason = answer.finish === "length" ? "max_output_tokens" : "content_filter";
    return { status: "incomplete", incomplete_details: { reason } };
  }
  return { status: "completed", incomplete_details: null };
}

function usageOf({ usage }: Answer, { read, written }: CacheCounts) {
  return {
    input_tokens: usage.input,
    input_tokens_details: {
      cached_tokens: read,
      ...(written > 0 && { cache_write_tokens: written }),
    },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + usage.output,
  };
}

function shell(call: EndpointCall) {
  const { body } = call;
  return {
    id: call.ids("resp_", 48, "hex"),
    object: "response",
    created_at: call.created,
    status: "in_progress",
    background: false,
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    model: servedModel(call.model),
    output: [],
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: { effort: null, summary: null, ...asObject(body.reasoning) },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: "default",
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: { format: { type: "text" }, ...asObject(body.text) },
    tool_choice: body.tool_choice ?? "auto",
    tools: body.tools ?? [],
    top_logprobs: 0,
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? "disabled",
    usage: null,
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  };
}

/** POST /responses */
export const responses: Endpoint = (call) => {
  const { body, memory } = call;
  const before = memory.get(asString(body.previous_response_id)) ?? [];
  const items = [...before.map(asObject), ...inputItems(body.input)];
  const answer = call.respond(readResponses(body, items, call.provider.name));
  const cache = call.cached(answer.usage.input, { ...body, input: items });
  const started = shell(call);
  const output = outputItems(answer, call);
  if (started.store !== false) memory.set(started.id, [...items, ...output]);
  const ended = { ...started, ...statusOf(answer), output, usage: usageOf(answer, cache) };
  if (call.stream) return sse(responseEvents(started, ended, output));
  return json(200, ended);
};

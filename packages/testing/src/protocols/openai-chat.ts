/** OpenAI Chat Completions, with the habits of each host. */
import type { Endpoint, EndpointCall } from "../endpoint.ts";
import { servedModel } from "../endpoint.ts";
import type { JsonObject } from "../json.ts";
import { asArray, asObject, asString } from "../json.ts";
import { dataEvent, json, sse } from "../reply.ts";
import { pieces } from "../tokens.ts";
import type { Answer, Turn, TurnMessage } from "../turn.ts";
import { readContent } from "./content.ts";
import { logprobsOf } from "./logprobs.ts";

function readMessage(message: JsonObject): TurnMessage {
  const { text, media } = readContent(message.content);
  const calls = asArray(message.tool_calls).map((call) =>
    asString(asObject(asObject(call).function).name),
  );
  const role = message.role === "assistant" || message.role === "tool" ? message.role : "user";
  return { role, text, media, calls };
}

function readToolChoice(choice: unknown): Turn["toolChoice"] {
  if (choice === "none" || choice === "required") return choice;
  if (choice === "any") return "required";
  const named = asObject(choice);
  if (named.type === "function") return { names: [asString(asObject(named.function).name)] };
  const subset = asObject(named.allowed_tools);
  if (named.type === "allowed_tools" && subset.mode === "required") {
    const names = asArray(subset.tools).map((t) => asString(asObject(asObject(t).function).name));
    return { names };
  }
  return "auto";
}

function asksReasoning(body: JsonObject): boolean {
  const effort = body.reasoning_effort ?? asObject(body.reasoning).effort;
  if (effort !== undefined && effort !== null) return effort !== "none";
  const thinking = asObject(body.thinking).type;
  return asObject(body.reasoning).enabled === true || (!!thinking && thinking !== "disabled");
}

/** A Chat Completions request as a turn. */
export function readChat(body: JsonObject, provider: string): Turn {
  const messages = asArray(body.messages).map(asObject);
  const isSystem = (m: JsonObject) => m.role === "system" || m.role === "developer";
  const format = asObject(body.response_format);
  const schema = asObject(format.json_schema).schema;
  const limit = body.max_completion_tokens ?? body.max_tokens;
  return {
    provider,
    model: asString(body.model),
    system: messages
      .filter(isSystem)
      .map((m) => readContent(m.content).text)
      .join("\n"),
    messages: messages.filter((m) => !isSystem(m)).map(readMessage),
    tools: asArray(body.tools)
      .map((tool) => asObject(asObject(tool).function))
      .filter((f) => f.name !== undefined)
      .map((f) => ({
        name: asString(f.name),
        description: asString(f.description),
        schema: asObject(f.parameters),
      })),
    toolChoice: readToolChoice(body.tool_choice),
    parallelCalls: body.parallel_tool_calls !== false,
    ...(schema !== undefined && { schema: asObject(schema) }),
    json: format.type === "json_object",
    ...(typeof limit === "number" && { maxTokens: limit }),
    stop: typeof body.stop === "string" ? [body.stop] : asArray(body.stop).map(asString),
    reasoning: asksReasoning(body),
    choice: 0,
  };
}

function usageOf(answers: Answer[], call: EndpointCall): JsonObject {
  const input = answers[0]?.usage.input ?? 0;
  const { read, written } = call.cached(input);
  const output = answers.reduce((sum, answer) => sum + answer.usage.output, 0);
  const reasoning = answers.reduce((sum, answer) => sum + answer.usage.reasoning, 0);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: read,
      audio_tokens: 0,
      ...(written > 0 && { cache_write_tokens: written }),
    },
    ...(call.provider.chat.hitAndMiss && {
      prompt_cache_hit_tokens: read,
      prompt_cache_miss_tokens: input - read,
    }),
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

interface WireCall {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}

function wireCalls(answer: Answer, { ids, provider }: EndpointCall): WireCall[] {
  const { prefix, length } = provider.chat.callId;
  return answer.calls.map((call) => ({
    id: ids(prefix, length),
    type: "function",
    function: { name: call.name, arguments: JSON.stringify(call.args) },
  }));
}

function completionHead(call: EndpointCall, object: string) {
  const { id, extra } = call.provider.chat;
  return {
    id: call.ids(id, 29),
    object,
    created: call.created,
    model: servedModel(call.model),
    service_tier: "default",
    system_fingerprint: "simulator",
    ...extra,
  };
}

function* streamOf(call: EndpointCall, answers: Answer[]): Generator<string> {
  const habits = call.provider.chat;
  const head = completionHead(call, "chat.completion.chunk");
  const wantsUsage = asObject(call.body.stream_options).include_usage === true;
  const pending = habits.usage === "own chunk" && wantsUsage ? { usage: null } : {};
  const usage = usageOf(answers, call);
  const chunk = (
    index: number,
    delta: Record<string, unknown>,
    finish: string | null = null,
    more: Record<string, unknown> = pending,
    logprobs: object | null = null,
  ) =>
    dataEvent({
      ...head,
      choices: [{ index, delta, logprobs, finish_reason: finish }],
      ...more,
    });
  if (habits.comment) yield `${habits.comment}\n\n`;
  for (const [index, answer] of answers.entries()) {
    const isCalling = answer.calls.length > 0;
    yield chunk(index, { role: "assistant", content: isCalling ? null : "", refusal: null });
    if (habits.reasoning) {
      for (const piece of pieces(answer.reasoning)) {
        yield chunk(index, { [habits.reasoning]: piece });
      }
    }
    for (const piece of pieces(answer.text)) {
      yield chunk(index, { content: piece }, null, pending, logprobsOf([piece], call.body));
    }
    for (const [at, { function: made, ...named }] of wireCalls(answer, call).entries()) {
      const opening = { index: at, ...named, function: { name: made.name, arguments: "" } };
      yield chunk(index, { tool_calls: [opening] });
      for (const piece of pieces(made.arguments)) {
        yield chunk(index, { tool_calls: [{ index: at, function: { arguments: piece } }] });
      }
    }
    const isLast = index === answers.length - 1;
    const last = isLast && habits.usage === "finish chunk" ? { usage } : pending;
    yield chunk(index, {}, answer.finish, last);
  }
  if (habits.usage === "own chunk" && wantsUsage) yield dataEvent({ ...head, choices: [], usage });
  if (habits.usage === "after finish") {
    yield chunk(0, { role: "assistant", content: "" }, null, { usage });
  }
  yield "data: [DONE]\n\n";
}

/** POST /chat/completions */
export const chatCompletions: Endpoint = (call) => {
  const { body, provider } = call;
  const turn = readChat(body, provider.name);
  const count = typeof body.n === "number" ? body.n : 1;
  const answers = Array.from({ length: count }, (_, choice) => call.respond({ ...turn, choice }));
  if (call.stream) return sse(streamOf(call, answers));
  const choices = answers.map((answer, index) => {
    const calls = wireCalls(answer, call);
    return {
      index,
      message: {
        role: "assistant",
        content: calls.length > 0 && !answer.text ? null : answer.text,
        ...(calls.length > 0 && { tool_calls: calls }),
        ...(provider.chat.reasoning &&
          answer.reasoning && { [provider.chat.reasoning]: answer.reasoning }),
        refusal: null,
        annotations: [],
      },
      logprobs: logprobsOf(pieces(answer.text), body),
      finish_reason: answer.finish,
    };
  });
  return json(200, {
    ...completionHead(call, "chat.completion"),
    choices,
    usage: usageOf(answers, call),
  });
};

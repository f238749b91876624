/** What a span says: known at its start, and known at its end. Never content, never a header or a key. */
import type { Attributes } from "@opentelemetry/api";
import type { Usage } from "@polycall/core";
import type { SpanEnd, SpanInfo } from "../observer.ts";
import { genAI, operations, own, providers, requestParams, tokens } from "./names.ts";

type ModelSpan = Extract<SpanInfo, { kind: "model" }>;

export function spanName(span: SpanInfo): string {
  const { kind } = span;
  const of =
    kind === "tool" ? span.tool : kind === "agent" ? span.agent : modelOf(span.model).model;
  return `${operations[kind]} ${of}`;
}

/** What sampling may decide by, and who asked. */
export function atStart(span: SpanInfo): Attributes {
  const { kind, agent, session } = span;
  return {
    [genAI.operation]: operations[kind],
    [genAI.agentName]: agent,
    ...(session !== undefined && { [genAI.conversation]: session }),
    ...(kind === "tool" ? ofTool(span) : kind === "agent" ? ofAgent(span) : ofModel(span)),
  };
}

const ofAgent = ({ id, model, description }: Extract<SpanInfo, { kind: "agent" }>): Attributes => ({
  [genAI.requestModel]: modelOf(model).model,
  ...(description && { [genAI.agentDescription]: description }),
  [own.runId]: id,
});

const ofTool = ({
  id,
  tool,
  toolCallId,
  description,
}: Extract<SpanInfo, { kind: "tool" }>): Attributes => ({
  [genAI.toolName]: tool,
  [genAI.toolType]: "function",
  [genAI.toolCallId]: toolCallId,
  ...(description && { [genAI.toolDescription]: description }),
  [own.callId]: id,
});

function ofModel({ model: asked, request, streaming }: ModelSpan): Attributes {
  const { provider, model } = modelOf(asked);
  const attributes: Attributes = {
    [genAI.provider]: providerName(provider),
    [genAI.requestModel]: model,
    ...(streaming && { [genAI.stream]: true }),
    ...(request.response_format && { [genAI.outputType]: outputType(request.response_format) }),
    ...serverOf(request.baseURL),
  };
  for (const [param, name] of Object.entries(requestParams)) {
    const value = request[param as keyof typeof requestParams];
    if (param === "stop" && value) attributes[name] = [value].flat() as string[];
    else if (typeof value === "number" || typeof value === "string") attributes[name] = value;
  }
  return attributes;
}

const outputType = (format: object) =>
  "type" in format && format.type === "text" ? "text" : "json";

/** A URL may hold a name and a password: of it goes nothing else. */
function serverOf(baseURL: unknown): Attributes {
  if (typeof baseURL !== "string" || !URL.canParse(baseURL)) return {};
  const { hostname, port, protocol } = new URL(baseURL);
  const usual = protocol === "http:" ? 80 : 443;
  return { [genAI.serverAddress]: hostname, [genAI.serverPort]: port ? Number(port) : usual };
}

/** What has served, what it used and cost. */
export function atEnd(span: SpanInfo, known: SpanEnd): Attributes {
  const { provider, model, responseId, finish_reason, firstChunkMs, usage, cost, status } = known;
  return {
    ...(provider && { [genAI.provider]: providerName(provider) }),
    ...(model && { [genAI.responseModel]: model }),
    ...(responseId && { [genAI.responseId]: responseId }),
    ...(finish_reason && { [genAI.finishReasons]: [finish_reason] }),
    ...(firstChunkMs !== undefined && { [genAI.timeToFirstChunk]: firstChunkMs / 1000 }),
    ...(usage && Object.fromEntries(tokenCounts(usage, span.kind === "agent"))),
    ...(cost !== undefined && { [own.cost]: cost }),
    ...(status && { [own.status]: status }),
  };
}

/** @param total only the sums: the conventions have no more of a run */
export function tokenCounts(usage: Usage, total = false): [name: string, count: number][] {
  const { prompt_tokens_details: input = {}, completion_tokens_details: output = {} } = usage;
  const details = [
    [tokens.cacheRead, input.cached_tokens],
    [tokens.cacheWrite, input.cache_write_tokens],
    [tokens.reasoning, output.reasoning_tokens],
    [tokens.audioInput, input.audio_tokens],
    [tokens.imageInput, input.image_tokens],
    [tokens.textInput, input.text_tokens],
    [tokens.audioOutput, output.audio_tokens],
    [tokens.textOutput, output.text_tokens],
  ] as const;
  const counts = [
    [tokens.input, usage.prompt_tokens],
    [tokens.output, usage.completion_tokens],
    ...(total ? [] : details),
  ] as const;
  return counts.flatMap(([name, count]) =>
    typeof count === "number" && Number.isFinite(count) ? [[name, Math.round(count)]] : [],
  );
}

/** "openai/responses/gpt-6-luna" as who serves it and what it is called there. */
function modelOf(asked: string): { provider: string; model: string } {
  const slash = asked.indexOf("/");
  if (slash < 0) return { provider: asked, model: asked };
  const model = asked.slice(slash + 1).replace(/^(chat|responses)\//, "");
  return { provider: asked.slice(0, slash), model };
}

export const providerName = (name: string): string =>
  Object.hasOwn(providers, name) ? providers[name]! : name;

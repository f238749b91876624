/** The Gemini API: generateContent, streamGenerateContent, embedContent, batchEmbedContents. */
import { embedText } from "../embedding.ts";
import type { Endpoint, EndpointCall } from "../endpoint.ts";
import { servedModel } from "../endpoint.ts";
import type { JsonObject } from "../json.ts";
import { asArray, asObject, asString } from "../json.ts";
import { json, sse } from "../reply.ts";
import { countTokens, pieces } from "../tokens.ts";
import type { Answer, Turn, TurnMessage } from "../turn.ts";
import { SIGNATURE } from "./anthropic.ts";

/** Reads a field by its camelCase or snake_case name, as Google's JSON does. */
function field(object: JsonObject, name: string) {
  return object[name] ?? object[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

function partsText(content: JsonObject): string {
  const parts = asArray(content.parts).map(asObject);
  return parts
    .filter((part) => part.thought !== true)
    .map((part) => asString(part.text))
    .filter(Boolean)
    .join("\n");
}

/** One `Content` may hold results and text: it becomes one neutral message for each. */
function readContent(content: JsonObject): TurnMessage[] {
  const parts = asArray(content.parts).map(asObject);
  const results = parts.flatMap((part): TurnMessage[] => {
    const result = asObject(field(part, "functionResponse"));
    if (result.name === undefined) return [];
    const response = asObject(result.response);
    const told = response.output ?? response.result ?? response.content ?? response.error;
    const text = typeof told === "string" ? told : JSON.stringify(told ?? response);
    return [{ role: "tool", text, media: [], calls: [] }];
  });
  const calls = parts
    .map((part) => asObject(field(part, "functionCall")))
    .filter((made) => made.name !== undefined)
    .map((made) => asString(made.name));
  const media = parts
    .map((part) => asObject(field(part, "inlineData") ?? field(part, "fileData")))
    .map((data) => asString(field(data, "mimeType")).split("/")[0] ?? "")
    .filter(Boolean);
  const text = partsText(content);
  if (content.role === "model") return [{ role: "assistant", text, media, calls }];
  const isOnlyResults = results.length > 0 && !text && media.length === 0;
  return isOnlyResults ? results : [...results, { role: "user", text, media, calls }];
}

function readToolChoice(body: JsonObject): Turn["toolChoice"] {
  const config = asObject(field(asObject(field(body, "toolConfig")), "functionCallingConfig"));
  const names = asArray(field(config, "allowedFunctionNames")).map(asString);
  if (config.mode === "ANY") return names.length > 0 ? { names } : "required";
  return config.mode === "NONE" ? "none" : "auto";
}

/** A generateContent request as a turn. */
export function readGenerate(body: JsonObject, model: string, provider: string): Turn {
  const config = asObject(field(body, "generationConfig"));
  const schema = field(config, "responseJsonSchema") ?? field(config, "responseSchema");
  const thinking = asObject(field(config, "thinkingConfig"));
  const limit = field(config, "maxOutputTokens");
  return {
    provider,
    model,
    system: partsText(asObject(field(body, "systemInstruction"))),
    messages: asArray(body.contents).flatMap((content) => readContent(asObject(content))),
    tools: asArray(body.tools)
      .flatMap((tool) => asArray(field(asObject(tool), "functionDeclarations")))
      .map(asObject)
      .map((declared) => ({
        name: asString(declared.name),
        description: asString(declared.description),
        schema: asObject(field(declared, "parametersJsonSchema") ?? declared.parameters),
      })),
    toolChoice: readToolChoice(body),
    parallelCalls: true,
    ...(schema !== undefined && { schema: asObject(schema) }),
    json: field(config, "responseMimeType") === "application/json",
    ...(typeof limit === "number" && { maxTokens: limit }),
    stop: asArray(field(config, "stopSequences")).map(asString),
    reasoning: field(thinking, "includeThoughts") === true,
    choice: 0,
  };
}

function partsOf(answer: Answer, { ids }: EndpointCall): JsonObject[] {
  const parts: JsonObject[] = [];
  if (answer.reasoning) parts.push({ text: answer.reasoning, thought: true });
  if (answer.text) parts.push({ text: answer.text });
  for (const [index, { name, args }] of answer.calls.entries()) {
    const part: JsonObject = { functionCall: { name, args, id: ids("", 8).toLowerCase() } };
    if (index === 0) part.thoughtSignature = SIGNATURE;
    parts.push(part);
  }
  return parts;
}

const finishReasons = {
  stop: "STOP",
  length: "MAX_TOKENS",
  tool_calls: "STOP",
  content_filter: "SAFETY",
} as const;

function usageOf(answers: Answer[], call: EndpointCall) {
  const input = answers[0]?.usage.input ?? 0;
  const { read } = call.cached(input);
  const thoughts = answers.reduce((sum, answer) => sum + answer.usage.reasoning, 0);
  const output = answers.reduce((sum, answer) => sum + answer.usage.output, 0);
  return {
    promptTokenCount: input,
    candidatesTokenCount: output - thoughts,
    totalTokenCount: input + output,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: input }],
    ...(read > 0 && {
      cachedContentTokenCount: read,
      cacheTokensDetails: [{ modality: "TEXT", tokenCount: read }],
    }),
    ...(thoughts > 0 && { thoughtsTokenCount: thoughts }),
  };
}

function* splitParts(parts: JsonObject[]): Generator<JsonObject> {
  for (const part of parts) {
    if (typeof part.text !== "string") yield part;
    else for (const text of pieces(part.text)) yield { ...part, text };
  }
}

function* streamOf(call: EndpointCall, answers: Answer[]): Generator<string> {
  const head = { modelVersion: servedModel(call.model), responseId: call.ids("", 23) };
  const usage = usageOf(answers, call);
  const early = {
    promptTokenCount: usage.promptTokenCount,
    totalTokenCount: usage.promptTokenCount,
    promptTokensDetails: usage.promptTokensDetails,
  };
  const event = (candidate: object, usageMetadata: object) =>
    `data: ${JSON.stringify({ candidates: [candidate], usageMetadata, ...head })}\r\n\r\n`;
  for (const [index, answer] of answers.entries()) {
    const all = [...splitParts(partsOf(answer, call))];
    const last = all.pop() ?? { text: "" };
    for (const part of all)
      yield event({ content: { parts: [part], role: "model" }, index }, early);
    const finishReason = finishReasons[answer.finish];
    yield event({ content: { parts: [last], role: "model" }, finishReason, index }, usage);
  }
}

function answersOf(call: EndpointCall): Answer[] {
  const turn = readGenerate(call.body, call.model, call.provider.name);
  const config = asObject(field(call.body, "generationConfig"));
  const count = Number(field(config, "candidateCount") ?? 1);
  return Array.from({ length: count }, (_, choice) => call.respond({ ...turn, choice }));
}

/** POST models/{model}:generateContent and :streamGenerateContent?alt=sse */
export const generateContent: Endpoint = (call) => {
  const answers = answersOf(call);
  if (call.stream) return sse(streamOf(call, answers));
  const candidates = answers.map((answer, index) => ({
    content: { parts: partsOf(answer, call), role: "model" },
    finishReason: finishReasons[answer.finish],
    index,
  }));
  const head = { modelVersion: servedModel(call.model), responseId: call.ids("", 23) };
  return json(200, { candidates, usageMetadata: usageOf(answers, call), ...head });
};

function embedOne(request: JsonObject): { values: number[] } {
  const config = asObject(field(request, "embedContentConfig"));
  const asked = field(request, "outputDimensionality") ?? field(config, "outputDimensionality");
  const dimensions = typeof asked === "number" ? asked : 3072;
  return { values: embedText(partsText(asObject(request.content)), dimensions) };
}

/** POST models/{model}:embedContent */
export const embedContent: Endpoint = ({ body }) => {
  const tokens = countTokens(partsText(asObject(body.content)));
  const usageMetadata = { promptTokenCount: tokens, totalTokenCount: tokens };
  return json(200, { embedding: embedOne(body), usageMetadata });
};

/** POST models/{model}:batchEmbedContents */
export const batchEmbedContents: Endpoint = ({ body }) => {
  const embeddings = asArray(body.requests).map((request) => embedOne(asObject(request)));
  return json(200, { embeddings });
};

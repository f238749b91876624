/** Embeddings: batchEmbedContents on the Gemini API, predict and embedContent on Vertex AI. Pure. */
import {
  APIResponseValidationError,
  Changes,
  type EmbeddingData,
  type EmbeddingEndpoint,
  type EmbeddingRequest,
  mergeBody,
  type Plan,
  type PlanContext,
  ReplyFailure,
} from "@polycall/core";
import { unknownKeys } from "./keys.ts";
import { modelPath, routeOf, type Service } from "./service.ts";

type Json = { [key: string]: unknown };

const known = new Set([
  "model",
  "input",
  "dimensions",
  "encoding_format",
  "role",
  "user",
  "extra_body",
]);

/**
 * Inputs that one request may hold: Vertex AI's older models take 250, those that are named after Gemini
 * one. Source: cloud.google.com, "Get text embeddings", 2026-11.
 */
const maxInputs = { gemini: 100, vertex: (model: string) => (/gemini|maas/.test(model) ? 1 : 250) };

const taskTypes = { document: "RETRIEVAL_DOCUMENT", query: "RETRIEVAL_QUERY" };

/** gemini-embedding-2 has no task types, it reads them. Source: ai.google.dev, "Embeddings", 2026-11. */
const tasksInText = /gemini-embedding-2|embeddinggemma/;
const prefixes = { document: "title: none | text: ", query: "task: search result | query: " };

export function embeddingOf(service: Service): EmbeddingEndpoint {
  return {
    maxInputs: service.vertex ? maxInputs.vertex : maxInputs.gemini,
    plan: (request, context) => planEmbedding(service, request, context),
    parse: parseEmbedding,
  };
}

function planEmbedding(service: Service, asked: EmbeddingRequest, context: PlanContext): Plan {
  const { connection, model } = context;
  const request = withTask(asked, model);
  const changes = new Changes(context);
  if (request.user) {
    const reason = "Gemini takes no end-user id";
    changes.hint({ param: "user", action: "dropped", from: request.user, reason });
  }
  if (request.dimensions) {
    changes.note({
      param: "dimensions",
      action: "converted",
      reason: "Gemini cuts vectors without scaling them: they are brought back to length 1",
    });
  }
  const { endpoint, body } = service.vertex
    ? vertexBody(request, model)
    : { endpoint: "batchEmbedContents", body: batchBody(service, request, model) };
  return {
    provider: connection.provider,
    model,
    endpoint,
    method: "POST",
    ...routeOf(service, connection, model, endpoint),
    headers: {},
    body: mergeBody(body, request.extra_body),
    stream: false,
    framing: "sse",
    changes: changes.list,
  };
}

/** The request to a model that reads in the text what it is for. */
function withTask({ role, ...request }: EmbeddingRequest, model: string): EmbeddingRequest {
  if (!role || !tasksInText.test(model)) return { ...request, role };
  return { ...request, input: request.input.map((text) => prefixes[role] + text) };
}

function batchBody(service: Service, request: EmbeddingRequest, model: string): Json {
  const { input, dimensions, role } = request;
  const rest = unknownKeys(request, known);
  const requests = input.map((text) => ({
    model: modelPath(service, model),
    content: { parts: [{ text }] },
    ...(role && { taskType: taskTypes[role] }),
    ...(dimensions && { outputDimensionality: dimensions }),
    ...rest,
  }));
  return { requests };
}

/** The rule by which the SDK chooses (its `tIsVertexEmbedContentModel`, 3.1). */
function vertexBody({ input, dimensions, role, ...request }: EmbeddingRequest, model: string) {
  const rest = unknownKeys(request, known);
  // A text that is too long is an error, not cut in silence.
  const parameters = {
    autoTruncate: false,
    ...(dimensions && { outputDimensionality: dimensions }),
  };
  const isNewer =
    (model.includes("gemini") && model !== "gemini-embedding-001") || model.includes("maas");
  if (isNewer) {
    const task = role && { taskType: taskTypes[role] };
    const config = { ...parameters, ...task, ...rest };
    const content = { parts: input.map((text) => ({ text })) };
    return { endpoint: "embedContent", body: { content, embedContentConfig: config } as Json };
  }
  const task = role && { task_type: taskTypes[role] };
  const instances = input.map((content) => ({ content, ...task, ...rest }));
  return { endpoint: "predict", body: { instances, parameters } as Json };
}

interface Vector {
  values?: number[];
}
interface Reply {
  embeddings?: Vector[];
  embedding?: Vector;
  predictions?: { embeddings?: Vector & { statistics?: { token_count?: number } } }[];
  usageMetadata?: { promptTokenCount?: number };
}

function parseEmbedding(body: unknown, plan: Plan): EmbeddingData {
  if (typeof body !== "object" || body === null) throw new TypeError("not an object");
  const { embeddings, embedding, predictions, usageMetadata } = body as Reply;
  const vectors =
    embeddings ?? (embedding ? [embedding] : predictions?.map((row) => row.embeddings ?? {}));
  if (!vectors) throw "error" in body ? new ReplyFailure(body) : new TypeError("no embeddings");
  const isCut = asksForLength(plan.body);
  const data = vectors.map(({ values }, index) => {
    if (!values) {
      const { provider, model } = plan;
      throw new APIResponseValidationError(
        `${provider}/${model}: vector ${index} of the reply has no values.`,
        { provider, model, body },
      );
    }
    return { object: "embedding" as const, index, embedding: isCut ? unit(values) : values };
  });
  const counted = predictions?.reduce(
    (sum, row) => sum + (row.embeddings?.statistics?.token_count ?? Number.NaN),
    0,
  );
  const tokens = usageMetadata?.promptTokenCount ?? counted ?? Number.NaN;
  return {
    object: "list",
    model: plan.model,
    data,
    ...(tokens >= 0 && { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  };
}

interface Asked {
  outputDimensionality?: number;
}

function asksForLength(body: Plan["body"]): boolean {
  const { requests, parameters, embedContentConfig } = body as {
    requests?: Asked[];
    parameters?: Asked;
    embedContentConfig?: Asked;
  };
  const asked = requests?.[0] ?? parameters ?? embedContentConfig;
  return asked?.outputDimensionality !== undefined;
}

/** A vector of length 1; as it is when it has that length, or none. */
function unit(values: number[]): number[] {
  const length = Math.hypot(...values);
  if (!length || Math.abs(length - 1) < 1e-4) return values;
  return values.map((value) => value / length);
}

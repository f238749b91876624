/** Embeddings of OpenAI and of hosts that copy them. Pure. */
import {
  Changes,
  dropParams,
  type EmbeddingData,
  type EmbeddingEndpoint,
  type EmbeddingRequest,
  mergeBody,
  type Plan,
  type PlanContext,
  ReplyFailure,
} from "@polycall/core";
import type { HostRow } from "./chat/host-row.ts";
import { saysItFailed } from "./chat/parse.ts";
import { isObject } from "./chat/wire.ts";

interface WireEmbeddings {
  model?: string;
  data?: { index?: number; embedding: number[] | string }[];
  usage?: { prompt_tokens?: number; total_tokens?: number } | null;
}

export function embeddingOf(row: HostRow, maxInputs: number): EmbeddingEndpoint {
  return {
    maxInputs,
    plan: (request, context) => planEmbedding(request, context, row),
    parse: parseEmbedding,
  };
}

function planEmbedding(request: EmbeddingRequest, context: PlanContext, row: HostRow): Plan {
  const { connection, model } = context;
  const { extra_body, model: _, role, ...rest } = request;
  const changes = new Changes(context);
  const roles = row.embeddingRoles?.find(([name]) => name.test(model))?.[1];
  const body: { [key: string]: unknown } = { model, ...(role && roles?.[role]) };
  Object.assign(body, row.embeddingFields);
  if (role && !roles) {
    const reason = `${row.label} is not told what ${model}'s texts are for`;
    changes.hint({ param: "role", action: "dropped", from: role, reason });
  }
  for (const [key, value] of Object.entries(rest)) {
    if (value !== undefined && value !== null) body[row.embeddingNames?.[key] ?? key] = value;
  }
  if (row.lacks?.includes("user")) dropParams(body, ["user"], row.label, changes);
  return {
    provider: connection.provider,
    model,
    endpoint: "embeddings",
    method: "POST",
    path: row.path?.("embeddings", context, model) ?? "/embeddings",
    headers: row.planHeaders?.(context) ?? {},
    body: mergeBody(body, extra_body),
    stream: false,
    framing: "sse",
    changes: changes.list,
  };
}

/**
 * Vectors as numbers, in the order of the inputs.
 * @throws ReplyFailure, TypeError when it is no embeddings reply
 */
function parseEmbedding(body: unknown, plan: Plan): EmbeddingData {
  if (!isObject(body)) throw new TypeError("not an object");
  const reply = body as WireEmbeddings;
  if (!Array.isArray(reply.data)) {
    if (saysItFailed(body)) throw new ReplyFailure(body);
    throw new TypeError("no data");
  }
  const data = reply.data.map(({ index, embedding }, at) => ({
    object: "embedding" as const,
    index: index ?? at,
    embedding: vectorOf(embedding),
  }));
  data.sort((a, b) => a.index - b.index);
  const total = reply.usage?.total_tokens ?? reply.usage?.prompt_tokens;
  return {
    object: "list",
    model: reply.model || plan.model,
    data,
    ...(total !== undefined && {
      usage: { prompt_tokens: reply.usage?.prompt_tokens ?? total, total_tokens: total },
    }),
  };
}

/** Numbers as they are; base64 is little-endian 32-bit floats. */
function vectorOf(embedding: unknown): number[] {
  if (Array.isArray(embedding)) return embedding;
  if (typeof embedding !== "string") throw new TypeError("an embedding is no list of numbers");
  // Plain loops: ten times as fast as `from` with a function, which made base64 slower than numbers.
  const text = atob(embedding);
  const view = new DataView(new ArrayBuffer(text.length));
  for (let at = 0; at < text.length; at++) view.setUint8(at, text.charCodeAt(at));
  const numbers = new Array<number>(text.length >> 2);
  for (let at = 0; at < numbers.length; at++) numbers[at] = view.getFloat32(at * 4, true);
  return numbers;
}

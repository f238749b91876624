/** Cohere's own embeddings: its OpenAI endpoint is not told what texts are for. Pure. Source: docs.cohere.com/reference/embed, 2026-11. */
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

const inputTypes = { document: "search_document", query: "search_query" };

/** A text that is too long is an error, not cut in silence; `extra_body: { truncate: "END" }` cuts. */
function plan(request: EmbeddingRequest, context: PlanContext): Plan {
  const changes = new Changes(context);
  const { model: _, input, dimensions, role, extra_body, ...rest } = request;
  const { encoding_format, ...unknown } = rest;
  const body: { [key: string]: unknown } = {
    model: context.model,
    texts: input,
    input_type: inputTypes[role ?? "document"],
    embedding_types: ["float"],
    ...(dimensions && { output_dimension: dimensions }),
    truncate: "NONE",
    ...unknown,
  };
  if (encoding_format === "base64") {
    const reason = "vectors are asked for as numbers";
    changes.hint({ param: "encoding_format", action: "converted", to: "float", reason });
  }
  dropParams(body, ["user"], "Cohere", changes);
  return {
    provider: context.connection.provider,
    model: context.model,
    endpoint: "embed",
    method: "POST",
    path: "/v2/embed",
    headers: {},
    body: mergeBody(body, extra_body),
    stream: false,
    framing: "sse",
    changes: changes.list,
  };
}

interface Reply {
  embeddings?: { float?: number[][] };
  meta?: { billed_units?: { input_tokens?: number } };
}

function parse(body: unknown, plan: Plan): EmbeddingData {
  const { embeddings, meta } = body as Reply;
  if (!Array.isArray(embeddings?.float)) {
    if ("message" in (body as object)) throw new ReplyFailure(body);
    throw new TypeError("it has no embeddings.float");
  }
  const tokens = meta?.billed_units?.input_tokens;
  return {
    object: "list",
    model: plan.model,
    data: embeddings.float.map((embedding, index) => ({ object: "embedding", index, embedding })),
    ...(tokens !== undefined && { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  };
}

export const cohereEmbedding: EmbeddingEndpoint = { maxInputs: 96, plan, parse };

/** Ollama's /api/embed. Pure. */
import {
  Changes,
  type EmbeddingData,
  type EmbeddingEndpoint,
  type EmbeddingRequest,
  mergeBody,
  type Plan,
  type PlanContext,
  ReplyFailure,
} from "@polycall/core";

/** A text that is too long is an error, not cut in silence; `extra_body: { truncate: true }` cuts. */
function plan(request: EmbeddingRequest, context: PlanContext): Plan {
  const changes = new Changes(context);
  const {
    model: _,
    input,
    dimensions,
    encoding_format,
    role,
    user,
    extra_body,
    ...unknown
  } = request;
  if (role !== undefined) {
    const reason =
      "Ollama is not told what texts are for; @polycall/embeddings writes the model's own prefix";
    changes.hint({ param: "role", action: "dropped", from: role, reason });
  }
  if (user !== undefined) {
    changes.hint({ param: "user", action: "dropped", from: user, reason: "Ollama has no user" });
  }
  if (encoding_format === "base64") {
    const reason = "Ollama sends vectors as numbers";
    changes.hint({ param: "encoding_format", action: "converted", to: "float", reason });
  }
  const { model } = context;
  const size = dimensions === undefined || dimensions === null ? {} : { dimensions };
  const body = { model, input, ...size, truncate: false };
  return {
    provider: context.connection.provider,
    model,
    endpoint: "api/embed",
    method: "POST",
    path: "/api/embed",
    headers: {},
    body: mergeBody(mergeBody(body, unknown), extra_body),
    stream: false,
    framing: "ndjson",
    changes: changes.list,
  };
}

interface OllamaEmbeddings {
  model?: string;
  embeddings?: number[][] | null;
  prompt_eval_count?: number | null;
  error?: unknown;
}

function parse(body: unknown, plan: Plan): EmbeddingData {
  const { model, embeddings, prompt_eval_count, error } = body as OllamaEmbeddings;
  if (error != null) throw new ReplyFailure(body);
  if (!Array.isArray(embeddings)) throw new TypeError("it has no embeddings");
  const tokens = prompt_eval_count;
  return {
    object: "list",
    model: model || plan.model,
    data: embeddings.map((embedding, index) => ({ object: "embedding", index, embedding })),
    ...(typeof tokens === "number" && { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  };
}

/** Ollama sets no limit; a batch of this size answers before a connection is thought dead. */
export const embedding: EmbeddingEndpoint = { maxInputs: 256, plan, parse };

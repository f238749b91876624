/** `local/OWNER/NAME` as a provider: plans like any other, and answers by itself. */
import {
  APIError,
  Changes,
  type EmbeddingData,
  type EmbeddingRequest,
  InvalidRequestError,
  mergeBody,
  type Plan,
  type PlanContext,
  type Provider,
  type ProviderInfo,
  type RerankData,
  type RerankRequest,
  type Send,
  UnsupportedParamsError,
} from "@polycall/core";
import { CrossEncoder, type Scored } from "./cross-encoder.ts";
import type { ModelOptions } from "./load.ts";
import { type Pooling, poolings } from "./pooling.ts";
import { type Asked, Runner } from "./runner.ts";

const info: ProviderInfo = {
  name: "local",
  label: "this process",
  keyOptional: true,
  settingsEnv: { modelPath: ["POLYCALL_LOCAL_MODELS"], offline: ["HF_HUB_OFFLINE"] },
};

export interface LocalProvider extends Provider {
  /** Frees the models that were loaded; they are loaded anew when they are asked again. */
  dispose(): Promise<void>;
}

/** What a request's body says of how the model is loaded. */
interface Loading {
  dtype?: string;
  device?: string;
  revision?: string;
}

/** What an embeddings request's body says. */
interface EmbeddingBody extends Omit<Asked, "texts"> {
  input: string[];
}

/** A loaded model, of either kind. */
interface Loaded {
  dispose(): Promise<void>;
}

/**
 * The adapter, with where its models are and how they run.
 * @example createClient({ adapters: { local: createLocal({ modelPath: "models", dtype: "q8" }) } })
 */
export function createLocal(options: ModelOptions = {}): LocalProvider {
  const models = new Map<string, Promise<Loaded>>();

  function loadedOnce<T extends Loaded>(
    kind: { load(model: string, own: ModelOptions): Promise<T> },
    endpoint: string,
    model: string,
    own: ModelOptions,
  ): Promise<T> {
    const key = JSON.stringify([endpoint, model, own]);
    const known = models.get(key);
    if (known) return known as Promise<T>;
    const loading = kind.load(model, own);
    models.set(key, loading);
    loading.catch(() => models.delete(key)); // What failed may succeed later.
    return loading;
  }

  async function send({ model, body, endpoint }: Plan, { connection, signal }: Send) {
    const { dtype, device, revision, ...asked } = body as Loading;
    const { modelPath, offline } = connection.settings;
    const how: ModelOptions = {
      ...(modelPath && { modelPath }),
      ...(offline && { offline: !/^(?:0|false|no|off)$/i.test(offline) }),
      ...options,
      ...(dtype && { dtype }),
      ...(device && { device }),
      ...(revision && { revision }),
    };
    if (endpoint === "rerank") {
      const { query, documents, max_tokens_per_doc } = asked as RerankRequest;
      const encoder = await loadedOnce(CrossEncoder, endpoint, model, how);
      const most = max_tokens_per_doc ?? undefined;
      return replyOf(await encoder.score(query, documents, most, signal));
    }
    const { input, ...more } = asked as EmbeddingBody;
    const runner = await loadedOnce(Runner, endpoint, model, how);
    signal?.throwIfAborted();
    const { vectors, tokens } = await runner.encode({ ...more, texts: input });
    signal?.throwIfAborted();
    return replyOf({ model, embeddings: vectors.map((vector) => Array.from(vector)), tokens });
  }

  return {
    info,
    plan(_, { model }) {
      const message = `local/${model}: models of this process make embeddings and rank, no completions.`;
      throw new UnsupportedParamsError(message, { provider: "local", model, param: "model" });
    },
    send,
    parse: () => {
      throw new TypeError("no completion is ever sent");
    },
    decoder: () => {
      throw new TypeError("no completion is ever sent");
    },
    classify: ({ provider, model, text: message }) => new APIError(message, { provider, model }),
    embedding: { maxInputs: 32, plan: planEmbedding, parse: parseEmbedding },
    rerank: { plan: planRerank, parse: parseRerank },
    async dispose() {
      const loaded = [...models.values()];
      models.clear();
      for (const model of await Promise.allSettled(loaded)) {
        if (model.status === "fulfilled") await model.value.dispose();
      }
    },
  };
}

/** What core reads as a transport's reply. */
function replyOf(body: object) {
  return {
    status: 200,
    ok: true,
    url: "",
    header: () => undefined,
    read: async () => undefined,
    cancel() {},
    text: async () => JSON.stringify(body),
  };
}

function planEmbedding(request: EmbeddingRequest, context: PlanContext): Plan {
  const { model } = context;
  const { model: _, user, encoding_format: __, extra_body, ...rest } = request;
  const changes = new Changes(context);
  if (user !== undefined) {
    const reason = "a model of this process has no users";
    changes.hint({ param: "user", action: "dropped", from: user, reason });
  }
  const body = mergeBody(rest as { [key: string]: unknown }, extra_body);
  const { pooling } = body as { pooling?: Pooling };
  if (pooling !== undefined && !poolings.includes(pooling)) {
    const message = `local/${model}: pooling must be ${poolings.join(", ")}, not "${pooling}".`;
    throw new InvalidRequestError(message, { provider: "local", model, param: "pooling" });
  }
  return planned("embeddings", body, changes, context);
}

function planned(
  endpoint: string,
  body: Plan["body"],
  { list: changes }: Changes,
  { connection, model }: PlanContext,
): Plan {
  return {
    provider: connection.provider,
    model,
    endpoint,
    method: "POST",
    path: "",
    headers: {},
    body,
    stream: false,
    framing: "ndjson",
    changes,
  };
}

/** Of a reranking all scores are given: core cuts to the best. */
function planRerank(request: RerankRequest, context: PlanContext): Plan {
  const { model: _, top_n: __, return_documents: ___, extra_body, ...rest } = request;
  const body = mergeBody(rest as { [key: string]: unknown }, extra_body);
  return planned("rerank", body, new Changes(context), context);
}

function parseRerank(body: unknown, { model }: Plan): RerankData {
  const { scores, tokens } = body as Scored;
  return {
    model,
    results: scores.map((relevance_score, index) => ({ index, relevance_score })),
    usage: { total_tokens: tokens },
  };
}

interface Reply {
  embeddings: number[][];
  tokens: number;
}

function parseEmbedding(body: unknown, { model }: Plan): EmbeddingData {
  const { embeddings, tokens } = body as Reply;
  return {
    object: "list",
    model,
    data: embeddings.map((embedding, index) => ({ object: "embedding", index, embedding })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** The adapter for `local/OWNER/NAME`: POLYCALL_LOCAL_MODELS says where models are, HF_HUB_OFFLINE=1 fetches none. */
export const local: LocalProvider = /* @__PURE__ */ createLocal();

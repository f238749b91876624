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
  type Send,
  UnsupportedParamsError,
} from "@polycall/core";
import { type Pooling, poolings } from "./pooling.ts";
import { type Asked, type ModelOptions, Runner } from "./runner.ts";

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

/** What an embeddings request's body says. */
interface Body extends Omit<Asked, "texts"> {
  input: string[];
  dtype?: string;
  device?: string;
  revision?: string;
}

/**
 * The adapter, with where its models are and how they run.
 * @example createClient({ adapters: { local: createLocal({ modelPath: "models", dtype: "q8" }) } })
 */
export function createLocal(options: ModelOptions = {}): LocalProvider {
  const runners = new Map<string, Promise<Runner>>();

  function runnerOf(model: string, own: ModelOptions): Promise<Runner> {
    const key = JSON.stringify([model, own]);
    const known = runners.get(key);
    if (known) return known;
    const loading = Runner.load(model, own);
    runners.set(key, loading);
    loading.catch(() => runners.delete(key)); // What failed may succeed later.
    return loading;
  }

  async function send({ model, body }: Plan, { connection, signal }: Send): Promise<unknown> {
    const { input, dtype, device, revision, ...asked } = body as unknown as Body;
    const { modelPath, offline } = connection.settings;
    const how: ModelOptions = {
      ...(modelPath && { modelPath }),
      ...(offline && { offline: !/^(?:0|false|no|off)$/i.test(offline) }),
      ...options,
      ...(dtype && { dtype }),
      ...(device && { device }),
      ...(revision && { revision }),
    };
    const runner = await runnerOf(model, how);
    signal?.throwIfAborted();
    const { vectors, tokens } = await runner.encode({ ...asked, texts: input });
    signal?.throwIfAborted();
    const rows = vectors.map((vector) => Array.from(vector));
    return replyOf(JSON.stringify({ model, embeddings: rows, tokens }));
  }

  return {
    info,
    plan(_, { model }) {
      const message = `local/${model}: models of this process make embeddings, no completions.`;
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
    async dispose() {
      const loaded = [...runners.values()];
      runners.clear();
      for (const runner of await Promise.allSettled(loaded)) {
        if (runner.status === "fulfilled") await runner.value.dispose();
      }
    },
  };
}

/** What core reads as a transport's reply. */
function replyOf(text: string) {
  return {
    status: 200,
    ok: true,
    url: "",
    header: () => undefined,
    read: async () => undefined,
    cancel() {},
    text: async () => text,
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
  return {
    provider: context.connection.provider,
    model,
    endpoint: "embeddings",
    method: "POST",
    path: "",
    headers: {},
    body,
    stream: false,
    framing: "ndjson",
    changes: changes.list,
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

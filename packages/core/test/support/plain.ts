/** The smallest honest adapter: a host that speaks OpenAI's words exactly. For core's own tests. */
import {
  type CompletionChunk,
  type CompletionData,
  classifyFailure,
  type Decoder,
  type EmbeddingData,
  mergeBody,
  type Plan,
  type PlanContext,
  type Provider,
  ReplyFailure,
  type RerankData,
  UnsupportedParamsError,
} from "../../src/index.ts";

function planned(endpoint: string, { connection, model }: PlanContext, body: object): Plan {
  return {
    provider: connection.provider,
    model,
    endpoint,
    method: "POST",
    path: `/${endpoint}`,
    headers: {},
    body: { ...body, model },
    stream: (body as { stream?: boolean }).stream === true,
    framing: "sse",
    changes: [],
  };
}

function decoder(): Decoder {
  let data: CompletionData | undefined;
  let done = false;
  return {
    decode(event) {
      const chunk = event as CompletionChunk & { error?: unknown };
      if (chunk.error) throw new ReplyFailure(chunk);
      data ??= {
        id: chunk.id,
        object: "chat.completion",
        created: chunk.created,
        model: chunk.model,
        choices: [
          {
            index: 0,
            finish_reason: "stop",
            message: { role: "assistant", content: "", refusal: null },
            logprobs: null,
          },
        ],
      };
      const [choice] = chunk.choices;
      if (choice) data.choices[0]!.message.content += choice.delta.content ?? "";
      if (choice?.finish_reason) done = true;
      if (chunk.usage) data.usage = chunk.usage;
      return [chunk];
    },
    end: () => [],
    get done() {
      return done;
    },
    body: () => data,
  };
}

export function plain(name: string, more: Partial<Provider["info"]> = {}): Provider {
  const variable = `${name.toUpperCase()}_API_KEY`;
  const keyURL = `https://${name}.example/keys`;
  return {
    info: { name, label: name, apiKeyEnv: [variable], keyURL, requiresBaseURL: true, ...more },
    plan(request, context) {
      const { extra_body, ...body } = request;
      if (request.n === 7) throw new UnsupportedParamsError("no seven", { param: "n" });
      return planned("chat/completions", context, mergeBody(body, extra_body));
    },
    async send(plan, { connection, fetch, signal }) {
      const headers = {
        authorization: `Bearer ${connection.apiKey}`,
        "x-stainless-lang": "js",
        "openai-organization": "leaked",
      };
      await fetch(connection.baseURL + plan.path, { method: "POST", headers, body: "{}", signal });
    },
    parse(body) {
      const data = body as CompletionData;
      if (!Array.isArray(data.choices)) throw new ReplyFailure(body);
      return data;
    },
    decoder,
    classify(failure) {
      const error = (failure.body as { error?: { message?: string; code?: string } })?.error;
      return classifyFailure(failure, { message: error?.message, codes: [error?.code] });
    },
    embedding: {
      maxInputs: 2,
      plan: (request, context) => planned("embeddings", context, request),
      parse: (body) => body as EmbeddingData,
    },
    rerank: {
      plan: (request, context) => planned("rerank", context, request),
      parse: (body) => body as RerankData,
    },
  };
}

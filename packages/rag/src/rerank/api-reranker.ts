/** `apiReranker()`: a reranking model, behind an API or in this process. */
import { InvalidRequestError, type RerankInput } from "@polycall/core";
import { type PolycallClient, rerank } from "polycall";
import type { Reranker } from "./reranker.ts";

export interface ApiRerankerOptions {
  /** "cohere/rerank-v4.0-pro", "voyage/rerank-2.5", "jina/jina-reranker-v3", "local/OWNER/NAME", … */
  model: string;
  /** What else each request has: `max_tokens_per_doc`, `fallbacks`, `timeout`, … */
  params?: Partial<Omit<RerankInput, "model" | "query" | "documents" | "top_n" | "signal">>;
  /** Default: polycall's own. */
  client?: Pick<PolycallClient, "rerank">;
}

/**
 * A reranker over `rerank()`: one request for all candidates.
 * @throws InvalidRequestError without a model
 */
export function apiReranker({ model, params, client = { rerank } }: ApiRerankerOptions): Reranker {
  if (typeof model !== "string" || !model) {
    throw new InvalidRequestError('apiReranker() needs a model: "provider/model".', {
      param: "model",
    });
  }
  return {
    name: model,
    async rank(query, passages, { signal, trace }) {
      const begun = performance.now();
      const reply = await client.rerank({
        ...params,
        ...{ model, query, documents: passages.map(({ text }) => text) },
        ...(signal && { signal }),
      });
      const { total_tokens, search_units } = reply.usage ?? {};
      // Who bills by the search counts no tokens.
      const tokens = total_tokens ?? (search_units === undefined ? undefined : 0);
      // A model of this process costs nothing, which no catalogue says.
      const cost = reply.cost?.total ?? (reply.provider === "local" ? 0 : undefined);
      trace?.calls.push({
        ...{ purpose: "rerank", model, messages: [{ role: "user", content: query }] },
        reply: JSON.stringify(reply.results),
        ...(tokens !== undefined && {
          usage: { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens },
        }),
        ...(cost !== undefined && { cost }),
        ms: Math.round(performance.now() - begun),
      });
      const ranked = reply.results.map(({ index, relevance_score: score }) => ({ index, score }));
      return { ranked };
    },
  };
}

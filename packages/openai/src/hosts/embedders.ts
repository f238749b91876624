/** Hosts that are asked for embeddings and rerankings alone, a row each. Sources: their API docs, 2026-11. */
import { type Provider, UnsupportedParamsError } from "@polycall/core";
import type { HostRow } from "../chat/host-row.ts";
import { host } from "../provider.ts";
import { cohereEmbedding } from "./cohere-embedding.ts";
import { reranking } from "./reranking.ts";

export const embedderRows = () =>
  ({
    /** A text that is too long is an error, not cut in silence; `extra_body: { truncation: true }` cuts. */
    voyage: {
      name: "voyage",
      label: "Voyage AI",
      docs: "https://docs.voyageai.com/reference/embeddings-api",
      baseURL: "https://api.voyageai.com/v1",
      apiKeyEnv: ["VOYAGE_API_KEY"],
      keyURL: "https://dashboard.voyageai.com/api-keys",
      lacks: ["user"],
      maxEmbeddingInputs: 1000,
      embeddingNames: { dimensions: "output_dimension" },
      embeddingRoles: [
        [/^/, { document: { input_type: "document" }, query: { input_type: "query" } }],
      ],
      embeddingFields: { truncation: false },
      rerank: reranking({
        label: "Voyage AI",
        maxDocuments: 1000,
        names: { top_n: "top_k", max_tokens_per_doc: null },
      }),
    },
    jina: {
      name: "jina",
      label: "Jina AI",
      docs: "https://api.jina.ai/redoc",
      baseURL: "https://api.jina.ai/v1",
      apiKeyEnv: ["JINA_API_KEY", "JINA_AI_API_KEY"],
      keyURL: "https://jina.ai/api-dashboard",
      lacks: ["user"],
      maxEmbeddingInputs: 512,
      embeddingNames: { encoding_format: "embedding_type" },
      embeddingRoles: [
        [
          /code-embeddings/,
          { document: { task: "nl2code.passage" }, query: { task: "nl2code.query" } },
        ],
        [/clip-v2/, { document: {}, query: { task: "retrieval.query" } }],
        [
          /embeddings-v(?:[3-9]|\d\d)/,
          { document: { task: "retrieval.passage" }, query: { task: "retrieval.query" } },
        ],
      ],
      rerank: reranking({
        label: "Jina AI",
        names: { max_tokens_per_doc: null },
        // Else every document comes back.
        fields: { return_documents: false },
      }),
    },
    cohere: {
      name: "cohere",
      label: "Cohere",
      docs: "https://docs.cohere.com/reference/embed",
      baseURL: "https://api.cohere.com",
      apiKeyEnv: ["COHERE_API_KEY", "CO_API_KEY"],
      keyURL: "https://dashboard.cohere.com/api-keys",
      embedding: cohereEmbedding,
      rerank: reranking({ label: "Cohere", maxDocuments: 1000, path: "/v2/rerank" }),
    },
    /** A server that the user runs, of one model: its name in the model string is not looked at. */
    tei: {
      name: "tei",
      label: "Text Embeddings Inference",
      docs: "https://huggingface.github.io/text-embeddings-inference",
      baseURL: "http://localhost:8080",
      apiKeyEnv: ["TEI_API_KEY"],
      keyOptional: true,
      lacks: ["user"],
      maxEmbeddingInputs: 32,
      path: (endpoint) => `/v1/${endpoint}`,
      rerank: reranking({
        label: "Text Embeddings Inference",
        maxDocuments: 32,
        names: { documents: "texts", top_n: null, max_tokens_per_doc: null },
        // Else a document that is too long is an error: every other reranker cuts it.
        fields: { truncate: true },
      }),
    },
  }) as const satisfies Record<string, HostRow>;

/** A provider that completes nothing. */
export function embedder(row: HostRow): Provider {
  const provider = host(row);
  return {
    ...provider,
    plan(_, { connection, model }) {
      const said = `${connection.provider}/${model}: only embeddings and rerankings are asked of ${row.label}, no completions.`;
      throw new UnsupportedParamsError(said, {
        provider: connection.provider,
        model,
        param: "model",
      });
    },
  };
}

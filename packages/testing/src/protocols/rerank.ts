/** Reranking as Cohere, as Voyage, as Jina and as Text Embeddings Inference answer. Sources: their API docs, 2026-11. */
import { embedText } from "../embedding.ts";
import type { Endpoint, EndpointCall } from "../endpoint.ts";
import { servedModel } from "../endpoint.ts";
import { asArray, asString } from "../json.ts";
import { json } from "../reply.ts";
import { countTokens } from "../tokens.ts";

const DIMENSIONS = 512;

interface Scored {
  index: number;
  relevance_score: number;
}

/** Documents by the words, and parts of words, that they share with the query; best first, in [0, 1]. */
function scored(query: string, documents: readonly string[]): Scored[] {
  const asked = embedText(query, DIMENSIONS);
  return documents
    .map((text, index) => {
      const own = embedText(text, DIMENSIONS);
      const cosine = asked.reduce((sum, value, i) => sum + value * own[i]!, 0);
      return { index, relevance_score: Math.min(1, Math.max(0, cosine)) };
    })
    .sort((a, b) => b.relevance_score - a.relevance_score);
}

/** These send documents back unless they are told not to. */
const returning = new Set(["fireworks", "jina"]);

function read({ body, provider }: EndpointCall) {
  const query = asString(body.query);
  const documents = asArray(body.documents ?? body.texts).map(asString);
  const asked = body.top_n ?? body.top_k;
  const most = typeof asked === "number" ? asked : documents.length;
  // The query is read once with each document.
  const tokens = documents.reduce((sum, text) => sum + countTokens(query) + countTokens(text), 0);
  const all = scored(query, documents);
  const returned = body.return_documents ?? returning.has(provider.name);
  const results = all.slice(0, most).map((one) => ({
    ...one,
    ...(returned === true && { document: { text: documents[one.index]! } }),
  }));
  return { documents, all, results, tokens };
}

/** POST /v2/rerank */
export const cohereRerank: Endpoint = (call) => {
  const { documents, results } = read(call);
  const search_units = Math.max(1, Math.ceil(documents.length / 100));
  const meta = { api_version: { version: "2" }, billed_units: { search_units } };
  return json(200, { id: call.ids("", 36), results, meta });
};

/** POST /rerank of a Text Embeddings Inference server: the list alone, all of it. */
export const teiRerank: Endpoint = (call) =>
  json(
    200,
    read(call).all.map(({ index, relevance_score }) => ({ index, score: relevance_score })),
  );

/** POST /rerank, where the results are `data`. */
const inData = new Set(["voyage", "fireworks"]);

export const rerank: Endpoint = (call) => {
  const { results, tokens } = read(call);
  const model = servedModel(call.model);
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  if (inData.has(call.provider.name)) {
    const data = results.map(({ document, ...one }) => ({
      ...one,
      ...(document && { document: document.text }),
    }));
    return json(200, { object: "list", data, model, usage });
  }
  return json(200, { model, object: "list", results, usage });
};

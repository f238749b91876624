/**
 * Candidates found by words, in the order of a model that reads each with the question: a reranker behind an
 * API, and a language model. Without a key both are simulated: they show what is called and what becomes of a
 * bad answer, not how good a reranker is.
 */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import {
  apiReranker,
  languageModel,
  modelReranker,
  type RetrievalTrace,
  rerankPassages,
} from "@polycall/rag";
import { connect } from "../lib/connect.ts";
import { byWords, passages } from "./passages.ts";
import { ranking } from "./ranking.ts";

const { rerank, models, who, simulator, close, ...others } = await connect();
const client = { ...others, rerank };
const rerankers = {
  COHERE_API_KEY: "cohere/rerank-v4.0-fast",
  VOYAGE_API_KEY: "voyage/rerank-2.5-lite",
  JINA_API_KEY: "jina/jina-reranker-v3",
};
const mine = Object.entries(rerankers).find(([key]) => process.env[key])?.[1];
const reranker = simulator ? rerankers.COHERE_API_KEY : mine;
const query = "How long may I keep a borrowed book?";
console.log(`${query}\n\nAnswered by ${who}.\n`);

if (reranker) {
  const { results, usage } = await rerank({
    model: reranker,
    query,
    documents: passages,
    top_n: 2,
    return_documents: true,
  });
  console.log(`rerank() by ${reranker}, ${JSON.stringify(usage)}`);
  for (const { relevance_score, document } of results) {
    console.log(`  ${relevance_score.toFixed(3)} ${document!.text}`);
  }
  assert.equal(results.length, 2);
  assert.ok(results[0]!.relevance_score >= results[1]!.relevance_score);
} else {
  console.log(`rerank() needs one of ${Object.keys(rerankers).join(", ")}.`);
}

/** What was found by words, and then by the reranker. */
async function shown(name: string, by: Parameters<typeof rerankPassages>[1]) {
  const trace: RetrievalTrace = { steps: [], calls: [], warnings: [] };
  const retriever = rerankPassages(byWords, by, { k: 3, candidates: 6 });
  const found = await retriever.retrieve(query, { trace });
  const step = trace.steps.at(-1)!;
  console.log(`\n${name}: the best 3 of ${step.given!.length}`);
  for (const passage of found) {
    const before = step.given!.findIndex(({ chunk }) => chunk.id === passage.chunk.id) + 1;
    console.log(`  was ${before}. ${passage.text}`);
  }
  for (const warning of trace.warnings) console.log(`  ! ${warning}`);
  return { found, step, trace };
}

if (reranker) await shown(`apiReranker ${reranker}`, apiReranker({ model: reranker, client }));

const model = languageModel({ model: models[0], client });
simulator?.script([ranking]);
const { found, step } = await shown(`modelReranker ${models[0]}`, modelReranker({ model }));
assert.equal(found.length, 3);
assert.ok(step.fallback || found[0]!.text.includes("borrowed"), "another passage came first");

if (simulator) {
  // A model that names a passage that there is not, one twice, and leaves the rest out.
  simulator.script(['{"ranking":[4,9,4]}']);
  const { trace } = await shown("a bad answer is mended", modelReranker({ model }));
  assert.equal(trace.warnings.length, 1);
  simulator.fault({ status: 503, times: 3 });
  const { step } = await shown("a failure leaves the order as it was", modelReranker({ model }));
  assert.deepEqual(step.found, step.given!.slice(0, 3));
  assert.ok(step.fallback);
}
await close();

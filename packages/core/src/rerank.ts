/** `rerank()`: documents by their relevance to a query, checked. Apart: a client is smaller without. */
import type { AnyRequest, CallInternals } from "./call.ts";
import { contextOf, type PolycallClient } from "./client.ts";
import type { ClientContext } from "./client-context.ts";
import { settled } from "./completion.ts";
import { openRerank } from "./door.ts";
import { APIResponseValidationError } from "./errors.ts";
import { onion } from "./plugin.ts";
import type { Plan, RerankEndpoint } from "./provider.ts";
import type { Resolved } from "./resolve.ts";
import { costOfCall, sumOfCosts } from "./spent.ts";
import type { Usage } from "./types/completion.ts";
import type { RerankInput, Reranking, RerankResult } from "./types/input.ts";
import type { RerankRequest } from "./types/request.ts";
import type { RerankData, RerankUsage } from "./types/rerank.ts";
import { askWhole, required, type Whole } from "./whole.ts";

/**
 * Documents, the most relevant to the query first.
 * @throws APIResponseValidationError for a reply that ranks other documents than were given;
 *   UnsupportedParamsError where the provider has no such endpoint
 */
export async function rerank(client: PolycallClient, input: RerankInput): Promise<Reranking> {
  const context = contextOf(client);
  const { request, options, warnings } = openRerank(input);
  const call = context.call("rerank", request.model, options, warnings);
  const core = (inner: AnyRequest) => batches(context, inner as RerankRequest, call);
  const run = onion(context.plugins, core, call);
  return (await settled(run(request), call)) as Reranking;
}

/** One model's ranking, in as many requests as it takes; each may be retried alone. */
async function batches(
  client: ClientContext,
  request: RerankRequest,
  call: CallInternals,
): Promise<Reranking> {
  const resolved = await client.registry.resolve(request.model, call);
  const { documents } = request;
  const { maxDocuments = documents.length } = endpointOf(resolved);
  const core = (inner: AnyRequest) => askWhole(client, inner as RerankRequest, call, whole);
  const run = onion(client.requestPlugins, core, call);
  const before = call.attempts.length;
  const replies: Reranking[] = [];
  for (let i = 0; i < documents.length; i += maxDocuments) {
    const batch = { ...request, documents: documents.slice(i, i + maxDocuments) };
    const reply = (await run(batch)) as Reranking;
    const results = reply.results.map((one) => ({ ...one, index: one.index + i }));
    replies.push({ ...reply, results });
  }
  const own = call.attempts.slice(before).filter(({ error }) => !error);
  const { cost: _, usage: __, ...reply } = replies[0]!;
  const usage = sumOfUsage(replies.map(({ usage }) => usage));
  const cost = sumOfCosts(replies.map(({ cost }) => cost));
  return {
    ...reply,
    results: best(
      replies.flatMap(({ results }) => results),
      request.top_n ?? documents.length,
    ),
    ...(usage && { usage }),
    ...costOfCall(cost, own, call.attempts),
  };
}

const endpointOf = (resolved: Resolved): RerankEndpoint =>
  required(resolved.provider.rerank, resolved, "reranking");

const whole: Whole<RerankRequest, RerankData> = {
  endpointOf,
  checked: ranked,
  usageOf: ({ usage }) => usage && asUsage(usage),
};

/** Unknown where one's is. */
function sumOfUsage(usages: readonly (RerankUsage | undefined)[]): RerankUsage | undefined {
  const [first] = usages;
  if (!first || usages.length === 1) return first;
  const names = Object.keys(first) as (keyof RerankUsage)[];
  const sums = names.map((name) => [
    name,
    usages.reduce((sum, usage) => sum + (usage?.[name] ?? Number.NaN), 0),
  ]);
  return Object.fromEntries(sums.filter(([, sum]) => Number.isFinite(sum)));
}

/** As completions are priced: tokens that were read, and units. */
function asUsage({ total_tokens = 0, search_units, cost }: RerankUsage): Usage {
  return {
    prompt_tokens: total_tokens,
    completion_tokens: 0,
    total_tokens,
    ...(search_units !== undefined && { server_tool_use: { search_units } }),
    ...(cost !== undefined && { cost }),
  };
}

/** The best, best first: documents that were given, each once, as many as were asked for. */
function ranked(
  data: RerankData,
  { documents, top_n, return_documents }: RerankRequest,
  { provider, model }: Plan,
): RerankData & { results: RerankResult[] } {
  const fail = (what: string) =>
    new APIResponseValidationError(`${provider}/${model}: ${what}.`, { provider, model });
  const { length } = documents;
  const seen = new Set<number>();
  for (const { index, relevance_score: score } of data.results) {
    if (!Number.isInteger(index) || index < 0 || index >= length) {
      throw fail(`document ${String(index).slice(0, 40)} was ranked, of ${length} from 0`);
    }
    if (seen.has(index)) throw fail(`document ${index} was ranked twice`);
    if (!Number.isFinite(score)) throw fail(`the score of document ${index} is not a number`);
    seen.add(index);
  }
  const wanted = Math.min(top_n ?? length, length);
  if (seen.size < wanted) throw fail(`${seen.size} documents were ranked, not ${wanted}`);
  const results = best(data.results, wanted).map(({ index, relevance_score }) => ({
    index,
    relevance_score,
    ...(return_documents && { document: { text: documents[index]! } }),
  }));
  return { ...data, results };
}

function best<T extends RerankData["results"][number]>(results: readonly T[], count: number): T[] {
  return [...results].sort((a, b) => b.relevance_score - a.relevance_score).slice(0, count);
}

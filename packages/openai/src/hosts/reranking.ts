/** Reranking in Cohere's and Jina's words, which most copy, and in what a host says otherwise. Pure. Sources: the hosts' API docs, 2026-11. */
import {
  Changes,
  dropParams,
  mergeBody,
  type Plan,
  type PlanContext,
  ReplyFailure,
  type RerankData,
  type RerankEndpoint,
  type RerankRequest,
} from "@polycall/core";
import { saysItFailed } from "../chat/parse.ts";
import { isObject } from "../chat/wire.ts";

export interface RerankWords {
  /** The name a person knows it by. */
  readonly label: string;
  readonly maxDocuments?: number;
  /** Relative to the base URL. Default: "/rerank" */
  readonly path?: string;
  /** Cohere's names of a request -> this host's; null: it takes no such thing. */
  readonly names?: { readonly [name: string]: string | null };
  /** What every request says besides. */
  readonly fields?: { readonly [name: string]: unknown };
}

/** The reranking side of a host: what `HostRow.rerank` holds. */
export function reranking(words: RerankWords): RerankEndpoint {
  const { maxDocuments } = words;
  return {
    ...(maxDocuments && { maxDocuments }),
    plan: (request, context) => planned(request, context, words),
    parse,
  };
}

function planned(
  request: RerankRequest,
  context: PlanContext,
  { label, path = "/rerank", names = {}, fields }: RerankWords,
): Plan {
  const { connection, model } = context;
  const { model: _, return_documents: __, extra_body, ...rest } = request;
  const given = Object.entries(rest).filter(([, value]) => value !== undefined && value !== null);
  const asked: { [name: string]: unknown } = Object.fromEntries(given);
  const changes = new Changes(context);
  const lost = Object.keys(names).filter((name) => names[name] === null);
  // Core cuts to the best, so that nothing is lost where a host is not told how many.
  if (lost.includes("top_n")) delete asked.top_n;
  dropParams(asked, lost, label, changes);
  const body: { [key: string]: unknown } = { model, ...fields };
  for (const name of Object.keys(asked)) body[names[name] ?? name] = asked[name];
  return {
    provider: connection.provider,
    model,
    endpoint: "rerank",
    method: "POST",
    path,
    headers: {},
    body: mergeBody(body, extra_body),
    stream: false,
    framing: "sse",
    changes: changes.list,
  };
}

interface Reply {
  model?: string;
  results?: unknown;
  /** Voyage and Fireworks. */
  data?: unknown;
  usage?: Partial<Record<"prompt_tokens" | "total_tokens" | "search_units" | "cost", number>>;
  /** Cohere. */
  meta?: { billed_units?: { search_units?: number; input_tokens?: number } };
}

/** @throws ReplyFailure, TypeError when it is no reranking reply */
function parse(body: unknown, plan: Plan): RerankData {
  // Text Embeddings Inference gives the list alone.
  const reply: Reply = Array.isArray(body) ? { results: body } : (body as Reply);
  const list = reply.results ?? reply.data;
  if (!Array.isArray(list)) {
    if (saysItFailed(reply)) throw new ReplyFailure(body);
    throw new TypeError("no results");
  }
  const { usage, meta } = reply;
  const used = {
    total_tokens: usage?.total_tokens ?? usage?.prompt_tokens ?? meta?.billed_units?.input_tokens,
    search_units: usage?.search_units ?? meta?.billed_units?.search_units,
    cost: usage?.cost,
  };
  const known = Object.entries(used).filter(([, value]) => typeof value === "number");
  return {
    model: reply.model || plan.model,
    results: list.map((one) => {
      if (!isObject(one)) throw new TypeError("a result is no object");
      const { index, relevance_score, score } = one;
      return { index: index as number, relevance_score: (relevance_score ?? score) as number };
    }),
    ...(known.length && { usage: Object.fromEntries(known) }),
  };
}

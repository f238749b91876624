/** The reranking reply: Cohere's and LiteLLM's shape. */
export interface RerankData {
  model: string;
  results: { index: number; relevance_score: number }[];
  usage?: RerankUsage;
}

/** What a reranking used, as far as the provider says; each bills by one of them. */
export interface RerankUsage {
  total_tokens?: number;
  /** Cohere's: a query with up to 100 documents. */
  search_units?: number;
  /** Dollars, where the provider says it (OpenRouter). */
  cost?: number;
}

/** The embeddings reply: OpenAI's shape. */
export interface EmbeddingData {
  object: "list";
  model: string;
  data: { object: "embedding"; index: number; embedding: number[] }[];
  /** Absent where the provider does not say. */
  usage?: { prompt_tokens: number; total_tokens: number };
}

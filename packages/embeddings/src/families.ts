/**
 * What is known of services and of models: what a request may hold, how long a text may be, the words that
 * a model wants before a text. Data; a limit of which no source is named is a size that answers soon.
 */

export interface Limits {
  /** Texts that a request may hold. */
  inputs?: number;
  /** Tokens that all texts of a request may be. */
  batchTokens?: number;
  /** Tokens that one text may be. */
  textTokens?: number;
  /** A text that is longer is cut, and the reply does not say so. */
  cutsInSilence?: true;
  /** Vectors can be asked for as base64, which is a third of their size as JSON. */
  base64?: true;
  /** Is not told what a text is for: its models embed all texts alike, or want a prefix. */
  tellsNoRole?: true;
}

/** What a model wants to stand before a text, by what the text is for. */
export interface Prefixes {
  document: string;
  query: string;
}

/** By the provider in a model string; the first that fits. */
export const services: readonly (readonly [model: RegExp, limits: Limits])[] = [
  // platform.openai.com/docs/api-reference/embeddings/create, 2026-11.
  [
    /^openai\//,
    { inputs: 2048, batchTokens: 300_000, textTokens: 8192, base64: true, tellsNoRole: true },
  ],
  [
    /^azure\//,
    { inputs: 2048, batchTokens: 300_000, textTokens: 8192, base64: true, tellsNoRole: true },
  ],
  // ai.google.dev/gemini-api/docs/embeddings, 2026-11: `autoTruncate` is Vertex AI's alone.
  [/^gemini\/.*embedding-2/, { inputs: 100, textTokens: 8192, cutsInSilence: true }],
  [/^gemini\//, { inputs: 100, textTokens: 2048, cutsInSilence: true }],
  // cloud.google.com, "Get text embeddings", 2026-11.
  [/^vertex\/.*(?:gemini|maas)/, { inputs: 1 }],
  [/^vertex\//, { inputs: 250, batchTokens: 20_000, textTokens: 2048 }],
  // docs.voyageai.com/docs/embeddings, 2026-11.
  [
    /^voyage\/voyage-(?:4|3\.5)-lite/,
    { inputs: 1000, batchTokens: 1_000_000, textTokens: 32_000, base64: true },
  ],
  [
    /^voyage\/voyage-(?:4|3\.5|2)$/,
    { inputs: 1000, batchTokens: 320_000, textTokens: 32_000, base64: true },
  ],
  [/^voyage\//, { inputs: 1000, batchTokens: 120_000, textTokens: 32_000, base64: true }],
  // docs.cohere.com/reference/embed, 2026-11.
  [/^cohere\/.*v4/, { inputs: 96, textTokens: 128_000 }],
  [/^cohere\//, { inputs: 96, textTokens: 512 }],
  // jina.ai/embeddings, 2026-11.
  [/^jina\/.*v(?:[4-9]|\d\d)/, { inputs: 512, batchTokens: 200_000, textTokens: 32_768 }],
  [/^jina\//, { inputs: 512, batchTokens: 200_000, textTokens: 8192 }],
  // "Too many tokens in batch"; the limit is LangChain's (16,000), docs.mistral.ai has none, 2026-11.
  [/^mistral\//, { inputs: 128, batchTokens: 16_000, textTokens: 8192, tellsNoRole: true }],
  [/^nvidia\//, { inputs: 50 }],
  [/^ollama\//, { inputs: 64, batchTokens: 100_000, tellsNoRole: true }],
  [/^local\//, { inputs: 32 }],
  [/^google_openai\//, { inputs: 100, tellsNoRole: true }],
  [/^vllm\//, { inputs: 256, batchTokens: 200_000, base64: true, tellsNoRole: true }],
  [
    /^(?:together|fireworks|deepinfra|openrouter|lmstudio|llamacpp|ollama_openai|custom_openai)\//,
    { inputs: 64, batchTokens: 100_000, tellsNoRole: true },
  ],
];

/** Where nothing is known. */
export const unknownService: Limits = { inputs: 64, batchTokens: 100_000 };

const searches = "Represent this sentence for searching relevant passages: ";
const instruct =
  "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ";

/** By the name of an open model, wherever it is served; the first that fits. Sources: the models' cards, 2026-11. */
export const openModels: readonly (readonly [model: RegExp, prefixes: Prefixes])[] = [
  // huggingface.co/nomic-ai/nomic-embed-text-v1.5
  [/nomic-embed-text/, { document: "search_document: ", query: "search_query: " }],
  // huggingface.co/intfloat/multilingual-e5-large-instruct, huggingface.co/intfloat/e5-base-v2
  [/\be5-[\w.-]*instruct/, { document: "", query: instruct }],
  [/\be5-(?:small|base|large)/, { document: "passage: ", query: "query: " }],
  // huggingface.co/BAAI/bge-large-en-v1.5, bge-large-zh-v1.5; bge-m3 wants none.
  [
    /\bbge-(?:small|base|large)-zh/,
    { document: "", query: "为这个句子生成表示以用于检索相关文章：" },
  ],
  [/\bbge-(?:small|base|large)/, { document: "", query: searches }],
  // huggingface.co/mixedbread-ai/mxbai-embed-large-v1
  [/mxbai-embed/, { document: "", query: searches }],
  // huggingface.co/Snowflake/snowflake-arctic-embed-l-v2.0, snowflake-arctic-embed-m
  [/arctic-embed(?:2|-[lm]-v2)/, { document: "", query: "query: " }],
  [/arctic-embed/, { document: "", query: searches }],
  // ai.google.dev/gemma/docs/embeddinggemma/model_card
  [/embeddinggemma/, { document: "title: none | text: ", query: "task: search result | query: " }],
  // huggingface.co/Qwen/Qwen3-Embedding-0.6B
  [/qwen3-embedding/, { document: "", query: instruct.trimEnd() }],
];

/** Servers that the user runs, or that nobody described, a row each: what the user writes is sent. */
import type { HostRow } from "../chat/host-row.ts";
import { noNullContent } from "../quirks/history.ts";
import { developerIsSystem, maxTokensName } from "../quirks/names.ts";
import { replayField } from "../quirks/replay.ts";
import { jsonObjectIsSchema } from "../quirks/response-format.ts";
import { reranking } from "./reranking.ts";

const open = {
  quirks: [developerIsSystem],
  extras: ["top_k"],
  thinkTags: true,
  maxEmbeddingInputs: 256,
} as const;

export const serverRows = () =>
  ({
    vllm: {
      ...open,
      name: "vllm",
      label: "vLLM",
      docs: "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
      baseURL: "http://localhost:8000/v1",
      baseURLEnv: ["VLLM_BASE_URL", "VLLM_API_BASE"],
      apiKeyEnv: ["VLLM_API_KEY"],
      keyOptional: true,
      quirks: [...open.quirks, replayField({ field: "reasoning" })],
      responses: true,
      rerank: reranking({ label: "vLLM" }),
    },
    lmstudio: {
      ...open,
      name: "lmstudio",
      label: "LM Studio",
      docs: "https://lmstudio.ai/docs/developer/openai-compat",
      baseURL: "http://localhost:1234/v1",
      baseURLEnv: ["LM_STUDIO_BASE_URL", "LM_STUDIO_API_BASE"],
      apiKeyEnv: ["LM_STUDIO_API_KEY"],
      keyOptional: true,
      quirks: [...open.quirks, maxTokensName("max_tokens"), jsonObjectIsSchema],
      responses: true,
    },
    llamacpp: {
      ...open,
      name: "llamacpp",
      label: "llama.cpp",
      docs: "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
      baseURL: "http://127.0.0.1:8080/v1",
      baseURLEnv: ["LLAMACPP_BASE_URL", "LLAMACPP_API_BASE"],
      apiKeyEnv: ["LLAMA_API_KEY"],
      keyOptional: true,
      quirks: [...open.quirks, noNullContent, replayField({ field: "reasoning_content" })],
      rerank: reranking({ label: "llama.cpp" }),
    },
    /** Ollama's /v1; `ollama/` is the native API, which also sizes the context. */
    ollama_openai: {
      ...open,
      name: "ollama_openai",
      label: "Ollama (/v1)",
      docs: "https://docs.ollama.com/api/openai-compatibility",
      baseURL: "http://localhost:11434/v1",
      keyOptional: true,
      quirks: [...open.quirks, replayField({ field: "reasoning" })],
    },
    /** Any server that speaks Chat Completions; `baseURL` says where. */
    custom_openai: {
      ...open,
      name: "custom_openai",
      label: "your OpenAI-compatible server",
      requiresBaseURL: true,
      baseURLEnv: ["CUSTOM_OPENAI_BASE_URL"],
      apiKeyEnv: ["CUSTOM_OPENAI_API_KEY"],
      keyOptional: true,
      responses: true,
      rerank: reranking({ label: "your OpenAI-compatible server" }),
    },
  }) as const satisfies Record<string, HostRow>;

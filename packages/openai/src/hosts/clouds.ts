/**
 * Hosts of models that others make, a row each. Sources of URLs, variables and quirks: the hosts' API
 * docs and the recorded traffic, gathered 2026-11-23. What a host `lacks` is left out (hints) or
 * refused (meanings).
 */
import type { HostRow } from "../chat/host-row.ts";
import { effortsByModel, qwenEffortAtGroq, reasoningObject } from "../quirks/effort.ts";
import { textIsString, toolCallIds40 } from "../quirks/history.ts";
import { maxTokensName, noMessageName } from "../quirks/names.ts";
import { replayDetails, replayField, replayThinkTags } from "../quirks/replay.ts";
import { jsonIsSaid, schemaInPrompt } from "../quirks/response-format.ts";
import { temperatureUpTo } from "../quirks/temperature.ts";
import { reranking } from "./reranking.ts";
import { allBut, common, openaiOnly, withMaxTokens } from "./shared.ts";

/** Groq's models with JSON mode only. Source: console.groq.com/docs/structured-outputs, 2026-11. */
const groqWithoutSchema = /^(?:llama-3|gemma|qwen\/qwen3-32b)/;

const gptOssEfforts = ["low", "medium", "high"] as const;

export const cloudRows = () =>
  ({
    openrouter: {
      name: "openrouter",
      label: "OpenRouter",
      docs: "https://openrouter.ai/docs/api-reference/parameters",
      baseURL: "https://openrouter.ai/api/v1",
      apiKeyEnv: ["OPENROUTER_API_KEY"],
      keyURL: "https://openrouter.ai/settings/keys",
      lacks: [
        "n",
        ...allBut(
          "audio",
          "modalities",
          "prediction",
          "prompt_cache_options",
          "web_search_options",
          "verbosity",
          "service_tier",
          "metadata",
        ),
      ],
      extras: ["top_k", "cache_control", "thinking"],
      quirks: [...common, toolCallIds40, reasoningObject, replayDetails],
      maxEmbeddingInputs: 256,
      responses: true,
      rerank: reranking({ label: "OpenRouter", names: { max_tokens_per_doc: null } }),
    },
    groq: {
      name: "groq",
      label: "Groq",
      docs: "https://console.groq.com/docs/openai",
      baseURL: "https://api.groq.com/openai/v1",
      apiKeyEnv: ["GROQ_API_KEY"],
      keyURL: "https://console.groq.com/keys",
      lacks: [
        "n",
        "logprobs",
        "top_logprobs",
        "logit_bias",
        "prompt_cache_key",
        ...allBut("service_tier", "metadata"),
      ],
      // The types of groq-sdk 1.6.
      reads: ["image_url"],
      quirks: [
        ...common,
        noMessageName,
        effortsByModel([
          ["openai/gpt-oss", gptOssEfforts],
          ["llama-", []],
          ["meta-llama/", []],
        ]),
        qwenEffortAtGroq,
        schemaInPrompt({ withoutSchema: groqWithoutSchema, notWithTools: true }),
        jsonIsSaid,
        replayThinkTags(["qwen/", "openai/gpt-oss"]),
      ],
      thinkTags: true,
      responses: true,
    },
    together: {
      name: "together",
      label: "Together AI",
      docs: "https://docs.together.ai/reference/chat-completions-1",
      baseURL: "https://api.together.xyz/v1",
      apiKeyEnv: ["TOGETHER_API_KEY", "TOGETHERAI_API_KEY", "TOGETHER_AI_API_KEY"],
      keyURL: "https://api.together.ai/settings/api-keys",
      lacks: ["prompt_cache_key", "user", "parallel_tool_calls", ...openaiOnly],
      extras: ["top_k"],
      // The types of together-ai 0.52.
      reads: ["image_url", "input_audio"],
      quirks: [...withMaxTokens, textIsString],
      thinkTags: true,
      maxEmbeddingInputs: 128,
      rerank: reranking({ label: "Together AI", names: { max_tokens_per_doc: null } }),
    },
    fireworks: {
      name: "fireworks",
      label: "Fireworks AI",
      docs: "https://docs.fireworks.ai/api-reference/post-chatcompletions",
      baseURL: "https://api.fireworks.ai/inference/v1",
      apiKeyEnv: ["FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY"],
      keyURL: "https://app.fireworks.ai/settings/users/api-keys",
      lacks: allBut("metadata", "prediction", "service_tier"),
      extras: ["top_k"],
      quirks: [...withMaxTokens, replayField({ field: "reasoning_content" })],
      thinkTags: true,
      maxEmbeddingInputs: 256,
      rerank: reranking({
        label: "Fireworks AI",
        names: { max_tokens_per_doc: null },
        // Else every document comes back.
        fields: { return_documents: false },
      }),
    },
    cerebras: {
      name: "cerebras",
      label: "Cerebras",
      docs: "https://inference-docs.cerebras.ai/api-reference/chat-completions",
      baseURL: "https://api.cerebras.ai/v1",
      apiKeyEnv: ["CEREBRAS_API_KEY"],
      keyURL: "https://cloud.cerebras.ai",
      lacks: [
        "n",
        "logit_bias",
        "frequency_penalty",
        "presence_penalty",
        ...allBut("prediction", "service_tier"),
      ],
      // The types of @cerebras/cerebras_cloud_sdk 1.91, and of its reasoning_effort.
      reads: ["image_url"],
      quirks: [
        ...common,
        maxTokensName("max_completion_tokens"),
        noMessageName,
        temperatureUpTo(1.5),
        effortsByModel([
          ["gpt-oss", gptOssEfforts],
          ["", ["none", "low", "medium", "high"]],
        ]),
        replayField({ field: "reasoning", prefixes: ["gpt-oss"] }),
        replayThinkTags(["zai-glm"]),
      ],
      thinkTags: true,
    },
    huggingface: {
      name: "huggingface",
      label: "Hugging Face",
      docs: "https://huggingface.co/docs/inference-providers/tasks/chat-completion",
      baseURL: "https://router.huggingface.co/v1",
      apiKeyEnv: ["HF_TOKEN", "HUGGINGFACE_API_KEY"],
      keyURL: "https://huggingface.co/settings/tokens",
      lacks: openaiOnly,
      quirks: [...withMaxTokens, replayThinkTags(["deepseek-ai/DeepSeek-R1"])],
      thinkTags: true,
      responses: true,
    },
    nvidia: {
      name: "nvidia",
      label: "NVIDIA NIM",
      docs: "https://docs.api.nvidia.com/nim/reference/llm-apis",
      baseURL: "https://integrate.api.nvidia.com/v1",
      apiKeyEnv: ["NVIDIA_API_KEY", "NVIDIA_NIM_API_KEY"],
      keyURL: "https://build.nvidia.com",
      lacks: ["logit_bias", "prompt_cache_key", ...openaiOnly],
      quirks: withMaxTokens,
      thinkTags: true,
      // docs.nvidia.com/nim, "API reference: embeddings": a text that is too long is an error.
      maxEmbeddingInputs: 50,
      embeddingRoles: [
        [/^/, { document: { input_type: "passage" }, query: { input_type: "query" } }],
      ],
    },
    deepinfra: {
      name: "deepinfra",
      label: "DeepInfra",
      docs: "https://deepinfra.com/docs/openai_api",
      baseURL: "https://api.deepinfra.com/v1/openai",
      apiKeyEnv: ["DEEPINFRA_API_KEY"],
      keyURL: "https://deepinfra.com/dash/api_keys",
      lacks: allBut("service_tier"),
      extras: ["top_k"],
      quirks: withMaxTokens,
      thinkTags: true,
      maxEmbeddingInputs: 1024,
    },
    snowflake: {
      name: "snowflake",
      label: "Snowflake Cortex",
      docs: "https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api",
      requiresBaseURL: true,
      baseURLEnv: ["SNOWFLAKE_CORTEX_BASE_URL"],
      apiKeyEnv: ["SNOWFLAKE_PAT", "SNOWFLAKE_TOKEN"],
      keyURL: "https://docs.snowflake.com/en/user-guide/programmatic-access-tokens",
      lacks: ["n", ...openaiOnly],
      extras: ["thinking"],
      quirks: [...common, maxTokensName("max_completion_tokens"), reasoningObject, replayDetails],
    },
    crusoe: {
      name: "crusoe",
      label: "Crusoe",
      docs: "https://docs.crusoecloud.com/managed-inference/overview",
      baseURL: "https://api.inference.crusoecloud.com/v1",
      apiKeyEnv: ["CRUSOE_API_KEY"],
      keyURL: "https://console.crusoecloud.com",
      lacks: openaiOnly,
      extras: ["top_k"],
      quirks: [...common, replayField({ field: "reasoning" })],
      thinkTags: true,
    },
    heroku: {
      name: "heroku",
      label: "Heroku",
      docs: "https://devcenter.heroku.com/articles/heroku-inference-api-v1-chat-completions",
      baseURL: "https://us.inference.heroku.com/v1",
      baseURLEnv: ["INFERENCE_URL"],
      apiKeyEnv: ["HEROKU_INFERENCE_KEY", "INFERENCE_KEY"],
      keyURL: "https://devcenter.heroku.com/articles/heroku-inference",
      normalizeBaseURL: (url: string) =>
        /\/v1\/?$/.test(url) ? url : `${url.replace(/\/+$/, "")}/v1`,
      lacks: ["n", ...openaiOnly],
      quirks: withMaxTokens,
    },
    bedrock_mantle: {
      name: "bedrock_mantle",
      label: "Amazon Bedrock (mantle)",
      docs: "https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html",
      requiresBaseURL: true,
      baseURLEnv: ["BEDROCK_MANTLE_BASE_URL"],
      apiKeyEnv: ["AWS_BEARER_TOKEN_BEDROCK"],
      keyURL: "https://console.aws.amazon.com/bedrock/home#/api-keys",
      lacks: allBut("service_tier", "store", "metadata"),
      quirks: common,
      responses: true,
    },
  }) as const satisfies Record<string, HostRow>;

/**
 * OpenAI-compatible hosts, a row each. URLs, variables and quirks: the hosts' API docs and the
 * recorded traffic, gathered 2026-11-23. What a host `lacks` is left out (hints) or refused (meanings).
 */
import type { HostRow } from "./chat/host-row.ts";
import {
  effortsByModel,
  qwenEffortAtGroq,
  reasoningObject,
  thinkingSwitch,
} from "./quirks/effort.ts";
import { toolCallIds9, toolCallIds40 } from "./quirks/history.ts";
import { modelLacks } from "./quirks/model-lacks.ts";
import { developerIsSystem, maxTokensName, noMessageName, randomSeed } from "./quirks/names.ts";
import { mistralParts, refusalIsText } from "./quirks/parts.ts";
import type { Quirk } from "./quirks/quirk.ts";
import {
  replayDetails,
  replayExtraContent,
  replayField,
  replayThinkingPart,
  replayThinkTags,
} from "./quirks/replay.ts";
import { schemaInPrompt } from "./quirks/response-format.ts";
import { temperatureUpTo } from "./quirks/temperature.ts";
import {
  allowedToolsFilter,
  autoToolChoiceOnly,
  functionToolsOnly,
  requiredIsAny,
} from "./quirks/tools.ts";
import { alternatingTurns, assistantAfterResults, finalPrefix } from "./quirks/turns.ts";

/** What only OpenAI serves. */
const openaiOnly = [
  "audio",
  "metadata",
  "modalities",
  "moderation",
  "prediction",
  "prompt_cache_options",
  "prompt_cache_retention",
  "safety_identifier",
  "service_tier",
  "store",
  "verbosity",
  "web_search_options",
] as const;

const allBut = (...taken: (typeof openaiOnly)[number][]) =>
  openaiOnly.filter((param) => !taken.includes(param));

/** What every host but OpenAI needs. */
const common: readonly Quirk[] = [
  functionToolsOnly,
  allowedToolsFilter,
  developerIsSystem,
  refusalIsText,
];
const withMaxTokens: readonly Quirk[] = [...common, maxTokensName("max_tokens")];

/** Grok's models that always reason. Source: docs.x.ai/docs/guides/reasoning, 2026-11. */
const xaiReasoning = /^grok-(?:3-mini|code-fast|4(?!.*non-reasoning))/;

/** Kimi K3 samples in one way only. Source: platform.moonshot.ai docs, 2026-11. */
const kimiK3 = /^kimi-k3(?:-|$)/;

const gptOssEfforts = ["low", "medium", "high"] as const;

export const hostRows = {
  openrouter: {
    name: "openrouter",
    label: "OpenRouter",
    baseURL: "https://openrouter.ai/api/v1",
    apiKeyEnv: ["OPENROUTER_API_KEY"],
    keyURL: "https://openrouter.ai/settings/keys",
    lacks: [
      "n",
      ...allBut(
        "audio",
        "modalities",
        "prediction",
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
  },
  groq: {
    name: "groq",
    label: "Groq",
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
    quirks: [
      ...common,
      noMessageName,
      effortsByModel([
        ["openai/gpt-oss", gptOssEfforts],
        ["llama-", []],
        ["meta-llama/", []],
      ]),
      qwenEffortAtGroq,
      replayThinkTags(["qwen/", "openai/gpt-oss"]),
    ],
    thinkTags: true,
    responses: true,
  },
  mistral: {
    name: "mistral",
    label: "Mistral",
    baseURL: "https://api.mistral.ai/v1",
    apiKeyEnv: ["MISTRAL_API_KEY"],
    keyURL: "https://console.mistral.ai/api-keys",
    lacks: ["logit_bias", "logprobs", "top_logprobs", "user", ...allBut("prediction", "metadata")],
    quirks: [
      ...withMaxTokens,
      noMessageName,
      temperatureUpTo(1.5),
      randomSeed,
      mistralParts,
      requiredIsAny,
      toolCallIds9,
      assistantAfterResults,
      finalPrefix,
      effortsByModel([["", ["none", "high"]]]),
      replayThinkingPart,
    ],
    noStreamOptions: true,
    maxEmbeddingInputs: 128,
  },
  deepseek: {
    name: "deepseek",
    label: "DeepSeek",
    baseURL: "https://api.deepseek.com",
    apiKeyEnv: ["DEEPSEEK_API_KEY"],
    keyURL: "https://platform.deepseek.com/api_keys",
    lacks: [
      "n",
      "seed",
      "logit_bias",
      "prompt_cache_key",
      "parallel_tool_calls",
      "user",
      ...openaiOnly,
    ],
    extras: ["thinking"],
    quirks: [
      ...withMaxTokens,
      schemaInPrompt,
      thinkingSwitch(() => ["none", "low", "high", "max"]),
      replayField({ field: "reasoning_content", required: true }),
    ],
    responses: true,
  },
  xai: {
    name: "xai",
    label: "xAI",
    baseURL: "https://api.x.ai/v1",
    apiKeyEnv: ["XAI_API_KEY"],
    keyURL: "https://console.x.ai",
    lacks: ["logit_bias", "prompt_cache_key", ...allBut("service_tier")],
    quirks: [
      ...common,
      modelLacks(xaiReasoning, [
        "stop",
        "frequency_penalty",
        "presence_penalty",
        "logprobs",
        "top_logprobs",
      ]),
      replayField({ field: "reasoning_content" }),
    ],
    responses: true,
  },
  together: {
    name: "together",
    label: "Together AI",
    baseURL: "https://api.together.xyz/v1",
    apiKeyEnv: ["TOGETHER_API_KEY", "TOGETHERAI_API_KEY", "TOGETHER_AI_API_KEY"],
    keyURL: "https://api.together.ai/settings/api-keys",
    lacks: ["prompt_cache_key", "user", "parallel_tool_calls", ...openaiOnly],
    extras: ["top_k"],
    quirks: withMaxTokens,
    thinkTags: true,
    maxEmbeddingInputs: 128,
  },
  fireworks: {
    name: "fireworks",
    label: "Fireworks AI",
    baseURL: "https://api.fireworks.ai/inference/v1",
    apiKeyEnv: ["FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY"],
    keyURL: "https://app.fireworks.ai/settings/users/api-keys",
    lacks: allBut("metadata", "prediction", "service_tier"),
    extras: ["top_k"],
    quirks: [...withMaxTokens, replayField({ field: "reasoning_content" })],
    thinkTags: true,
    maxEmbeddingInputs: 256,
  },
  cerebras: {
    name: "cerebras",
    label: "Cerebras",
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
    quirks: [
      ...common,
      maxTokensName("max_completion_tokens"),
      noMessageName,
      temperatureUpTo(1.5),
      effortsByModel([["gpt-oss", gptOssEfforts]]),
      replayField({ field: "reasoning", prefixes: ["gpt-oss"] }),
      replayThinkTags(["zai-glm"]),
    ],
    thinkTags: true,
  },
  perplexity: {
    name: "perplexity",
    label: "Perplexity",
    baseURL: "https://api.perplexity.ai",
    apiKeyEnv: ["PERPLEXITY_API_KEY", "PERPLEXITYAI_API_KEY"],
    keyURL: "https://www.perplexity.ai/settings/api",
    lacks: [
      "n",
      "stop",
      "tools",
      "seed",
      "logit_bias",
      "logprobs",
      "top_logprobs",
      "prompt_cache_key",
      "user",
      ...allBut("web_search_options"),
    ],
    extras: ["top_k"],
    quirks: [...withMaxTokens, alternatingTurns],
    noStreamOptions: true,
    thinkTags: true,
  },
  huggingface: {
    name: "huggingface",
    label: "Hugging Face",
    baseURL: "https://router.huggingface.co/v1",
    apiKeyEnv: ["HF_TOKEN", "HUGGINGFACE_API_KEY"],
    keyURL: "https://huggingface.co/settings/tokens",
    lacks: openaiOnly,
    quirks: [...withMaxTokens, replayThinkTags(["deepseek-ai/DeepSeek-R1"])],
    thinkTags: true,
    responses: true,
  },
  moonshot: {
    name: "moonshot",
    label: "Moonshot AI",
    baseURL: "https://api.moonshot.ai/v1",
    apiKeyEnv: ["MOONSHOT_API_KEY"],
    keyURL: "https://platform.moonshot.ai/console/api-keys",
    lacks: [
      "seed",
      "logit_bias",
      "logprobs",
      "top_logprobs",
      "parallel_tool_calls",
      "user",
      ...openaiOnly,
    ],
    extras: ["thinking"],
    quirks: [
      ...withMaxTokens,
      temperatureUpTo(1),
      modelLacks(kimiK3, ["temperature", "top_p", "frequency_penalty", "presence_penalty"]),
      thinkingSwitch((model) => (kimiK3.test(model) ? ["low", "high", "max"] : undefined)),
      replayField({ field: "reasoning_content", required: true }),
    ],
  },
  zai: {
    name: "zai",
    label: "Z.ai",
    baseURL: "https://api.z.ai/api/paas/v4",
    apiKeyEnv: ["ZAI_API_KEY", "ZHIPUAI_API_KEY"],
    keyURL: "https://z.ai/manage-apikey/apikey-list",
    lacks: [
      "n",
      "seed",
      "logit_bias",
      "logprobs",
      "top_logprobs",
      "frequency_penalty",
      "presence_penalty",
      "parallel_tool_calls",
      "prompt_cache_key",
      "user",
      ...openaiOnly,
    ],
    extras: ["thinking"],
    quirks: [
      ...withMaxTokens,
      noMessageName,
      temperatureUpTo(1),
      autoToolChoiceOnly,
      schemaInPrompt,
      thinkingSwitch((model) =>
        /^glm-5\.[2-9]/.test(model) ? ["none", "low", "medium", "high", "max"] : undefined,
      ),
      replayField({ field: "reasoning_content" }),
    ],
  },
  nvidia: {
    name: "nvidia",
    label: "NVIDIA NIM",
    baseURL: "https://integrate.api.nvidia.com/v1",
    apiKeyEnv: ["NVIDIA_API_KEY", "NVIDIA_NIM_API_KEY"],
    keyURL: "https://build.nvidia.com",
    lacks: ["logit_bias", "prompt_cache_key", ...openaiOnly],
    quirks: withMaxTokens,
    thinkTags: true,
  },
  deepinfra: {
    name: "deepinfra",
    label: "DeepInfra",
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
    baseURL: "https://us.inference.heroku.com/v1",
    baseURLEnv: ["INFERENCE_URL"],
    apiKeyEnv: ["HEROKU_INFERENCE_KEY", "INFERENCE_KEY"],
    keyURL: "https://devcenter.heroku.com/articles/heroku-inference",
    normalizeBaseURL: (url: string) =>
      /\/v1\/?$/.test(url) ? url : `${url.replace(/\/+$/, "")}/v1`,
    lacks: ["n", ...openaiOnly],
    quirks: withMaxTokens,
  },
  /** Gemini through Google's OpenAI endpoint; `gemini/` is the native one and knows more. */
  google_openai: {
    name: "google_openai",
    label: "Google's OpenAI endpoint",
    baseURL: "https://generativelanguage.googleapis.com/v1beta/openai",
    apiKeyEnv: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    keyURL: "https://aistudio.google.com/apikey",
    lacks: ["logit_bias", "prompt_cache_key", "user", ...openaiOnly],
    quirks: [...common, replayExtraContent],
    maxEmbeddingInputs: 100,
  },
  bedrock_mantle: {
    name: "bedrock_mantle",
    label: "Amazon Bedrock (mantle)",
    requiresBaseURL: true,
    baseURLEnv: ["BEDROCK_MANTLE_BASE_URL"],
    apiKeyEnv: ["AWS_BEARER_TOKEN_BEDROCK"],
    keyURL: "https://console.aws.amazon.com/bedrock/home#/api-keys",
    lacks: allBut("service_tier", "store", "metadata"),
    quirks: common,
    responses: true,
  },
} as const satisfies Record<string, HostRow>;

/**
 * Hosts of the models that they make, a row each. Sources of URLs, variables and quirks: the hosts' API
 * docs and the recorded traffic, gathered 2026-11-23. What a host `lacks` is left out (hints) or
 * refused (meanings).
 */
import type { HostRow } from "../chat/host-row.ts";
import { type EffortTable, effortsByModel, thinkingSwitch } from "../quirks/effort.ts";
import { textIsString, toolCallIds9 } from "../quirks/history.ts";
import { modelLacks } from "../quirks/model-lacks.ts";
import { noMessageName, randomSeed } from "../quirks/names.ts";
import { mistralParts, perplexityFiles } from "../quirks/parts.ts";
import { replayExtraContent, replayField, replayThinkingPart } from "../quirks/replay.ts";
import { jsonIsSaid, schemaInPrompt } from "../quirks/response-format.ts";
import { temperatureUpTo } from "../quirks/temperature.ts";
import { autoToolChoiceOnly, requiredIsAny } from "../quirks/tools.ts";
import { alternatingTurns, assistantAfterResults, finalPrefix } from "../quirks/turns.ts";
import { allBut, common, openaiOnly, withMaxTokens } from "./shared.ts";

/** Grok's models that always reason. Source: docs.x.ai/docs/guides/reasoning, 2026-11. */
const xaiReasoning = /^grok-(?:3-mini|code-fast|4(?!.*non-reasoning))/;

/**
 * How much Grok may be asked to reason; the older ones that are not here answer 400 to the question.
 * Sources: docs.x.ai/docs/guides/reasoning, @ai-sdk/xai 3.0.97 to 3.0.138, 2026-11.
 */
const xaiEfforts: EffortTable = [
  ["grok-3-mini", ["low", "high"]],
  ["grok-4.20-multi-agent", ["low", "medium", "high", "xhigh"]],
  ["grok-4.20", []],
  ["grok-4.3", ["none", "low", "medium", "high"]],
  ["grok-4.", ["none", "low", "medium", "high", "xhigh"]],
  ["grok-4", []],
  ["grok-3", []],
  ["grok-2", []],
  ["grok-code", []],
];

/** Source: ai.google.dev/gemini-api/docs/openai, 2026-11; Gemini 3 always thinks. */
const googleEfforts: EffortTable = [
  ["gemini-3", ["minimal", "low", "medium", "high"]],
  ["", ["none", "minimal", "low", "medium", "high"]],
];

/** Kimi K3 samples in one way only. Source: platform.moonshot.ai docs, 2026-11. */
const kimiK3 = /^kimi-k3(?:-|$)/;

export const makerRows = () =>
  ({
    mistral: {
      name: "mistral",
      label: "Mistral",
      docs: "https://docs.mistral.ai/api",
      baseURL: "https://api.mistral.ai/v1",
      apiKeyEnv: ["MISTRAL_API_KEY"],
      keyURL: "https://console.mistral.ai/api-keys",
      lacks: [
        "logit_bias",
        "logprobs",
        "top_logprobs",
        "user",
        ...allBut("prediction", "metadata"),
      ],
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
      // The types of @mistralai/mistralai 2.7.
      embeddingNames: { dimensions: "output_dimension" },
    },
    deepseek: {
      name: "deepseek",
      label: "DeepSeek",
      docs: "https://api-docs.deepseek.com/api/create-chat-completion",
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
      // @ai-sdk/deepseek 2.0.69.
      reads: ["image_url"],
      quirks: [
        ...withMaxTokens,
        textIsString,
        schemaInPrompt(),
        jsonIsSaid,
        thinkingSwitch(() => ["none", "low", "high", "max"]),
        replayField({ field: "reasoning_content", standIn: "" }),
      ],
      responses: true,
    },
    xai: {
      name: "xai",
      label: "xAI",
      docs: "https://docs.x.ai/docs/api-reference",
      baseURL: "https://api.x.ai/v1",
      apiKeyEnv: ["XAI_API_KEY"],
      keyURL: "https://console.x.ai",
      lacks: ["logit_bias", ...allBut("service_tier")],
      // docs.x.ai, maximizing cache hits, 2026-11.
      cacheKeyHeader: "x-grok-conv-id",
      // On /responses it reads files by URL, too. @ai-sdk/xai 3.0.138.
      reads: ["image_url"],
      quirks: [
        ...common,
        effortsByModel(xaiEfforts),
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
    perplexity: {
      name: "perplexity",
      label: "Perplexity",
      docs: "https://docs.perplexity.ai/api-reference/chat-completions-post",
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
      reads: ["image_url", "file"],
      quirks: [...withMaxTokens, perplexityFiles, alternatingTurns],
      noStreamOptions: true,
      thinkTags: true,
    },
    moonshot: {
      name: "moonshot",
      label: "Moonshot AI",
      docs: "https://platform.moonshot.ai/docs/api/chat",
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
        replayField({ field: "reasoning_content", standIn: " " }),
      ],
    },
    zai: {
      name: "zai",
      label: "Z.ai",
      docs: "https://docs.z.ai/api-reference/llm/chat-completion",
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
        schemaInPrompt(),
        thinkingSwitch((model) =>
          /^glm-5\.[2-9]/.test(model) ? ["none", "low", "medium", "high", "max"] : undefined,
        ),
        replayField({ field: "reasoning_content" }),
      ],
    },
    /** Gemini through Google's OpenAI endpoint; `gemini/` is the native one and knows more. */
    google_openai: {
      name: "google_openai",
      label: "Google's OpenAI endpoint",
      docs: "https://ai.google.dev/gemini-api/docs/openai",
      baseURL: "https://generativelanguage.googleapis.com/v1beta/openai",
      apiKeyEnv: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
      keyURL: "https://aistudio.google.com/apikey",
      lacks: ["logit_bias", "prompt_cache_key", "user", ...openaiOnly],
      quirks: [...common, effortsByModel(googleEfforts), replayExtraContent],
      maxEmbeddingInputs: 100,
    },
  }) as const satisfies Record<string, HostRow>;

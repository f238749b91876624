/**
 * Combinations of parameters that conflict at OpenAI and its compatible hosts. Data; the plan's changes
 * carry their ids.
 */
import type { CapabilityRule } from "@polycall/core";

const date = "2026-11-23";
const openai = "https://platform.openai.com/docs";

export const rules: readonly CapabilityRule[] = /* @__PURE__ */ (() => [
  {
    id: "openai/tools-chat-reasoning",
    when: "function tools on /chat/completions, which the model string forces, and reasoning, since gpt-5.4",
    becomes:
      "`reasoning_effort` is none; without the forced endpoint the request goes to /responses",
    source: "https://github.com/danny-avila/LibreChat/issues/14231",
    date,
  },
  {
    id: "openai/tools-chat",
    when: "function tools on /chat/completions, which the model string forces, since gpt-6.1",
    becomes: "refused; without the forced endpoint the request goes to /responses",
    source: `${openai}/models/gpt-6.2`,
    date,
  },
  {
    id: "openai/sampling-reasoning",
    when: "`temperature`, `top_p`, penalties, `logprobs` or `logit_bias` and a `reasoning_effort` other than none, since gpt-5.1",
    becomes: "the sampling parameter is left out",
    source: `${openai}/guides/latest-model`,
    date,
  },
  {
    id: "openai/prompt-cache-retention-options",
    when: "`prompt_cache_retention` and `prompt_cache_options`",
    becomes: "`prompt_cache_retention`, the older one, is left out",
    source: `${openai}/guides/prompt-caching`,
    date,
  },
  {
    id: "openai/effort-thinking",
    when: "`reasoning_effort` and `thinking`",
    becomes: "`reasoning_effort` counts",
    source: `${openai}/guides/reasoning`,
    date,
  },
  {
    id: "openai/choice-without-tools",
    when: "`tool_choice` that asks for a call, and no tools",
    becomes: "refused",
    source: `${openai}/api-reference/chat/create`,
    date,
  },
  {
    id: "openai/stream-options",
    when: "`stream_options` without `stream`",
    becomes: "left out: there is no stream",
    source: `${openai}/api-reference/chat/create`,
    date,
  },
  {
    id: "groq/tools-format",
    when: "tools and `response_format` at Groq",
    becomes: "the format is said in a system message, and the reply is checked",
    source: "https://console.groq.com/docs/structured-outputs",
    date,
  },
])();

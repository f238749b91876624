/** Combinations of parameters that conflict at Ollama. Data; the plan's changes carry their ids. */
import type { CapabilityRule } from "@polycall/core";

const date = "2026-11-23";

export const rules: readonly CapabilityRule[] = /* @__PURE__ */ (() => [
  {
    id: "ollama/tools-format",
    when: "tools and `response_format`",
    becomes: "the format is said in the system message, and the reply is checked",
    source: "https://docs.ollama.com/capabilities/structured-outputs",
    date,
  },
  {
    id: "ollama/effort-thinking",
    when: "`reasoning_effort` and `thinking`",
    becomes: "`reasoning_effort` counts",
    source: "https://docs.ollama.com/capabilities/thinking",
    date,
  },
  {
    id: "ollama/choice-without-tools",
    when: "`tool_choice` that asks for a call, and no tools",
    becomes: "refused",
    source: "https://docs.ollama.com/capabilities/tool-calling",
    date,
  },
  {
    id: "ollama/stream-options",
    when: "`stream_options` without `stream`",
    becomes: "left out: there is no stream",
    source: "https://platform.openai.com/docs/api-reference/chat/create",
    date,
  },
])();

/** Combinations of parameters that conflict at Anthropic. Data; the plan's changes carry their ids. */
import type { CapabilityRule } from "@polycall/core";

const date = "2026-11-23";
const docs = "https://platform.claude.com/docs/en";
const migration = `${docs}/models/opus-5-5/migration-guide`;
const thinking = `${docs}/build-with-claude/extended-thinking`;

export const rules: readonly CapabilityRule[] = /* @__PURE__ */ (() => [
  {
    id: "anthropic/forced-call-thinking",
    when: "a forced call (`tool_choice`, or a schema that stands in a tool) and thinking, up to Claude 5",
    becomes: "thinking is left out, or turned off where the model thinks unasked",
    source: thinking,
    date,
  },
  {
    id: "anthropic/forced-call-always-thinking",
    when: "a forced call and a model that always thinks",
    becomes: "with one tool the reply is held to its schema and read as the call; else refused",
    source: migration,
    date,
  },
  {
    id: "anthropic/sampling-thinking",
    when: "`temperature`, `top_p` or `top_k` and thinking",
    becomes: "the sampling parameter is left out",
    source: thinking,
    date,
  },
  {
    id: "anthropic/temperature-top-p",
    when: "`temperature` and `top_p` on Claude 4.5 and 4.6",
    becomes: "`top_p` is left out",
    source: "https://github.com/open-webui/open-webui/issues/17922",
    date,
  },
  {
    id: "anthropic/thinking-history",
    when: "a thinking budget and a history that ends in a call which was made without thinking",
    becomes: "thinking is left out for this answer",
    source: thinking,
    date,
  },
  {
    id: "anthropic/effort-no-thinking",
    when: "`reasoning_effort` xhigh or max and thinking turned off",
    becomes: "the effort is high",
    source: migration,
    date,
  },
  {
    id: "anthropic/effort-budget",
    when: "`reasoning_effort` and `thinking.budget_tokens` on a model that takes budgets only",
    becomes: "the budget counts",
    source: thinking,
    date,
  },
  {
    id: "anthropic/budget-max-tokens",
    when: "a thinking budget that does not fit into `max_tokens` with the answer",
    becomes: "the budget is lowered, or left out below 1,024 tokens",
    source: thinking,
    date,
  },
  {
    id: "anthropic/prefill-thinking",
    when: "a history that ends in a begun reply, and thinking or a native schema",
    becomes: "a user turn asks the model to go on",
    source: thinking,
    date,
  },
  {
    id: "anthropic/choice-without-tools",
    when: "`tool_choice` that asks for a call, and no tools",
    becomes: "refused",
    source: `${docs}/agents-and-tools/tool-use/implement-tool-use`,
    date,
  },
  {
    id: "anthropic/stream-options",
    when: "`stream_options` without `stream`",
    becomes: "left out: there is no stream",
    source: "https://platform.openai.com/docs/api-reference/chat/create",
    date,
  },
])();

/** What each provider is told of how much to think, by hand; nothing that was asked for goes without a word. */
import { describe, expect, test } from "vitest";
import { createClient, type ReasoningEffort } from "../src/index.ts";

type Json = { [key: string]: unknown };

const settings = { apiKey: "k", baseURL: "http://127.0.0.1:9/v1" };
const client = createClient({
  providers: Object.fromEntries(
    ["openai", "azure", "anthropic", "gemini", "vertex", "ollama", "deepseek", "mistral", "groq"]
      .concat("xai", "moonshot", "zai", "openrouter", "snowflake", "cerebras", "google_openai")
      .concat("together", "fireworks", "vllm", "custom_openai")
      .map((name) => [name, settings]),
  ),
  logLevel: "off",
});
const messages = [{ role: "user" as const, content: "Hi" }];

/** The parts of a body that tell how much to think. */
function toldIn(body: Json): Json {
  const { reasoning_effort, reasoning, thinking, output_config, think, generationConfig } = body;
  const google = (generationConfig as Json | undefined)?.thinkingConfig;
  const { effort } = (output_config ?? {}) as Json;
  const told = { reasoning_effort, reasoning, thinking, effort, think, ...(google as Json) };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}

async function asked(model: string, request: Json) {
  const plan = await client.explain({ model, messages, ...request });
  const about = plan.changes.filter(({ param }) => /^(reasoning_effort|thinking)$/.test(param));
  return { told: toldIn(plan.body), about };
}

const efforts: ReasoningEffort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
const word = (reasoning_effort: string) => ({ reasoning_effort });
const nested = (effort: string) => ({ reasoning: { effort } });
const budget = (budget_tokens: number) => ({ thinking: { type: "enabled", budget_tokens } });
const adaptive = (effort: string, more = {}) => ({
  thinking: { type: "adaptive", ...more },
  effort,
});
const summarized = { display: "summarized" };
const level = (thinkingLevel: string) => ({ thinkingLevel, includeThoughts: true });
const tokens = (thinkingBudget: number) => ({ thinkingBudget, includeThoughts: true });
const off = { thinking: { type: "disabled" } };
const on = { thinking: { type: "enabled" } };
const think = (value: unknown) => ({ think: value });

/**
 * Of each model, what goes out for none, minimal, low, medium, high, xhigh, max. Sources: the SDKs'
 * types; the makers' pages on reasoning, gathered 2026-11-23. "bent": where a word must be said of it,
 * by the place in that list.
 */
const table: readonly (readonly [model: string, bent: readonly number[], told: readonly Json[]])[] =
  [
    ["openai/gpt-4.1-mini", [1, 2, 3, 4, 5, 6], [{}, {}, {}, {}, {}, {}, {}]],
    ["openai/o3", [0, 1, 5, 6], ["low", "low", "low", "medium", "high", "high", "high"].map(word)],
    [
      "openai/gpt-5",
      [0, 5, 6],
      ["minimal", "minimal", "low", "medium", "high", "high", "high"].map(word),
    ],
    [
      "openai/chat/gpt-5.6-luna",
      [1],
      ["none", "low", "low", "medium", "high", "xhigh", "max"].map(word),
    ],
    [
      "openai/responses/gpt-5.6-luna",
      [1],
      ["none", "low", "low", "medium", "high", "xhigh", "max"].map(nested),
    ],
    [
      "openai/responses/gpt-6.2",
      [0, 1, 6],
      ["low", "low", "low", "medium", "high", "xhigh", "xhigh"].map(nested),
    ],
    ["azure/my-deployment", [], efforts.map(word)],
    ["anthropic/claude-haiku-4-5", [], [{}, ...[1024, 1024, 2048, 4096, 8192, 16_384].map(budget)]],
    [
      "anthropic/claude-opus-4-6",
      [1, 5],
      [{}, ...["low", "low", "medium", "high", "high", "max"].map((effort) => adaptive(effort))],
    ],
    [
      "anthropic/claude-opus-4-7",
      [1],
      [
        {},
        ...["low", "low", "medium", "high", "xhigh", "max"].map((one) => adaptive(one, summarized)),
      ],
    ],
    [
      "anthropic/claude-sonnet-5",
      [1],
      [
        off,
        ...["low", "low", "medium", "high", "xhigh", "max"].map((one) => adaptive(one, summarized)),
      ],
    ],
    [
      "anthropic/claude-sonnet-5-5",
      [0, 1],
      [
        { effort: "low" },
        ...["low", "low", "medium", "high", "xhigh", "max"].map((one) => adaptive(one, summarized)),
      ],
    ],
    ["anthropic/claude-3-5-haiku-latest", [1, 2, 3, 4, 5, 6], [{}, {}, {}, {}, {}, {}, {}]],
    [
      "gemini/gemini-2.5-flash",
      [5, 6],
      [{ thinkingBudget: 0 }, ...[1024, 1024, 8192, 24_576, 24_576, 24_576].map(tokens)],
    ],
    [
      "gemini/gemini-2.5-pro",
      [0],
      [{ thinkingBudget: 128 }, ...[1024, 1024, 8192, 24_576, 32_768, 32_768].map(tokens)],
    ],
    [
      "gemini/gemini-3.5-flash-lite",
      [0],
      [
        { thinkingLevel: "MINIMAL" },
        ...["MINIMAL", "LOW", "MEDIUM", "HIGH", "HIGH", "HIGH"].map(level),
      ],
    ],
    [
      "vertex/gemini-3.8-flash",
      [0, 1],
      [{ thinkingLevel: "LOW" }, ...["LOW", "LOW", "MEDIUM", "HIGH", "HIGH", "HIGH"].map(level)],
    ],
    ["gemini/gemini-2.0-flash", [1, 2, 3, 4, 5, 6], [{}, {}, {}, {}, {}, {}, {}]],
    ["ollama/qwen3:8b", [1, 2, 3, 4, 5, 6], [false, true, true, true, true, true, true].map(think)],
    [
      "ollama/gpt-oss:20b",
      [0, 1, 5, 6],
      ["low", "low", "low", "medium", "high", "high", "high"].map(think),
    ],
    ["ollama/llama3.2", [1, 2, 3, 4, 5, 6], [think(false), {}, {}, {}, {}, {}, {}]],
    [
      "deepseek/deepseek-v4-flash",
      [1, 3, 5],
      [
        off,
        ...["low", "low", "high", "high", "high", "max"].map((one) => ({ ...on, ...word(one) })),
      ],
    ],
    [
      "moonshot/kimi-k3",
      [0, 1, 3, 5],
      ["low", "low", "low", "high", "high", "high", "max"].map((one) => ({ ...on, ...word(one) })),
    ],
    ["moonshot/kimi-k2.6", [1, 2, 3, 4, 5, 6], [off, on, on, on, on, on, on]],
    ["zai/glm-4.7", [1, 2, 3, 4, 5, 6], [off, on, on, on, on, on, on]],
    [
      "zai/glm-5.2",
      [1, 5],
      [
        off,
        ...["low", "low", "medium", "high", "high", "max"].map((one) => ({ ...on, ...word(one) })),
      ],
    ],
    [
      "mistral/magistral-medium-latest",
      [1, 2, 3, 5, 6],
      ["none", ...Array(6).fill("high")].map(word),
    ],
    [
      "groq/openai/gpt-oss-120b",
      [0, 1, 5, 6],
      ["low", "low", "low", "medium", "high", "high", "high"].map(word),
    ],
    ["groq/qwen/qwen3-32b", [1, 2, 3, 4, 5, 6], ["none", ...Array(6).fill("default")].map(word)],
    ["xai/grok-4.3", [1, 5, 6], ["none", "low", "low", "medium", "high", "high", "high"].map(word)],
    ["xai/grok-4", [0, 1, 2, 3, 4, 5, 6], [{}, {}, {}, {}, {}, {}, {}]],
    [
      "cerebras/gpt-oss-120b",
      [0, 1, 5, 6],
      ["low", "low", "low", "medium", "high", "high", "high"].map(word),
    ],
    [
      "openrouter/z-ai/glm-4.7",
      [6],
      ["none", "minimal", "low", "medium", "high", "xhigh", "xhigh"].map(nested),
    ],
    [
      "snowflake/claude-sonnet-4-5",
      [6],
      ["none", "minimal", "low", "medium", "high", "xhigh", "xhigh"].map(nested),
    ],
    [
      "google_openai/gemini-3.6-flash",
      [0, 5, 6],
      ["minimal", "minimal", "low", "medium", "high", "high", "high"].map(word),
    ],
    ["together/openai/gpt-oss-120b", [], efforts.map(word)],
    ["fireworks/accounts/fireworks/models/kimi-k2-thinking", [], efforts.map(word)],
    ["vllm/Qwen/Qwen3-8B", [], efforts.map(word)],
    ["custom_openai/a-model", [], efforts.map(word)],
  ];

describe.each(table)("%s", (model, bent, expected) => {
  test.each(efforts.map((effort, at) => [effort, at] as const))("%s", async (effort, at) => {
    const { told, about } = await asked(model, { reasoning_effort: effort });
    expect(told).toEqual(expected[at]);
    expect(about.length > 0).toBe(bent.includes(at));
    for (const { from, reason } of about) {
      expect(from).toBe(effort);
      expect(reason).toMatch(/\S/);
    }
  });
});

/** Anthropic's words, which say a number of tokens, "as you like", or "not at all". */
const thinkingTable: readonly (readonly [
  model: string,
  thinking: Json,
  told: Json,
  bent: boolean,
])[] = [
  ["openai/chat/gpt-5.6-luna", budget(1024), word("low"), true],
  ["openai/responses/gpt-5.6-luna", budget(9000), nested("high"), true],
  ["openai/gpt-5", off, word("minimal"), true],
  ["anthropic/claude-haiku-4-5", budget(500), budget(1024), true],
  ["anthropic/claude-haiku-4-5", budget(3000), budget(3000), false],
  ["anthropic/claude-haiku-4-5", { thinking: { type: "adaptive" } }, budget(2048), true],
  ["anthropic/claude-opus-4-6", budget(3000), budget(3000), false],
  ["anthropic/claude-opus-4-7", budget(3000), adaptive("high"), true],
  ["anthropic/claude-sonnet-5", off, off, false],
  ["anthropic/claude-sonnet-5-5", off, { effort: "low" }, true],
  ["gemini/gemini-2.5-flash", budget(3000), tokens(3000), false],
  ["gemini/gemini-2.5-flash-lite", budget(100), tokens(512), true],
  ["gemini/gemini-2.5-pro", budget(99_999), tokens(32_768), true],
  ["gemini/gemini-2.5-flash", { thinking: { type: "adaptive" } }, tokens(-1), false],
  ["gemini/gemini-3.5-flash-lite", budget(3000), level("MEDIUM"), true],
  ["ollama/qwen3:8b", budget(3000), think(true), true],
  ["ollama/qwen3:8b", off, think(false), false],
  ["ollama/gpt-oss:20b", budget(2000), think("medium"), true],
  ["deepseek/deepseek-v4-flash", budget(9000), { ...on, ...word("high") }, true],
  ["deepseek/deepseek-v4-flash", off, off, false],
  ["moonshot/kimi-k3", off, { ...on, ...word("low") }, true],
  ["zai/glm-4.7", budget(9000), on, true],
  ["openrouter/z-ai/glm-4.7", budget(3000), { reasoning: { max_tokens: 3000 } }, true],
  ["openrouter/z-ai/glm-4.7", off, nested("none"), true],
  ["mistral/magistral-medium-latest", budget(3000), word("high"), true],
  ["groq/openai/gpt-oss-120b", budget(1024), word("low"), true],
  ["xai/grok-4", budget(3000), {}, true],
  ["custom_openai/a-model", budget(1500), word("medium"), true],
];

test.each(thinkingTable)("%s, %j", async (model, thinking, expected, bent) => {
  const { told, about } = await asked(model, { ...thinking, max_tokens: 60_000 });
  expect(told).toEqual(expected);
  expect(about.length > 0).toBe(bent);
});

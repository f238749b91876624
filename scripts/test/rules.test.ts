/**
 * The rules for combinations that conflict: each is emitted by a request here, none twice in the tables,
 * and what is emitted stands in a table.
 */
import { type CompletionInput, createClient, UnsupportedParamsError } from "polycall";
import { expect, test } from "vitest";
import { adapters } from "../../packages/polycall/src/providers.ts";
import { rulesOf } from "../compatibility/rules.ts";

const tables = new Map<string, readonly string[]>();
for (const name of Object.keys(adapters)) {
  tables.set(
    name,
    rulesOf(name).map(({ id }) => id),
  );
}
const ids = [...new Set([...tables.values()].flat())];

const { explain } = createClient({ logLevel: "off" });
const tool = { type: "function", function: { name: "get_price", parameters: { type: "object" } } };
const tools = [tool, { ...tool, function: { name: "buy" } }];
const user = { role: "user", content: "London?" };
const call = { id: "c1", type: "function", function: { name: "get_price", arguments: "{}" } };
const called = [
  user,
  { role: "assistant", content: null, tool_calls: [call] },
  { role: "tool", tool_call_id: "c1", content: "$799" },
];
const schema = { type: "object", properties: { price: { type: "number" } } };
const response_format = { type: "json_schema", json_schema: { name: "price", schema } };
const thinking = { type: "enabled", budget_tokens: 2048 };
const search = { googleSearch: {} };
const required = { tools, tool_choice: "required" };

type Row = [rule: string, model: string, request: object, outcome: object | "refused"];

const rows: Row[] = [
  [
    "anthropic/forced-call-thinking",
    "anthropic/claude-sonnet-4-5",
    { ...required, thinking },
    { tool_choice: { type: "any" }, thinking: undefined },
  ],
  [
    "anthropic/forced-call-thinking",
    "anthropic/claude-sonnet-5",
    required,
    { tool_choice: { type: "any" }, thinking: { type: "disabled" } },
  ],
  ["anthropic/forced-call-always-thinking", "anthropic/claude-opus-5-5", required, "refused"],
  [
    "anthropic/forced-call-always-thinking",
    "anthropic/claude-opus-5-5",
    { tools: [{ ...tool, function: { name: "f", parameters: schema } }], tool_choice: "required" },
    { tool_choice: { type: "none" } },
  ],
  [
    "anthropic/sampling-thinking",
    "anthropic/claude-sonnet-4-5",
    { thinking, temperature: 0.5 },
    { temperature: undefined },
  ],
  [
    "anthropic/temperature-top-p",
    "anthropic/claude-sonnet-4-5",
    { temperature: 0.5, top_p: 0.5 },
    { temperature: 0.5, top_p: undefined },
  ],
  [
    "anthropic/thinking-history",
    "anthropic/claude-sonnet-4-5",
    { tools, thinking, messages: called },
    { thinking: undefined },
  ],
  [
    "anthropic/effort-no-thinking",
    "anthropic/claude-sonnet-5",
    { thinking: { type: "disabled" }, reasoning_effort: "max" },
    { output_config: { effort: "high" } },
  ],
  [
    "anthropic/effort-budget",
    "anthropic/claude-sonnet-4-5",
    { thinking, reasoning_effort: "high" },
    { thinking: { type: "enabled", budget_tokens: 2048 } },
  ],
  [
    "anthropic/budget-max-tokens",
    "anthropic/claude-sonnet-4-5",
    { thinking, max_tokens: 1500 },
    { thinking: { type: "enabled", budget_tokens: 1499 } },
  ],
  [
    "anthropic/budget-max-tokens",
    "anthropic/claude-sonnet-4-5",
    { thinking, max_tokens: 1000 },
    { thinking: undefined },
  ],
  [
    "anthropic/prefill-thinking",
    "anthropic/claude-sonnet-4-5",
    { thinking, messages: [user, { role: "assistant", content: "It is" }] },
    {},
  ],
  [
    "anthropic/choice-without-tools",
    "anthropic/claude-sonnet-4-5",
    { tool_choice: "required" },
    "refused",
  ],
  [
    "anthropic/stream-options",
    "anthropic/claude-sonnet-4-5",
    { stream_options: { include_usage: true } },
    { stream_options: undefined },
  ],
  [
    "gemini/functions-json",
    "gemini/gemini-2.5-flash",
    { tools, response_format },
    { generationConfig: undefined },
  ],
  [
    "gemini/functions-json",
    "gemini/gemini-2.5-flash",
    { ...required, response_format },
    { generationConfig: undefined },
  ],
  [
    "gemini/functions-json",
    "vertex/gemini-2.5-flash",
    { tools, response_format: { type: "json_object" } },
    "refused",
  ],
  [
    "gemini/built-in-json",
    "gemini/gemini-2.5-flash",
    { tools: [search], response_format },
    "refused",
  ],
  ["gemini/built-in-functions", "gemini/gemini-2.5-flash", { tools: [search, tool] }, "refused"],
  [
    "gemini/effort-thinking",
    "gemini/gemini-2.5-flash",
    { reasoning_effort: "low", thinking },
    { generationConfig: { thinkingConfig: { thinkingBudget: 1024, includeThoughts: true } } },
  ],
  ["gemini/call-without-signature", "gemini/gemini-3-flash", { tools, messages: called }, {}],
  [
    "gemini/text-and-speech",
    "gemini/gemini-3-flash",
    { modalities: ["text", "audio"] },
    { generationConfig: { responseModalities: ["AUDIO"] } },
  ],
  ["gemini/choice-without-tools", "gemini/gemini-3-flash", { tool_choice: "required" }, "refused"],
  [
    "gemini/stream-options",
    "gemini/gemini-3-flash",
    { stream_options: { include_usage: true } },
    {},
  ],
  ["ollama/tools-format", "ollama/qwen3", { tools, response_format }, { format: undefined }],
  [
    "ollama/effort-thinking",
    "ollama/qwen3",
    { reasoning_effort: "high", thinking },
    { think: true },
  ],
  ["ollama/choice-without-tools", "ollama/qwen3", { tool_choice: "required" }, "refused"],
  ["ollama/stream-options", "ollama/qwen3", { stream_options: { include_usage: true } }, {}],
  [
    "openai/tools-chat-reasoning",
    "openai/chat/gpt-5.6-luna",
    { tools, reasoning_effort: "high" },
    { reasoning_effort: "none", tools },
  ],
  [
    "openai/tools-chat-reasoning",
    "openai/chat/gpt-5.6-luna",
    { tools },
    { reasoning_effort: "none", tools },
  ],
  ["openai/tools-chat", "openai/chat/gpt-6.2", { tools }, "refused"],
  [
    "openai/sampling-reasoning",
    "openai/gpt-5.1",
    { temperature: 0.5, reasoning_effort: "low" },
    { temperature: undefined },
  ],
  [
    "openai/prompt-cache-retention-options",
    "openai/gpt-5.6-luna",
    { prompt_cache_retention: "24h", prompt_cache_options: { mode: "explicit" } },
    { prompt_cache_retention: undefined, prompt_cache_options: { mode: "explicit" } },
  ],
  [
    "openai/effort-thinking",
    "openai/gpt-5.6-luna",
    { reasoning_effort: "low", thinking },
    { reasoning_effort: "low" },
  ],
  [
    "openai/effort-thinking",
    "deepseek/deepseek-chat",
    { reasoning_effort: "low", thinking },
    { reasoning_effort: "low", thinking: { type: "enabled" } },
  ],
  ["openai/choice-without-tools", "openai/gpt-5.6-luna", { tool_choice: "required" }, "refused"],
  [
    "openai/choice-without-tools",
    "mistral/mistral-small-latest",
    { tool_choice: "required" },
    "refused",
  ],
  [
    "openai/stream-options",
    "openai/responses/gpt-5.6-luna",
    { stream_options: { include_obfuscation: false } },
    { stream_options: undefined },
  ],
  [
    "openai/stream-options",
    "groq/llama-3.3-70b-versatile",
    { stream_options: { include_usage: true } },
    { stream_options: undefined },
  ],
  [
    "groq/tools-format",
    "groq/llama-3.3-70b-versatile",
    { tools, response_format },
    { response_format: undefined },
  ],
];

test.each(rows)("%s: %s %j", async (rule, model, request, outcome) => {
  const input = { model, messages: [user], ...request } as unknown as CompletionInput;
  const [provider = ""] = model.split("/");
  if (outcome === "refused") {
    const error = await explain(input).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(UnsupportedParamsError);
    expect(error).toMatchObject({ rule });
  } else {
    const { body, changes } = await explain(input);
    const told = changes.flatMap(({ rule }) => rule ?? []);
    expect(told).toContain(rule);
    for (const one of told) expect(tables.get(provider)).toContain(one);
    for (const [key, value] of Object.entries(outcome)) expect(body[key]).toEqual(value);
  }
});

test("every rule is shown by a request above, and none has another's id", () => {
  expect([...new Set(rows.map(([rule]) => rule))].sort()).toEqual([...ids].sort());
  for (const table of tables.values()) expect(new Set(table).size).toBe(table.length);
  // Providers that share a table aside, an id is its adapter's own.
  const owners = new Map<string, Set<string>>();
  for (const table of new Set([...tables.values()].map((table) => table.join()))) {
    for (const id of table.split(",")) owners.set(id, (owners.get(id) ?? new Set()).add(table));
  }
  for (const [id, tables] of owners) expect({ id, tables: tables.size }).toEqual({ id, tables: 1 });
});

test("a hint that a rule bends is refused with the rule, where hints are", async () => {
  const strict = explain({
    model: "anthropic/claude-sonnet-4-5",
    messages: [{ role: "user", content: "Hello" }],
    temperature: 0.5,
    top_p: 0.5,
    onUnsupported: "error",
  });
  await expect(strict).rejects.toMatchObject({
    param: "top_p",
    rule: "anthropic/temperature-top-p",
  });
});

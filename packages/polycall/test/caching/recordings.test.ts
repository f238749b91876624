/** What real providers said of their caches, read and priced by hand; and a request that OpenAI took, as ours. */
import { wireData } from "@polycall/testing";
import { describe, expect, test, vi } from "vitest";
import { completion, explain, type Message } from "../../src/index.ts";
import { mark } from "./support.ts";

const data = wireData();
const messages: Message[] = [{ role: "user", content: "Hi" }];

/** Tokens as the recorded usage has them; dollars for a million by models.dev of 2026-09-30: input, read, written. */
const sonnet = [3, 0.3, 3.75] as const;
const sol = [4, 0.4, 5] as const;
const routedSol = [2, 0.2, 2.5] as const;
const flash = [0.3, 0.03, 0] as const;

type Row = [
  file: string,
  at: number,
  model: string,
  counts: readonly [uncached: number, read: number, written: number],
  rates?: readonly [input: number, read: number, written: number],
];
const rows: Row[] = [
  ["anthropic/anthropic_cache_real_api", 0, "anthropic/claude-sonnet-4-5", [3, 1111, 0], sonnet],
  ["anthropic/anthropic_cache_real_api", 1, "anthropic/claude-sonnet-4-5", [3, 1111, 418], sonnet],
  ["openai/openai_chat_prompt_cache_e2e", 0, "openai/chat/gpt-5.6-sol", [8, 0, 4012], sol],
  ["openai/openai_chat_prompt_cache_e2e", 1, "openai/chat/gpt-5.6-sol", [8, 4012, 0], sol],
  [
    "openai/openai_responses_prompt_cache_e2e",
    0,
    "openai/responses/gpt-5.6-sol",
    [8, 0, 4012],
    sol,
  ],
  [
    "openai/openai_responses_prompt_cache_e2e",
    1,
    "openai/responses/gpt-5.6-sol",
    [8, 4012, 0],
    sol,
  ],
  [
    "openrouter/openrouter_responses_prompt_cache_e2e",
    0,
    "openrouter/responses/openai/gpt-5.6-sol",
    [8, 0, 4012],
    routedSol,
  ],
  [
    "openrouter/openrouter_responses_prompt_cache_e2e",
    1,
    "openrouter/responses/openai/gpt-5.6-sol",
    [8, 4012, 0],
    routedSol,
  ],
  ["google/google_model_cached_content", 1, "gemini/gemini-2.5-flash", [8, 3512, 0], flash],
  ["mistral/mistral_history_uses_prompt_cache", 1, "mistral/mistral-large-latest", [44, 224, 0]],
  [
    "deepseek/deepseek_deferred_capability_with_thinking",
    0,
    "deepseek/deepseek-reasoner",
    [51, 512, 0],
  ],
  [
    "deepseek/deepseek_deferred_capability_with_thinking",
    2,
    "deepseek/deepseek-reasoner",
    [80, 896, 0],
  ],
  ["groq/tool_use_failed_error", 2, "groq/openai/gpt-oss-120b", [80, 256, 0]],
  ["zai/zai_vision_thinking", 0, "zai/glm-4.6v", [431, 4, 0]],
  ["crusoe/crusoe_tool_calling", 1, "crusoe/zai/GLM-5.2", [150, 64, 0]],
  ["openrouter/openrouter_with_native_options", 0, "openrouter/x-ai/grok-4", [5, 682, 0]],
];

describe.skipIf(!data)("recorded", () => {
  test.each<Row>(rows)("%s, call %i", async (file, at, model, [uncached, read, written], rates) => {
    vi.setSystemTime("2026-01-01");
    const { body } = data!.read(`${file}.json`).interactions[at]!.response;
    const fetch = async () =>
      new Response(body, { headers: { "content-type": "application/json" } });
    const reply = await completion({ model, messages, apiKey: "k", fetch });
    const { cache } = reply;
    expect(cache).toMatchObject({ uncached, read, written });
    expect(uncached + read + written).toBe(reply.usage!.prompt_tokens);
    expect(cache!.hitRate).toBe(read / reply.usage!.prompt_tokens);
    if (!rates) return;
    const [input, cheap, dear] = rates;
    const saved = (read * (input - cheap) + written * (input - dear)) / 1e6;
    expect(cache!.saved).toBeCloseTo(saved, 12);
  });

  test.each([
    ["openai_chat_prompt_cache_e2e", "openai/chat/gpt-5.6-sol"],
    ["openai_responses_prompt_cache_e2e", "openai/responses/gpt-5.6-sol"],
  ])("%s: LiteLLM's mark makes the request that OpenAI took", async (file, model) => {
    const sent = data!.read(`openai/${file}.json`).interactions[0]!.request.body as {
      [key: string]: unknown;
    };
    const [first] = (sent.messages ?? sent.input) as { content: { text: string }[] }[];
    const [long, short] = first!.content.map(({ text }) => text);
    const { body } = await explain({
      model,
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: long!, cache_control: mark },
            { type: "text", text: short! },
          ],
        },
      ],
      prompt_cache_key: sent.prompt_cache_key as string,
      prompt_cache_options: { mode: "explicit", ttl: "30m" },
    });
    const { stream: _, ...recorded } = sent;
    expect({ ...body, store: undefined }).toEqual({ ...recorded, store: undefined });
  });
});

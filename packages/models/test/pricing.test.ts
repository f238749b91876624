/** Which model's price a reply has: the one that served, as far as that is sure. */
import type { CompletionData } from "@polycall/core";
import { expect, test } from "vitest";
import { pricing } from "../src/index.ts";

function reply(model: string, more: Partial<CompletionData> = {}): CompletionData {
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 0, total_tokens: 1_000_000 };
  return { id: "1", object: "chat.completion", created: 0, model, choices: [], usage, ...more };
}

const input = (provider: string, asked: string, served: string) =>
  pricing.cost(provider, asked, reply(served))?.parts[0]?.rate;

test.each([
  ["openai", "gpt-4o", "gpt-4o", 2.5],
  ["openai", "gpt-4o", "gpt-4o-2024-05-13", 5], // that day's version has its own price
  ["openai", "gpt-4o-mini", "gpt-4o-mini-2024-07-18", 0.15],
  ["anthropic", "claude-haiku-4-5", "claude-haiku-4-5-20251001", 1],
  // from 2026-12-01 Gemini serves the old name by another model
  ["gemini", "gemini-2.5-pro", "gemini-3.8-flash", 0.75],
  ["gemini", "gemini-flash-latest", "gemini-3.8-flash", 0.75],
  // an alias, whose model may be a cheaper one
  ["mistral", "mistral-large-latest", "mistral-large-2512", 0.5],
  // the host's own way to write it
  ["openai", "gpt-4o-mini", "simulator/gpt-4o-mini", 0.15],
  ["openai", "gpt-4o-mini", "", 0.15],
  ["groq", "openai/gpt-oss-120b", "GPT-OSS-120B", 0.15],
  // a deployment says what is behind it
  ["azure", "my-deployment", "gpt-4o-mini", 0.15],
  ["azure", "my-deployment", "gpt-4o-mini-2024-07-18", 0.15],
])("%s: asked for %s, served by %s: $%d", (provider, asked, served, rate) => {
  expect(input(provider, asked, served)).toBe(rate);
});

test.each([
  ["openai", "gpt-99", "gpt-99"],
  ["openai", "gpt-4o", "gpt-99"],
  ["openai", "gpt-4o", "gpt-4o-audio-preview"],
  ["anthropic", "claude-sonnet-5", "claude-sonnet-5-9"],
  ["azure", "gpt-4o-mini", "gpt-4o-mini"],
  ["azure", "my-deployment", "my-model"],
  ["custom_openai", "gpt-4o-mini", "gpt-4o-mini"],
  ["__proto__", "toString", "toString"],
])("%s: asked for %s, served by %s: not known", (provider, asked, served) => {
  expect(pricing.cost(provider, asked, reply(served))).toBeUndefined();
});

const at = Date.parse("2026-11-28T12:00:00Z");
const from = (baseURL: string, location?: string) => ({
  baseURL,
  at,
  ...(location && { location }),
});

test.each([
  // Released on 2026-03-05 and after it; before it there is no uplift.
  ["openai", "gpt-5.4", from("https://eu.api.openai.com/v1"), 5.5],
  ["openai", "gpt-5.4", from("https://api.openai.com/v1"), 5],
  ["openai", "gpt-5.4", from("https://eu.api.openai.com.example.org/v1"), 5],
  ["openai", "gpt-4o", from("https://us.api.openai.com/v1"), 2.5],
  ["vertex", "gemini-3.5-flash-lite", from("https://aiplatform.eu.rep.googleapis.com", "eu"), 0.33],
  ["vertex", "gemini-3.5-flash-lite", from("https://aiplatform.googleapis.com", "global"), 0.3],
  ["vertex", "gemini-3.5-flash-lite", from("https://aiplatform.googleapis.com"), 0.3],
  [
    "vertex",
    "gemini-2.5-pro",
    from("https://europe-west1-aiplatform.googleapis.com", "europe-west1"),
    2.5,
  ],
  ["together", "openai/gpt-oss-120b", from("https://us-api.together.ai/v1"), 0.1875],
])("%s/%s from %j: $%d", (provider, model, served, rate) => {
  expect(pricing.cost(provider, model, reply(model), served)?.parts[0]?.rate).toBe(rate);
});

test("Claude that ran in the USA costs a tenth more, where the reply says so", () => {
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 0, total_tokens: 1_000_000 };
  const ran = (inference_geo?: string) =>
    pricing.cost(
      "anthropic",
      "claude-opus-5-5",
      reply("claude-opus-5-5", { usage: { ...usage, ...(inference_geo && { inference_geo }) } }),
    )?.total;
  expect([ran("us"), ran("global"), ran()]).toEqual([4.4, 4, 4]);
});

test.each([
  ["openai", "gpt-5.4", 0.01],
  ["anthropic", "claude-opus-5-5", 0.01],
  ["gemini", "gemini-3.5-flash-lite", 0.014],
  ["gemini", "gemini-2.5-pro", 0.035],
  ["google_openai", "gemini-3.5-flash-lite", 0.014],
])("a web search of %s/%s: $%d", (provider, model, cost) => {
  const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
  const searched = reply(model, {
    usage: { ...usage, server_tool_use: { web_search_requests: 1 } },
  });
  expect(pricing.cost(provider, model, searched)?.total).toBe(cost);
});

test.each([
  // By the version of the tool, which no reply names
  ["openai", "gpt-4.1"],
  ["vertex", "gemini-3.5-flash-lite"],
])("a web search of %s/%s: not known", (provider, model) => {
  const usage = { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 };
  const searched = reply(model, {
    usage: { ...usage, server_tool_use: { web_search_requests: 1 } },
  });
  expect(pricing.cost(provider, model, searched)).toBeUndefined();
});

test("says which model it priced", () => {
  expect(pricing.cost("gemini", "gemini-2.5-pro", reply("gemini-3.8-flash"))).toMatchObject({
    source: "catalogue",
    model: "gemini-3.8-flash",
  });
});

test("without usage, or with images whose tokens nobody counted, the cost is not known", () => {
  expect(pricing.cost("openai", "gpt-4o", reply("gpt-4o", { usage: undefined }))).toBeUndefined();
  const images = [{ type: "image_url" as const, image_url: { url: "data:image/png;base64,AA==" } }];
  const message = { role: "assistant" as const, content: "", refusal: null, images };
  const choices = [{ index: 0, finish_reason: "stop" as const, message, logprobs: null }];
  const made = reply("gemini-2.5-flash-image", { choices });
  expect(pricing.cost("gemini", "gemini-2.5-flash-image", made)).toBeUndefined();
});

test("a flex reply is not billed at the plain rates", () => {
  const flex = reply("gpt-5.4", { service_tier: "flex" });
  expect(pricing.cost("openai", "gpt-5.4", flex)).toBeUndefined();
  const priority = reply("gpt-5.4", { service_tier: "priority" });
  expect(pricing.cost("openai", "gpt-5.4", priority)?.total).toBe(5);
});

test("answers as before after more names than it remembers", () => {
  const before = pricing.cost("openai", "gpt-4o-mini", reply("gpt-4o-mini"));
  for (let i = 0; i < 3_000; i++) pricing.cost("openai", `gpt-${i}x`, reply(`gpt-${i}x`));
  expect(pricing.cost("openai", "gpt-4o-mini", reply("gpt-4o-mini"))).toEqual(before);
  expect(before?.total).toBe(0.15);
});

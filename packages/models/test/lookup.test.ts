/** Which names are known, by which rule, and which only look as if they were. */
import { expect, test } from "vitest";
import { models } from "../src/index.ts";

test.each([
  // as it stands
  ["openai/gpt-5.4", "GPT-5.4"],
  ["openai/gpt-4o-2024-05-13", "GPT-4o (2024-05-13)"],
  ["mistral/mistral-large-latest", "Mistral Large (latest)"],
  ["openrouter/anthropic/claude-haiku-4.5", "Claude Haiku 4.5 (latest)"],
  ["together/openai/gpt-oss-120b", "GPT OSS 120B"],
  // the endpoint, the API's folder
  ["openai/chat/gpt-5.4", "GPT-5.4"],
  ["openai/responses/gpt-5.4", "GPT-5.4"],
  ["gemini/models/gemini-2.5-pro", "Gemini 2.5 Pro"],
  ["vertex/publishers/google/models/gemini-3.8-flash", "Gemini 3.8 Flash"],
  // the same models at another door
  ["google_openai/gemini-2.5-pro", "Gemini 2.5 Pro"],
  ["google_openai/models/gemini-2.5-pro", "Gemini 2.5 Pro"],
  // a day's version, an alias
  ["openai/gpt-5.4-2026-03-05", "GPT-5.4"],
  ["openai/responses/gpt-5.4-2026-03-05", "GPT-5.4"],
  ["anthropic/claude-opus-5-20260724", "Claude Opus 5"],
  ["anthropic/claude-opus-5-latest", "Claude Opus 5"],
  // what only the overlay has
  ["anthropic/claude-haiku-5-5", "Claude Haiku 5.5"],
  ["openai/gpt-6.1-terra", "GPT-6.1 Terra"],
])("%s is %s", (model, name) => {
  expect(models.get(model)?.name).toBe(name);
});

test("a dated name has what its model has, and its own id", () => {
  const dated = models.get("openai/gpt-5.4-2026-03-05");
  expect(dated).toEqual({ ...models.get("openai/gpt-5.4"), id: "gpt-5.4-2026-03-05" });
});

test.each([
  ["openai/ft:gpt-4.1-mini-2025-04-14:acme::abc123", 1_047_576],
  ["openrouter/openai/gpt-5.4:nitro", 1_050_000],
  ["huggingface/moonshotai/Kimi-K2.6:together", 262_144],
])("%s has its base's context, and a price that is not its base's", (model, contextWindow) => {
  expect(models.get(model)).toMatchObject({ contextWindow, price: undefined });
});

test.each([
  "gpt-5.4",
  "",
  "/",
  "openai/",
  "openai/chat/",
  "/gpt-5.4",
  "nobody/gpt-5.4",
  "anthropic/gpt-5.4",
  "OpenAI/gpt-5.4",
  "openai/gpt-5.4 ",
  "openai/gpt-5.4-foo",
  "openai/gpt-5.4x",
  "openai/gpt-5.",
  "openai/my-gpt-5.4",
  // other models, whose names begin like known ones
  "openai/gpt-4-0613",
  "openai/gpt-4o-audio-preview-2025-06-03",
  "openai/gpt-5.4-2026-13-05",
  "openai/gpt-5.4-20261",
  "openai/chatgpt-4o-latest",
  "anthropic/claude-sonnet-5-7",
  "gemini/gemini-2.5-pro-001",
  "gemini/tunedModels/gemini-2.5-pro",
  "openrouter/gpt-5.4",
  "together/gpt-oss-120b",
  // a deployment is called what its owner likes
  "azure/gpt-5.4",
  "azure/my-deployment",
  // the user's own servers
  "vllm/gpt-5.4",
  "custom_openai/gpt-5.4",
  "lmstudio/openai/gpt-oss-20b",
  "openai/ft:",
  "openai/ft:gpt-99:acme::x",
  // what every object has
  "openai/constructor",
  "constructor/constructor",
  "__proto__/toString",
  "openai/__proto__",
])("%j is not known", (model) => {
  expect(models.get(model)).toBeUndefined();
});

test.each([undefined, null, 7, {}, ["openai/gpt-5.4"]])("%j is not known either", (model) => {
  expect(models.get(model as string)).toBeUndefined();
});

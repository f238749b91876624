/** Facts by model name, prefixes that must not match, and the endpoint they lead to. */
import type { CompletionRequest } from "@polycall/core";
import { nearestEffort } from "@polycall/core";
import { expect, test } from "vitest";
import { chooseEndpoint } from "../src/endpoint.ts";
import { factsOf } from "../src/models.ts";

test.each([
  ["o3", true],
  ["o3-2025-04-16", true],
  ["gpt-5", true],
  ["gpt-5-mini-2025-08-07", true],
  ["gpt-5.6-luna", true],
  ["gpt-6-luna", true],
  ["gpt-7", true],
  ["gpt-12.1-x", true],
  ["ft:o4-mini:acme::abc", true],
  ["gpt-4o", false],
  ["gpt-4.1-mini", false],
  ["gpt-5-chat-latest", false],
  ["gpt-5.1-chat-latest", false],
  ["gpt-5.3-chat-latest", false],
  ["o", false],
  ["o30", false],
  ["openai.gpt-5", false],
  ["openai/gpt-5", false],
  ["gpt-oss-120b", false],
  ["my-gpt-5", false],
  ["olmo-3", false],
  ["chatgpt-4o-latest", false],
  ["toString", false],
  ["", false],
])("%s reasons: %s", (model, reasoning) => {
  expect(!!factsOf(model).reasoning).toBe(reasoning);
});

test("gpt-5 is not gpt-5.1, nor o3 o3-mini", () => {
  expect(factsOf("gpt-5").efforts).toContain("minimal");
  expect(factsOf("gpt-5.1").efforts).not.toContain("minimal");
  expect(factsOf("o3").noStop).toBe(true);
  expect(factsOf("o3-mini").noStop).toBeUndefined();
  expect(factsOf("gpt-5-chat-latest").noStop).toBeUndefined();
});

const tools = [{ type: "function", function: { name: "f" } }];
const file = (file_data: string) => [
  { role: "user", content: [{ type: "file", file: { file_data, filename: "a.pdf" } }] },
];
const state = (provider: string, endpoint: string) => [
  {
    role: "assistant",
    content: "a",
    provider_state: [{ provider, model: "m", endpoint, items: [] }],
  },
];

test.each<[string, object, string, RegExp | undefined]>([
  ["gpt-4o", { tools }, "chat/completions", undefined],
  ["gpt-5", { tools }, "chat/completions", undefined],
  ["gpt-5.4", { tools }, "chat/completions", undefined],
  ["gpt-5.4", { tools, reasoning_effort: "low" }, "responses", /without reasoning/],
  [
    "gpt-5.4",
    { tools, thinking: { type: "enabled", budget_tokens: 4000 } },
    "responses",
    /without reasoning/,
  ],
  ["gpt-5.6-luna", { tools, thinking: { type: "disabled" } }, "chat/completions", undefined],
  ["gpt-5.6-luna", { tools }, "responses", /without reasoning/],
  ["gpt-5.6-luna", { functions: [{ name: "f" }] }, "responses", /without reasoning/],
  ["gpt-5.6-luna", { tools, reasoning_effort: "none" }, "chat/completions", undefined],
  ["gpt-5.6-luna", {}, "chat/completions", undefined],
  [
    "gpt-6.2-sol",
    { tools, reasoning_effort: "none" },
    "responses",
    /takes tools on \/responses only/,
  ],
  ["gpt-4o", { tools: [{ type: "web_search" }] }, "responses", /the tool web_search exists/],
  ["gpt-4o", { previous_response_id: "resp_1" }, "responses", /previous_response_id exists/],
  ["gpt-4o", { messages: file("https://x.test/a.pdf") }, "responses", /a file by URL exists/],
  ["gpt-4o", { messages: file("data:application/pdf;base64,AA") }, "chat/completions", undefined],
  ["gpt-5-pro", {}, "responses", /served on \/responses only/],
  ["gpt-5-pro-2025-10-06", {}, "responses", /served on \/responses only/],
  ["gpt-4o", { extra_body: { previous_response_id: "r" } }, "responses", /previous_response_id/],
  ["gpt-4o", { instructions: "Be brief." }, "responses", /instructions exists/],
  ["gpt-4o", { web_search_options: {} }, "responses", /gpt-4o searches the web/],
  ["gpt-5-search-api", { web_search_options: {} }, "chat/completions", /is a parameter of Chat/],
  ["gpt-4o-search-preview", { web_search_options: {} }, "chat/completions", /is a parameter/],
  ["chat/gpt-4o", { web_search_options: {} }, "chat/completions", /asks for it/],
  ["chat/gpt-5-pro", {}, "chat/completions", /asks for it/],
  ["responses/gpt-4o", {}, "responses", /asks for it/],
  ["gpt-5", { messages: state("openai", "responses") }, "responses", /history/],
  [
    "gpt-5",
    { messages: state("openai", "responses"), n: 2 },
    "chat/completions",
    /n is a parameter/,
  ],
  ["gpt-5", { messages: state("openai", "responses"), n: 1 }, "responses", /history/],
  ["gpt-5", { messages: state("azure", "responses") }, "chat/completions", undefined],
  ["gpt-4o", { messages: state("openai", "responses") }, "chat/completions", undefined],
])("%s %j -> %s", (model, input, endpoint, reason) => {
  const request = { messages: [], ...input, model } as unknown as CompletionRequest;
  const choice = chooseEndpoint(request, model, "openai");
  expect(choice.endpoint).toBe(endpoint);
  expect(choice.model).toBe(model.replace(/^(?:chat|responses)\//, ""));
  if (reason) expect(choice.reason).toMatch(reason);
  else expect(choice.reason).toBeUndefined();
});

test("another host's tools and parameters stay on its Chat Completions", () => {
  const tools = [{ type: "browser_search" }];
  const request = {
    model: "m",
    messages: [],
    tools,
    reasoning: {},
  } as unknown as CompletionRequest;
  expect(chooseEndpoint(request, "m", "groq").endpoint).toBe("chat/completions");
});

test("a server of another kind is spoken to on Chat Completions, whatever its model is called", () => {
  const request = { model: "m", messages: [], tools } as unknown as CompletionRequest;
  for (const model of ["gpt-5.6-luna", "gpt-6.2", "gpt-5-pro"]) {
    expect(chooseEndpoint(request, model, "custom_openai").endpoint).toBe("chat/completions");
  }
  const messages = state("custom_openai", "responses");
  const continued = { ...request, messages } as unknown as CompletionRequest;
  expect(chooseEndpoint(continued, "gpt-5.6-luna", "custom_openai").endpoint).toBe("responses");
});

test("xAI's own tools, and a file by URL, are on /responses", () => {
  const own = { model: "m", messages: [], tools: [{ type: "x_search" }] };
  const withFile = { model: "m", messages: file("https://x.test/a.pdf") };
  for (const request of [own, withFile] as unknown as CompletionRequest[]) {
    expect(chooseEndpoint(request, "grok-4.3", "xai").endpoint).toBe("responses");
  }
});

test("an Azure deployment has its base model's endpoint", () => {
  const request = { model: "azure/prod", messages: [], tools } as unknown as CompletionRequest;
  expect(chooseEndpoint(request, "prod", "azure", "gpt-6.2").endpoint).toBe("responses");
  expect(chooseEndpoint(request, "prod", "azure").endpoint).toBe("chat/completions");
});

test.each([
  ["medium", ["low", "high", "max"], "high"],
  ["xhigh", ["low", "high", "max"], "high"],
  ["minimal", ["low", "high"], "low"],
  ["max", ["none", "low"], "low"],
  ["none", ["none", "high"], "none"],
  ["none", ["low", "high"], "low"],
  ["low", ["none", "high"], "high"],
] as const)("%s of %j is %s", (wanted, taken, effort) => {
  expect(nearestEffort(wanted, taken)).toBe(effort);
});

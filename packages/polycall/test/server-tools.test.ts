/** Uses of a provider's own tools: counted in the recordings as the wire has them, and priced by the piece. */
import { responseBytes, wireData } from "@polycall/testing";
import { describe, expect, test } from "vitest";
import { type CompletionInput, createClient } from "../src/index.ts";

const messages = [{ role: "user" as const, content: "Hello" }];

/** The reply to a request, where the provider answers with these bytes. */
async function answered(model: string, type: string, bytes: BodyInit, stream = false) {
  const [provider] = model.split("/") as [string];
  const fetch = async () => new Response(bytes, { headers: { "content-type": type } });
  const { completion } = createClient({
    providers: { [provider]: { apiKey: "k" } },
    defaults: { fetch: fetch as typeof globalThis.fetch, maxRetries: 0 },
    logLevel: "off",
  });
  const input: CompletionInput = { model, messages };
  if (!stream) return completion({ ...input, stream: false });
  const chunks = await completion({ ...input, stream: true });
  const usages = [];
  for await (const { usage } of chunks) if (usage) usages.push(usage);
  const reply = await chunks.final();
  expect(usages.at(-1)).toEqual(reply.usage);
  return reply;
}

const data = wireData();

describe.skipIf(!data)("recorded", () => {
  test.each([
    [
      "anthropic/pause_turn_web_search_streaming_vcr.json",
      0,
      "anthropic/claude-sonnet-4-5",
      { web_search_requests: 10 },
    ],
    [
      "anthropic/pause_turn_web_search_streaming_vcr.json",
      1,
      "anthropic/claude-sonnet-4-5",
      { web_search_requests: 5 },
    ],
    [
      "anthropic/anthropic_web_fetch_tool_stream.json",
      0,
      "anthropic/claude-sonnet-4",
      { web_fetch_requests: 1 },
    ],
    ["anthropic/anthropic_advisor_tool_stream.json", 0, "anthropic/claude-haiku-4-5", undefined],
    [
      "openai/openai_responses_model_web_search_tool_stream.json",
      0,
      "openai/responses/gpt-5",
      { web_search_requests: 1 },
    ],
    [
      "openai/openai_responses_model_web_search_tool.json",
      0,
      "openai/responses/gpt-5",
      { web_search_requests: 1 },
    ],
    [
      "openai/openai_responses_model_file_search_tool_with_results.json",
      3,
      "openai/responses/gpt-4o",
      { file_search_requests: 1 },
    ],
    [
      "openai/openai_responses_code_execution_return_image.json",
      0,
      "openai/responses/gpt-5",
      { code_interpreter_requests: 1 },
    ],
    // Three queries; an empty one beside a query is none.
    [
      "google/thinking_with_native_tool_wire_contract__google.json",
      0,
      "gemini/gemini-3.5-flash",
      { web_search_requests: 3 },
    ],
    [
      "google/native_output_with_builtin_tools_stream.json",
      0,
      "gemini/gemini-3.5-flash",
      { web_search_requests: 1 },
    ],
    [
      "openrouter/openrouter_web_search_annotations.json",
      0,
      "openrouter/x",
      { web_search_requests: 1 },
    ],
    [
      "openrouter/openrouter_web_search_tool_usage_stream.json",
      0,
      "openrouter/x",
      { web_search_requests: 1 },
    ],
  ])("%s, %i", async (file, index, model, used) => {
    const { request, response } = data!.read(file).interactions[index]!;
    const streams = /event-stream/.test(response.headers["content-type"] ?? "");
    expect(request.url).toMatch(/^https:/);
    const type = streams ? "text/event-stream" : "application/json";
    const { usage, cost } = await answered(model, type, responseBytes(response), streams);
    expect(usage?.server_tool_use).toEqual(used);
    if (model.startsWith("openrouter")) expect(cost?.source).toBe("provider");
  });
});

const responses = (more: object) =>
  JSON.stringify({
    id: "resp_1",
    object: "response",
    created_at: 1,
    model: "gpt-5.4",
    status: "completed",
    output: [
      {
        type: "web_search_call",
        id: "ws_1",
        status: "completed",
        action: { type: "search", query: "a" },
      },
      {
        type: "web_search_call",
        id: "ws_2",
        status: "completed",
        action: { type: "open_page", url: "b" },
      },
      {
        type: "message",
        role: "assistant",
        content: [{ type: "output_text", text: "Hi", annotations: [] }],
      },
    ],
    usage: { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 },
    ...more,
  });

describe("priced", () => {
  test("OpenAI: a search at $10 a thousand; opening a page is none", async () => {
    const { cost } = await answered("openai/responses/gpt-5.4", "application/json", responses({}));
    // 1,000 x 2.50 + 100 x 15 = 0.004
    expect(cost?.total).toBe(0.014);
    expect(cost?.parts.at(-1)).toEqual({ kind: "webSearch", count: 1, rate: 10, cost: 0.01 });
  });

  test("OpenAI: what it says that it bills is believed", async () => {
    const body = responses({ tool_usage: { web_search: { num_requests: 4 } } });
    const { cost } = await answered("openai/responses/gpt-5.4", "application/json", body);
    expect(cost?.total).toBe(0.044);
  });

  test("a code interpreter's session has no rate for a reply: the cost is not known", async () => {
    const output = [
      { type: "code_interpreter_call", id: "ci_1", container_id: "c", outputs: null },
    ];
    const body = responses({ output });
    const reply = await answered("openai/responses/gpt-5.4", "application/json", body);
    expect(reply).not.toHaveProperty("cost");
    expect(reply.usage?.server_tool_use).toEqual({ code_interpreter_requests: 1 });
  });

  test("xAI says what it billed", async () => {
    const choice = {
      index: 0,
      finish_reason: "stop",
      message: { role: "assistant", content: "Hi" },
    };
    const usage = {
      prompt_tokens: 9,
      completion_tokens: 1,
      total_tokens: 10,
      cost_in_usd_ticks: 37_756_000,
    };
    const body = JSON.stringify({
      id: "c",
      object: "chat.completion",
      created: 1,
      model: "grok-4.3",
      choices: [choice],
      usage,
    });
    const { cost } = await answered("xai/grok-4.3", "application/json", body);
    expect(cost).toEqual({ total: 0.0037756, parts: [], source: "provider" });
  });

  test("OpenAI's search models search each time, and have no price in the catalogue", async () => {
    const choice = {
      index: 0,
      finish_reason: "stop",
      message: { role: "assistant", content: "Hi" },
    };
    const usage = { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 };
    const body = JSON.stringify({
      id: "c",
      object: "chat.completion",
      created: 1,
      model: "gpt-5-search-api",
      choices: [choice],
      usage,
    });
    const reply = await answered("openai/gpt-5-search-api", "application/json", body);
    expect(reply.usage?.server_tool_use).toEqual({ web_search_requests: 1 });
    expect(reply).not.toHaveProperty("cost");
  });
});

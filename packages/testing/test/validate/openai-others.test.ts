/** What Responses, embeddings and Ollama refuse, in their words. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Simulator, simulator } from "../../src/index.ts";
import { declared, type Post, poster, user } from "./ask.ts";

let sim: Simulator;
let post: Post;
beforeAll(async () => {
  sim = await simulator();
  post = poster(sim);
});
afterAll(() => sim.close());

describe("responses", () => {
  const base = { model: "gpt-5.4", input: "Hello" };
  const called = { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" };
  const output = { type: "function_call_output", call_id: "call_1", output: "1" };
  test.each<[string, object, string]>([
    ["unknown field", { ...base, messages: [] }, "Unknown parameter: 'messages'."],
    ["no input", { model: "gpt-5.4" }, "Missing required parameter: 'input'."],
    [
      "a low limit",
      { ...base, max_output_tokens: 5 },
      "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 5 instead.",
    ],
    [
      "an output without its call",
      { ...base, input: [output] },
      "No tool call found for function call output with call_id call_1.",
    ],
    [
      "a call without its output",
      { ...base, input: [user, called] },
      "No tool output found for function call call_1.",
    ],
    [
      "reasoning with nothing after it",
      { ...base, input: [user, { type: "reasoning", id: "rs_1", summary: [] }] },
      "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
    ],
    [
      "Chat Completions' nested tool",
      { ...base, tools: declared({}) },
      "Missing required parameter: 'tools[0].name'.",
    ],
  ])("%s", async (_name, body, message) => {
    const reply = await post("openai", "/responses", body);
    expect(reply).toMatchObject({ status: 400, body: { error: { message } } });
  });
});

describe("ollama and embeddings", () => {
  test.each<[string, string, string, object, string]>([
    ["ollama", "/api/chat", "no model", { messages: [] }, "model is required"],
    [
      "ollama",
      "/api/chat",
      "arguments as text",
      {
        model: "m",
        messages: [
          { role: "assistant", tool_calls: [{ function: { name: "f", arguments: "{}" } }] },
        ],
      },
      "json: cannot unmarshal string into Go struct field ChatRequest.messages.tool_calls.function.arguments of type api.ToolCallFunctionArguments",
    ],
    [
      "ollama",
      "/api/chat",
      "content parts",
      { model: "m", messages: [{ role: "user", content: [] }] },
      "json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string",
    ],
    ["ollama", "/api/embed", "no input", { model: "m" }, "invalid input type"],
  ])("%s %s %s", async (provider, path, _name, body, error) => {
    expect(await post(provider, path, body)).toEqual({ status: 400, body: { error } });
  });

  test.each([
    [{ input: "" }],
    [{ input: [] }],
    [{ input: "x", dimensions: 0 }],
    [{ input: "x", dimensions: 1537 }],
  ])("embeddings refuse %j", async (body) => {
    const model = "text-embedding-3-small";
    expect((await post("openai", "/embeddings", { model, ...body })).status).toBe(400);
  });
});

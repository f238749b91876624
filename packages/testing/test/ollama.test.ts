/** Ollama's native wire format, which has no SDK here. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Simulator, simulator } from "../src/index.ts";
import { paris, person, question, weather } from "./sdks/asked.ts";

let sim: Simulator;
beforeAll(async () => {
  sim = await simulator();
});
beforeEach(() => sim.reset());
afterAll(() => sim.close());

describe("ollama", () => {
  const post = async (path: string, body: object) => {
    const response = await fetch(`${sim.providers.ollama!.baseURL}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    return { response, text: await response.text() };
  };

  test("streams lines by default, the last one counting tokens", async () => {
    const messages = [{ role: "user", content: "Tell a joke about ants." }];
    const { text } = await post("/api/chat", { model: "llama3.2", messages });
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const whole = await post("/api/chat", { model: "llama3.2", messages, stream: false });
    const reply = JSON.parse(whole.text);
    expect(lines.map((line) => line.message.content).join("")).toBe(reply.message.content);
    expect(reply.message.content).toMatch(/^\(simulator\) .*ants/);
    expect(lines.at(-1)).toMatchObject({
      done: true,
      done_reason: "stop",
      eval_count: reply.eval_count,
    });
  });

  test("calls tools with object arguments, fills a format, embeds, lists models", async () => {
    const model = "llama3.2";
    const called = await post("/api/chat", {
      model,
      stream: false,
      messages: [{ role: "user", content: question }],
      tools: [{ type: "function", function: { name: "get_weather", parameters: weather } }],
    });
    const [call] = JSON.parse(called.text).message.tool_calls;
    expect(call.function).toEqual({ index: 0, name: "get_weather", arguments: paris });
    const formatted = await post("/api/chat", {
      model,
      stream: false,
      messages: [{ role: "user", content: "Dan is 4." }],
      format: person,
    });
    expect(JSON.parse(JSON.parse(formatted.text).message.content)).toEqual({ name: "Dan", age: 4 });
    const embedded = await post("/api/embed", { model, input: ["a", "b"], dimensions: 8 });
    expect(JSON.parse(embedded.text).embeddings.map((e: number[]) => e.length)).toEqual([8, 8]);
    const shown = await post("/api/show", { model });
    expect(JSON.parse(shown.text).capabilities).toEqual(
      expect.arrayContaining(["completion", "tools", "embedding"]),
    );
    const tags = await fetch(`${sim.providers.ollama!.baseURL}/api/tags`);
    expect(await tags.json()).toMatchObject({ models: [{ name: "simulator:latest" }] });
  });
});

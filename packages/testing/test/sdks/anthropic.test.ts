/** The bare `@anthropic-ai/sdk` reads the simulator's replies. */
import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Simulator, simulator } from "../../src/index.ts";
import { paris, person, question, weather } from "./asked.ts";

let sim: Simulator;
beforeAll(async () => {
  sim = await simulator();
});
beforeEach(() => sim.reset());
afterAll(() => sim.close());

const anthropic = () => new Anthropic({ ...sim.providers.anthropic!, maxRetries: 0 });

describe("anthropic messages", () => {
  const model = "claude-haiku-4-5";
  const tools = [
    { name: "get_weather", description: "The weather of a city", input_schema: weather },
  ];

  test.each([false, true])("tells a joke (streamed: %s)", async (stream) => {
    const request = {
      model,
      max_tokens: 400,
      messages: [{ role: "user" as const, content: "Tell a joke about owls." }],
    };
    const reply = stream
      ? await anthropic().messages.stream(request).finalMessage()
      : await anthropic().messages.create(request);
    expect(reply.content).toEqual([
      { type: "text", text: expect.stringMatching(/^\(simulator\) .*owls/) },
    ]);
    expect(reply.stop_reason).toBe("end_turn");
    expect(reply.id).toMatch(/^msg_01[A-Za-z0-9]{22}$/);
    expect(reply.usage.output_tokens).toBeGreaterThan(5);
  });

  test.each([false, true])(
    "calls a tool and answers from its result (streamed: %s)",
    async (stream) => {
      const messages: Anthropic.MessageParam[] = [{ role: "user", content: question }];
      const request = { model, max_tokens: 400, messages, tools };
      const reply = stream
        ? await anthropic().messages.stream(request).finalMessage()
        : await anthropic().messages.create(request);
      expect(reply.stop_reason).toBe("tool_use");
      const call = reply.content.find((block) => block.type === "tool_use")!;
      expect(call).toMatchObject({ name: "get_weather", input: paris });
      expect(call.id).toMatch(/^toolu_01/);
      messages.push({ role: "assistant", content: reply.content });
      messages.push({
        role: "user",
        content: [{ type: "tool_result", tool_use_id: call.id, content: "9 K" }],
      });
      const next = await anthropic().messages.create(request);
      expect(next.content).toEqual([{ type: "text", text: "(simulator) 9 K" }]);
    },
  );

  test.each([false, true])("thinks and signs (streamed: %s)", async (stream) => {
    const request = {
      model,
      max_tokens: 4000,
      thinking: { type: "enabled" as const, budget_tokens: 1024 },
      messages: [{ role: "user" as const, content: "What is 6 * 7?" }],
    };
    const reply = stream
      ? await anthropic().messages.stream(request).finalMessage()
      : await anthropic().messages.create(request);
    expect(reply.content.map((block) => block.type)).toEqual(["thinking", "text"]);
    expect(reply.content[0]).toMatchObject({ signature: expect.stringMatching(/^\w+=*$/) });
    expect(reply.content[1]).toMatchObject({ text: "(simulator) 6 * 7 = 42" });
  });

  test("fills a schema", async () => {
    const reply = await anthropic().messages.create({
      model,
      max_tokens: 400,
      messages: [{ role: "user", content: "Bob is 50." }],
      output_config: { format: { type: "json_schema", schema: person } },
    });
    const [block] = reply.content;
    expect(block?.type === "text" && JSON.parse(block.text)).toEqual({ name: "Bob", age: 50 });
  });

  test("says which stop sequence ended it", async () => {
    const reply = await anthropic().messages.create({
      model,
      max_tokens: 400,
      stop_sequences: [", 3"],
      messages: [{ role: "user", content: "count to 5" }],
    });
    expect(reply).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: ", 3" });
  });
});

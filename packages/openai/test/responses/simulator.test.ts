/** Through the client, over loopback, to the simulator's /responses, which refuses what the service refuses. */
import {
  APIError,
  createClient,
  type Message,
  NotFoundError,
  type PolycallClient,
  tool,
} from "@polycall/core";
import { MISSING_MODEL, type Simulator, type SimulatorRequest, simulator } from "@polycall/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { openai } from "../../src/index.ts";

let server: Simulator;
let client: PolycallClient;
const user: Message = { role: "user", content: "How much is London?" };
const getPrice = tool({
  name: "get_price",
  description: "Price of a return ticket to a city",
  parameters: z.object({ city: z.string().min(2), date: z.iso.date().optional() }),
  execute: ({ city }) => (city === "London" ? "$799" : "unknown"),
});

beforeAll(async () => {
  server = await simulator();
});
afterAll(() => server.close());
beforeEach(() => {
  server.reset();
  client = createClient({
    adapters: { openai },
    capabilities: () => import("@polycall/core/capabilities"),
    providers: { openai: { ...server.providers.openai! } },
    defaults: { maxRetries: 0 },
    logLevel: "off",
  });
});

const bodies = () =>
  server.requests.map(
    (request: SimulatorRequest) =>
      request.body as { input: { type?: string }[]; [key: string]: unknown },
  );

describe.each([true, false])("stream: %s", (stream) => {
  async function ask(request: object, model = "openai/gpt-5.6-luna") {
    const input = { model, messages: [user], ...request };
    if (!stream) return client.completion(input);
    return (await client.completion({ ...input, stream: true })).final();
  }

  test("reasoning and calls, there and back", async () => {
    const call = (city: string) => ({ name: "get_price", args: { city } });
    server.script([
      { reasoning: "Two cities.", calls: [call("London"), call("Paris")] },
      { text: "It is $799.", usage: { input: 7, output: 3 } },
    ]);
    const tools = [getPrice];
    const first = await ask({ tools, reasoning: { summary: "auto" } });
    const { message, finish_reason } = first.choices[0]!;
    expect(finish_reason).toBe("tool_calls");
    expect(message.reasoning_content).toBe("Two cities.");
    expect(first.toolCalls.map(({ args }) => args)).toEqual([
      { city: "London" },
      { city: "Paris" },
    ]);
    const results = message.tool_calls!.map(
      ({ id }): Message => ({ role: "tool", tool_call_id: id, content: "$799" }),
    );
    const history = JSON.parse(JSON.stringify([user, message, ...results]));
    const second = await ask({ tools, messages: history });
    expect(second.text).toBe("It is $799.");
    expect(second.usage).toMatchObject({
      prompt_tokens: 7,
      completion_tokens: 3,
      total_tokens: 10,
    });
    expect(server.requests.map(({ endpoint, status }) => [endpoint, status])).toEqual([
      ["responses", 200],
      ["responses", 200],
    ]);
    const { input, include } = bodies()[1]!;
    expect(input.map(({ type }) => type)).toEqual([
      undefined,
      "reasoning",
      "function_call",
      "function_call",
      "function_call_output",
      "function_call_output",
    ]);
    expect(input[1]).toMatchObject({ encrypted_content: expect.stringMatching(/.+/) });
    expect(include).toEqual(["reasoning.encrypted_content"]);
  });

  test("an object by a zod schema", async () => {
    server.script(['{"setup":"a","punchline":"b"}']);
    const response_format = z.object({ setup: z.string(), punchline: z.string().max(200) });
    const reply = await ask({ response_format }, "openai/responses/gpt-4.1");
    expect((reply as { parsed?: unknown }).parsed).toEqual({ setup: "a", punchline: "b" });
    expect(bodies()[0]).toMatchObject({ text: { format: { type: "json_schema", strict: true } } });
  });

  test("each kind of message and part", async () => {
    const messages: Message[] = [
      { role: "system", content: "Be brief." },
      { role: "developer", content: [{ type: "text", text: "Be kind." }] },
      {
        role: "user",
        content: [
          { type: "text", text: "Look" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
          { type: "file", file: { file_data: "data:text/plain;base64,AA==", filename: "a.txt" } },
        ],
      },
      {
        role: "assistant",
        content: "I look.",
        tool_calls: [
          { id: "c1", type: "function", function: { name: "get", arguments: "{}" } },
          { id: "c2", type: "custom", custom: { name: "run", input: "ls" } },
        ],
      },
      { role: "tool", tool_call_id: "c1", content: [{ type: "text", text: "1" }] },
      { role: "tool", tool_call_id: "c2", content: "1" },
      { role: "assistant", content: [{ type: "text", text: "So." }] },
      { role: "assistant", content: null, refusal: "No." },
      user,
    ];
    server.script(["Fine."]);
    expect((await ask({ messages, max_tokens: 1 }, "openai/responses/gpt-4.1")).text).toBe("Fine.");
  });

  test("a cut text", async () => {
    server.script([{ text: "It", finish: "length" }]);
    expect((await ask({}, "openai/responses/gpt-4.1")).choices[0]).toMatchObject({
      finish_reason: "length",
      finish_reason_raw: "max_output_tokens",
    });
  });

  test("a missing model, and a value out of bounds", async () => {
    const asked = ask({}, `openai/responses/${MISSING_MODEL}`);
    await expect(asked).rejects.toThrow(NotFoundError);
    const strict = { temperature: 3, onUnsupported: "error" } as const;
    await expect(ask(strict, "openai/responses/gpt-4.1")).rejects.toThrow(APIError);
    const { warnings } = await ask({ temperature: 3 }, "openai/responses/gpt-4.1");
    expect(warnings).toContainEqual(
      expect.objectContaining({ param: "temperature", action: "clamped", from: 3, to: 2 }),
    );
  });
});

test("what is sent is what explain shows", async () => {
  const input = { model: "openai/responses/gpt-4.1", messages: [user], tools: [getPrice], seed: 3 };
  const { url, body, changes } = await client.explain(input);
  await client.completion(input);
  expect(bodies()[0]).toEqual(JSON.parse(JSON.stringify(body)));
  expect(url).toBe(`${server.providers.openai!.baseURL}/responses`);
  expect(changes.map(({ param }) => param)).toContain("seed");
});

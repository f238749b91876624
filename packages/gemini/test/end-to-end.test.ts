/** Through the client, over loopback, to the simulator's Gemini. */
import {
  APIConnectionError,
  AuthenticationError,
  createClient,
  type Message,
  NotFoundError,
  type PolycallClient,
  ServiceUnavailableError,
  tool,
} from "@polycall/core";
import { BAD_KEY, MISSING_MODEL, type Simulator, simulator } from "@polycall/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { gemini } from "../src/index.ts";

let server: Simulator;
let client: PolycallClient;
const model = "gemini/gemini-3-flash-preview";
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
    adapters: { gemini },
    providers: { gemini: server.providers.gemini },
    defaults: { maxRetries: 0 },
    logLevel: "off",
  });
});

describe.each([{ stream: false }, { stream: true }])("stream: $stream", ({ stream }) => {
  async function ask(request: object) {
    const input = { model, messages: [{ role: "user", content: "Hi" }] as Message[], ...request };
    if (!stream) return client.completion(input);
    return (await client.completion({ ...input, stream: true })).final();
  }

  test("a text", async () => {
    server.script([{ text: "Größe 👍", usage: { input: 7, output: 3 } }]);
    const reply = await ask({});
    expect(reply.text).toBe("Größe 👍");
    expect(reply.choices[0]!.finish_reason).toBe("stop");
    expect(reply.provider).toBe("gemini");
    expect(server.requests).toHaveLength(1);
  });

  test("a typed call, its result, and the answer", async () => {
    server.script([
      { calls: [{ name: "get_price", args: { city: "London" } }] },
      { text: "It is $799." },
    ]);
    const messages: Message[] = [{ role: "user", content: "How much is London?" }];
    const first = await ask({ messages, tools: [getPrice] });
    const { message, finish_reason } = first.choices[0]!;
    expect(finish_reason).toBe("tool_calls");
    const [call] = message.tool_calls!;
    messages.push(message, { role: "tool", tool_call_id: call!.id, content: "$799" });
    const second = await ask({ messages, tools: [getPrice] });
    expect(second.text).toBe("It is $799.");
    expect(server.requests.map(({ status }) => status)).toEqual([200, 200]);
  });

  test("an object by a zod schema", async () => {
    server.script(['{"setup":"a","punchline":"b"}']);
    const response_format = z.object({ setup: z.string(), punchline: z.string().max(200) });
    const reply = (await ask({ response_format })) as { parsed?: unknown };
    expect(reply.parsed).toEqual({ setup: "a", punchline: "b" });
    expect(server.requests[0]!.body).toMatchObject({
      generationConfig: { responseMimeType: "application/json" },
    });
  });

  test("a wrong key and a wrong model", async () => {
    await expect(ask({ apiKey: BAD_KEY })).rejects.toThrow(AuthenticationError);
    await expect(ask({ model: `gemini/${MISSING_MODEL}` })).rejects.toThrow(NotFoundError);
  });
});

describe("a stream that goes wrong", () => {
  const messages: Message[] = [{ role: "user", content: "Hi" }];
  const broken = async () => {
    server.script(["One two three four five six seven eight nine ten."]);
    const stream = await client.completion({ model, messages, stream: true });
    return stream.final().then(
      () => undefined,
      (error: unknown) => error as APIConnectionError,
    );
  };

  test("an error inside it ends in its class, with what had come", async () => {
    server.fault({ streamError: { after: 2, message: "The service is currently unavailable." } });
    const error = await broken();
    expect(error).toBeInstanceOf(ServiceUnavailableError);
    expect(error!.message).toContain("The service is currently unavailable.");
    expect(error!.partial).toMatchObject({
      choices: [{ message: { content: expect.stringMatching(/^One/) } }],
    });
  });

  test("cut off it is a broken connection, not a short reply", async () => {
    server.fault({ cutAt: 400 });
    expect(await broken()).toBeInstanceOf(APIConnectionError);
  });
});

test("vectors in order, of the length asked for, of length 1", async () => {
  const input = ["a cat", "a dog", "a cat"];
  const { data } = await client.embedding({
    model: "gemini/gemini-embedding-001",
    input,
    dimensions: 8,
  });
  expect(data.map(({ index }) => index)).toEqual([0, 1, 2]);
  for (const { embedding } of data) {
    expect(embedding).toHaveLength(8);
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 6);
  }
  expect(data[0]!.embedding).toEqual(data[2]!.embedding);
  expect(data[0]!.embedding).not.toEqual(data[1]!.embedding);
});

/** Through the client, over loopback, to the simulator's OpenAI and its hosts. */
import {
  AuthenticationError,
  createClient,
  type Message,
  NotFoundError,
  type PolycallClient,
  tool,
} from "@polycall/core";
import { BAD_KEY, MISSING_MODEL, type Simulator, simulator } from "@polycall/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { hosts, openai } from "../src/index.ts";

let server: Simulator;
let client: PolycallClient;
const adapters = { openai, ...hosts };
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
  const known = Object.entries(server.providers).filter(([name]) => name in adapters);
  client = createClient({
    adapters,
    providers: Object.fromEntries(known.map(([name, address]) => [name, { ...address }])),
    defaults: { maxRetries: 0 },
    logLevel: "off",
  });
});

const models = [
  "openai/gpt-4.1-mini",
  "openrouter/z-ai/glm-4.7",
  "groq/llama-3",
  "mistral/m",
  "deepseek/d",
];

describe.each(models.flatMap((model) => [true, false].map((stream) => ({ model, stream }))))(
  "$model, stream: $stream",
  ({ model, stream }) => {
    async function ask(request: object) {
      const input = { model, messages: [{ role: "user", content: "Hi" }] as Message[], ...request };
      if (!stream) return client.completion(input);
      return (await client.completion({ ...input, stream: true })).final();
    }

    test("a text with its reasoning and tokens", async () => {
      server.script([{ text: "Größe 👍", usage: { input: 7, output: 3 } }]);
      const reply = await ask({});
      expect(reply.text).toBe("Größe 👍");
      expect(reply.choices[0]!.finish_reason).toBe("stop");
      expect(reply.usage).toMatchObject({
        prompt_tokens: 7,
        completion_tokens: 3,
        total_tokens: 10,
      });
    });

    test("two typed calls, their results, and the answer", async () => {
      const call = (city: string) => ({ name: "get_price", args: { city } });
      server.script([{ calls: [call("London"), call("Paris")] }, { text: "It is $799." }]);
      const messages: Message[] = [{ role: "user", content: "How much is London?" }];
      const first = await ask({ messages, tools: [getPrice] });
      const { message, finish_reason } = first.choices[0]!;
      expect(finish_reason).toBe("tool_calls");
      messages.push(message);
      for (const { id } of message.tool_calls!) {
        messages.push({ role: "tool", tool_call_id: id, content: "$799" });
      }
      expect(messages).toHaveLength(4);
      expect((await ask({ messages, tools: [getPrice] })).text).toBe("It is $799.");
      expect(server.requests.map(({ status }) => status)).toEqual([200, 200]);
    });

    test("an object by a zod schema", async () => {
      server.script(['{"setup":"a","punchline":"b"}']);
      const response_format = z.object({ setup: z.string(), punchline: z.string().max(200) });
      const reply = (await ask({ response_format })) as { parsed?: unknown };
      expect(reply.parsed).toEqual({ setup: "a", punchline: "b" });
    });

    test("a wrong key and a wrong model", async () => {
      await expect(ask({ apiKey: BAD_KEY })).rejects.toThrow(AuthenticationError);
      const [prefix] = model.split("/");
      await expect(ask({ model: `${prefix}/${MISSING_MODEL}` })).rejects.toThrow(NotFoundError);
    });
  },
);

test("what is sent is what explain shows", async () => {
  const input = {
    model: "openai/gpt-4.1-mini",
    messages: [{ role: "user" as const, content: "Hi" }],
    tools: [getPrice],
    seed: 3,
  };
  const { url, body } = await client.explain(input);
  await client.completion(input);
  expect(server.requests[0]!.body).toEqual(JSON.parse(JSON.stringify(body)));
  expect(url).toBe(`${server.providers.openai!.baseURL}/chat/completions`);
});

/** Through the client, over loopback, to the simulator's Ollama. */
import {
  APIConnectionError,
  createClient,
  InternalServerError,
  NotFoundError,
  type PolycallClient,
} from "@polycall/core";
import { MISSING_MODEL, type Simulator, simulator } from "@polycall/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ollama } from "../src/index.ts";
import { hi } from "./setup.ts";

let server: Simulator;
let client: PolycallClient;
const model = "ollama/qwen3:8b";
const tools = [
  {
    type: "function" as const,
    function: {
      name: "get_price",
      description: "Price of a ticket",
      parameters: {
        type: "object",
        properties: { city: { type: "string" } },
        required: ["city"],
      },
    },
  },
];

beforeAll(async () => {
  server = await simulator();
});
afterAll(() => server.close());
beforeEach(() => {
  server.reset();
  client = createClient({
    adapters: { ollama },
    providers: { ollama: server.providers.ollama },
    defaults: { maxRetries: 0 },
    logLevel: "off",
  });
});

describe.each([{ stream: false }, { stream: true }])("stream: $stream", ({ stream }) => {
  async function ask(request: object) {
    const input = { model, messages: hi, ...request };
    if (!stream) return client.completion(input);
    return (await client.completion({ ...input, stream: true })).final();
  }

  test("text, thinking, usage", async () => {
    server.script([{ text: "Hello, you.", reasoning: "Hm.", usage: { input: 5, output: 7 } }]);
    const reply = await ask({ reasoning_effort: "high" });
    expect(reply.text).toBe("Hello, you.");
    expect(reply.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { content: "Hello, you.", reasoning_content: "Hm." },
    });
    expect(reply.usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 });
    expect(reply.warnings.map(({ param }) => param)).toEqual(["reasoning_effort"]);
  });

  test("calls go out and their results go back", async () => {
    const calls = [
      { name: "get_price", args: { city: "London" } },
      { name: "get_price", args: { city: "Paris" } },
    ];
    server.script([{ calls }, "799 and 899."]);
    const first = await ask({ tools });
    const { message, finish_reason } = first.choices[0]!;
    expect(finish_reason).toBe("tool_calls");
    expect(message.tool_calls?.map((call) => call.type === "function" && call.function)).toEqual([
      { name: "get_price", arguments: '{"city":"London"}' },
      { name: "get_price", arguments: '{"city":"Paris"}' },
    ]);
    const results = message.tool_calls!.map(({ id }, at) => ({
      role: "tool" as const,
      tool_call_id: id,
      content: ["799", "899"][at]!,
    }));
    const second = await ask({ tools, messages: [...hi, message, ...results] });
    expect(second.text).toBe("799 and 899.");
    const { messages } = server.requests[1]!.body as { messages: object[] };
    expect(messages.slice(1)).toMatchObject([
      {
        role: "assistant",
        tool_calls: calls.map(({ name, args }) => ({ function: { name, arguments: args } })),
      },
      { role: "tool", tool_name: "get_price", content: "799" },
      { role: "tool", tool_name: "get_price", content: "899" },
    ]);
  });

  test("what is sent is exactly the plan", async () => {
    const input = {
      model,
      messages: hi,
      tools,
      temperature: 0.5,
      keep_alive: "5m",
      extra_body: { options: { x: { y: [1] } } },
    };
    const { body } = await client.explain({ ...input, stream });
    await ask(input);
    expect(server.requests[0]?.body).toEqual(body);
  });

  test("a limit", async () => {
    server.script(["one two three four five six seven eight nine ten"]);
    const reply = await ask({ max_tokens: 3 });
    expect(reply.choices[0]?.finish_reason).toBe("length");
  });

  test("a model that is not there", async () => {
    const error = await ask({ model: `ollama/${MISSING_MODEL}` }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(NotFoundError);
    expect(String(error)).toContain(`Run "ollama pull ${MISSING_MODEL}"`);
  });
});

test("chunks come as they are said", async () => {
  server.script(["One two three."]);
  const stream = await client.completion({ model, messages: hi, stream: true });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  const texts = chunks.map(({ choices }) => choices[0]?.delta.content).filter(Boolean);
  expect(texts.length).toBeGreaterThan(1);
  expect(texts.join("")).toBe("One two three.");
  expect(chunks[0]?.choices[0]?.delta.role).toBe("assistant");
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
});

test("a schema", async () => {
  const schema = {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  };
  const response_format = { type: "json_schema" as const, json_schema: { name: "r", schema } };
  const reply = await client.completion({ model, messages: hi, response_format });
  expect(JSON.parse(reply.text)).toEqual({ city: expect.any(String) });
  expect(server.requests[0]?.body).toMatchObject({ format: schema });
});

test("vectors", async () => {
  const { data } = await client.embedding({
    model: "ollama/all-minilm",
    input: ["a", "b"],
    dimensions: 8,
  });
  expect(data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
    [0, 8],
    [1, 8],
  ]);
});

describe("the environment", () => {
  test("OLLAMA_HOST may lack a scheme; no key is sent when there is none", async () => {
    vi.stubEnv("OLLAMA_BASE_URL", "");
    vi.stubEnv("OLLAMA_API_KEY", "");
    vi.stubEnv("OLLAMA_HOST", server.providers.ollama!.baseURL.replace("http://", ""));
    const { completion } = createClient({ adapters: { ollama }, logLevel: "off" });
    await completion({ model, messages: hi });
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  test("a key is sent as a bearer token", async () => {
    const baseURL = server.providers.ollama!.baseURL;
    await client.completion({ model, messages: hi, baseURL, apiKey: "canary-1" });
    expect(server.requests[0]?.headers.authorization).toBe("Bearer canary-1");
  });
});

describe("failures", () => {
  test("no server", async () => {
    const down = client.completion({ model, messages: hi, baseURL: "http://127.0.0.1:1" });
    await expect(down).rejects.toBeInstanceOf(APIConnectionError);
  });

  test("a stream that breaks off keeps what came", async () => {
    server.fault({ cutAt: 400 });
    server.script([
      "A long text of many words that is cut somewhere in its middle, far from its end.",
    ]);
    const stream = await client.completion({ model, messages: hi, stream: true });
    const error = (await stream.final().catch((e: unknown) => e)) as { partial?: object };
    expect(error).toBeInstanceOf(APIConnectionError);
    expect(error.partial).toBeDefined();
  });

  test("an error inside a stream", async () => {
    server.fault({ streamError: { message: "llama runner process has terminated" } });
    server.script(["Some words before it fails."]);
    const failed = client
      .completion({ model, messages: hi, stream: true })
      .then((stream) => stream.final());
    await expect(failed).rejects.toBeInstanceOf(InternalServerError);
    await expect(failed).rejects.toThrow(/runner process/);
  });
});

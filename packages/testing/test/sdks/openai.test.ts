/** The bare `openai` SDK reads the simulator's replies. */
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Simulator, simulator } from "../../src/index.ts";
import { paris, person, question, weather } from "./asked.ts";

let sim: Simulator;
beforeAll(async () => {
  sim = await simulator();
});
beforeEach(() => sim.reset());
afterAll(() => sim.close());

const openai = (name = "openai") => new OpenAI({ ...sim.providers[name]!, maxRetries: 0 });

describe("openai chat completions", () => {
  const model = "gpt-5.4-mini";
  const messages = [{ role: "user" as const, content: "Tell a joke about cats." }];
  const tools = [
    {
      type: "function" as const,
      function: { name: "get_weather", description: "The weather of a city", parameters: weather },
    },
  ];

  test("tells a joke and says that it is a simulator", async () => {
    const { data, response } = await openai()
      .chat.completions.create({ model, messages })
      .withResponse();
    expect(response.headers.get("x-polycall-simulator")).toBe("1");
    expect(data.model).toBe(`simulator/${model}`);
    expect(data.system_fingerprint).toBe("simulator");
    expect(data.id).toMatch(/^chatcmpl-[A-Za-z0-9]{29}$/);
    const [choice] = data.choices;
    expect(choice?.message.content).toMatch(/^\(simulator\) .*cats/);
    expect(choice?.finish_reason).toBe("stop");
    const { prompt_tokens, completion_tokens, total_tokens } = data.usage!;
    expect(total_tokens).toBe(prompt_tokens + completion_tokens);
    expect(completion_tokens).toBeGreaterThan(5);
  });

  test("streams the same joke, usage last", async () => {
    const whole = await openai().chat.completions.create({ model, messages });
    const stream = await openai().chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const text = chunks.map((c) => c.choices[0]?.delta.content ?? "").join("");
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(chunks.at(-1)?.usage).toEqual(whole.usage);
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("stop");
  });

  test.each([false, true])(
    "calls a tool, then answers from its result (streamed: %s)",
    async (stream) => {
      const ask = [{ role: "user" as const, content: question }];
      const runner = openai().chat.completions.stream({ model, messages: ask, tools });
      const first = stream
        ? (await runner.finalChatCompletion()).choices[0]!
        : (await openai().chat.completions.create({ model, messages: ask, tools })).choices[0]!;
      expect(first.finish_reason).toBe("tool_calls");
      const call = first.message.tool_calls![0]!;
      if (call.type !== "function") throw new Error("expected a function call");
      expect(call.id).toMatch(/^call_[A-Za-z0-9]{24}$/);
      expect(call.function.name).toBe("get_weather");
      expect(JSON.parse(call.function.arguments)).toEqual(paris);
      const { data } = await openai()
        .chat.completions.create({
          model,
          tools,
          messages: [
            ...ask,
            { role: "assistant", content: null, tool_calls: [call] },
            { role: "tool", tool_call_id: call.id, content: "293 K and sunny" },
          ],
        })
        .withResponse();
      expect(data.choices[0]?.message.content).toBe("(simulator) 293 K and sunny");
    },
  );

  test("fills a schema", async () => {
    const reply = await openai().chat.completions.create({
      model,
      messages: [{ role: "user", content: "Extract: Ann Lee is 31 years old." }],
      response_format: { type: "json_schema", json_schema: { name: "person", schema: person } },
    });
    expect(JSON.parse(reply.choices[0]!.message.content!)).toEqual({ name: "Ann Lee", age: 31 });
  });

  test("ends at max_tokens and at stop", async () => {
    const short = await openai().chat.completions.create({
      model,
      messages,
      max_completion_tokens: 3,
    });
    expect(short.choices[0]?.finish_reason).toBe("length");
    expect(short.usage?.completion_tokens).toBe(3);
    const list = [{ role: "user" as const, content: "count to 9" }];
    const stopped = await openai().chat.completions.create({
      model,
      messages: list,
      stop: [", 4"],
    });
    expect(stopped.choices[0]?.message.content).toBe("(simulator) 1, 2, 3");
    expect(stopped.choices[0]?.finish_reason).toBe("stop");
  });

  test.each([false, true])("gives log probabilities when asked (streamed: %s)", async (stream) => {
    const request = { model, messages, logprobs: true, top_logprobs: 2 };
    const reply = stream
      ? await openai().chat.completions.stream(request).finalChatCompletion()
      : await openai().chat.completions.create(request);
    const [choice] = reply.choices;
    const tokens = choice!.logprobs!.content!;
    expect(tokens.map(({ token }) => token).join("")).toBe(choice?.message.content);
    expect(tokens[0]?.top_logprobs).toHaveLength(2);
    expect(Buffer.from(tokens[0]!.bytes!).toString()).toBe(tokens[0]?.token);
  });

  test("gives n choices that differ", async () => {
    const reply = await openai().chat.completions.create({ model, messages, n: 3 });
    expect(new Set(reply.choices.map((choice) => choice.message.content)).size).toBe(3);
    expect(reply.choices.map((choice) => choice.index)).toEqual([0, 1, 2]);
  });

  test("calls a tool for each place named, unless told not to", async () => {
    const ask = [{ role: "user" as const, content: "The weather in Paris and in London?" }];
    const count = async (parallel_tool_calls: boolean) => {
      const request = { model, messages: ask, tools, parallel_tool_calls };
      const reply = await openai().chat.completions.create(request);
      return reply.choices[0]?.message.tool_calls?.length;
    };
    expect(await count(true)).toBe(2);
    expect(await count(false)).toBe(1);
  });

  test("each host has its own habits", async () => {
    const usageAt: Record<string, number> = {};
    for (const name of ["openrouter", "mistral", "groq"]) {
      const stream = await openai(name).chat.completions.create({
        model,
        messages,
        stream: true,
        stream_options: { include_usage: true },
      });
      const chunks = [];
      for await (const chunk of stream) chunks.push(chunk);
      const finish = chunks.findIndex((chunk) => chunk.choices[0]?.finish_reason);
      usageAt[name] = chunks.findIndex((chunk) => chunk.usage) - finish;
    }
    expect(usageAt).toEqual({ openrouter: 1, mistral: 0, groq: 1 });
  });
});

describe("openai responses", () => {
  const model = "gpt-5.4";
  const tools = [
    {
      type: "function" as const,
      name: "get_weather",
      description: "The weather of a city",
      parameters: weather,
      strict: true,
    },
  ];

  test.each([false, true])("answers (streamed: %s)", async (stream) => {
    const request = { model, input: "Tell a joke about dogs." };
    const reply = stream
      ? await openai().responses.stream(request).finalResponse()
      : await openai().responses.create(request);
    expect(reply.status).toBe("completed");
    expect(reply.output_text).toMatch(/^\(simulator\) .*dogs/);
    expect(reply.id).toMatch(/^resp_[0-9a-f]{48}$/);
  });

  test.each([false, true])("calls a tool and remembers (streamed: %s)", async (stream) => {
    const request = { model, input: question, tools };
    const reply = stream
      ? await openai().responses.stream(request).finalResponse()
      : await openai().responses.create(request);
    const [call] = reply.output;
    if (call?.type !== "function_call") throw new Error("expected a function call");
    expect(JSON.parse(call.arguments)).toEqual(paris);
    const result = { type: "function_call_output" as const, call_id: call.call_id, output: "8 K" };
    const next = await openai().responses.create({
      model,
      input: [result],
      previous_response_id: reply.id,
    });
    expect(next.output_text).toBe("(simulator) 8 K");
  });

  test.each([false, true])("shows reasoning and fills a schema (streamed: %s)", async (stream) => {
    const request = {
      model,
      input: "Ann is 31.",
      reasoning: { effort: "low" as const, summary: "auto" as const },
      include: ["reasoning.encrypted_content" as const],
      text: { format: { type: "json_schema" as const, name: "person", schema: person } },
    };
    const reply = stream
      ? await openai().responses.stream(request).finalResponse()
      : await openai().responses.create(request);
    const [reasoning] = reply.output;
    if (reasoning?.type !== "reasoning") throw new Error("expected reasoning first");
    expect(reasoning.summary[0]?.text).toContain("Ann is 31.");
    expect(reasoning.encrypted_content).toBeTruthy();
    expect(JSON.parse(reply.output_text)).toEqual({ name: "Ann", age: 31 });
    expect(reply.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(0);
  });

  test("is incomplete when the limit cuts it", async () => {
    const input = "Write 40 words.";
    const reply = await openai().responses.create({ model, input, max_output_tokens: 16 });
    expect(reply.status).toBe("incomplete");
    expect(reply.incomplete_details).toEqual({ reason: "max_output_tokens" });
  });
});

describe("openai embeddings", () => {
  test("similar texts are near, in either encoding", async () => {
    const input = ["The cat sat on the mat", "A cat sits on a mat", "Quarterly revenue grew"];
    const model = "text-embedding-3-small";
    const dimensions = 256;
    const packed = await openai().embeddings.create({ model, input, dimensions });
    const floats = await openai().embeddings.create({
      model,
      input,
      dimensions,
      encoding_format: "float",
    });
    const [a, b, c] = floats.data.map((item) => item.embedding);
    const dot = (x: number[], y: number[]) => x.reduce((sum, v, i) => sum + v * y[i]!, 0);
    expect(dot(a!, b!)).toBeGreaterThan(dot(a!, c!) + 0.2);
    expect(dot(a!, a!)).toBeCloseTo(1, 6);
    expect(packed.data[2]?.embedding[7]).toBeCloseTo(c![7]!, 6);
    expect(packed.data.map((item) => item.index)).toEqual([0, 1, 2]);
  });
});

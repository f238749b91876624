/** Replies of /api/chat, whole and in lines, written after Ollama's documentation. */
import { type CompletionChunk, ReplyFailure } from "@polycall/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ollama } from "../src/index.ts";
import { planOf } from "./setup.ts";

const plan = planOf({});
const created_at = "2023-12-12T14:13:43.416799Z";
const id = "chatcmpl-20231212141343416799";
const created = Date.UTC(2023, 11, 12, 14, 13, 43) / 1000;
const head = { model: "llama3.2", created_at };
const end = {
  ...head,
  message: { role: "assistant", content: "" },
  done: true,
  done_reason: "stop",
  total_duration: 5191566416,
  load_duration: 2154458,
  prompt_eval_count: 26,
  prompt_eval_duration: 383809000,
  eval_count: 298,
  eval_duration: 4799921000,
};
const usage = { prompt_tokens: 26, completion_tokens: 298, total_tokens: 324 };
const weather = { function: { name: "get_weather", arguments: { city: "Tokyo" } } };

function decode(lines: readonly object[]): {
  chunks: CompletionChunk[];
  body: unknown;
  done: boolean;
} {
  const decoder = ollama.decoder(plan);
  const chunks = lines.flatMap((line) => [...decoder.decode(line, undefined)]);
  return { chunks: [...chunks, ...decoder.end()], body: decoder.body(), done: decoder.done };
}

describe("parse", () => {
  test("a text", () => {
    const body = { ...end, message: { role: "assistant", content: "Hello!" } };
    expect(ollama.parse(body, plan)).toEqual({
      id,
      object: "chat.completion",
      created,
      model: "llama3.2",
      choices: [
        {
          index: 0,
          finish_reason: "stop",
          message: { role: "assistant", content: "Hello!", refusal: null },
          logprobs: null,
        },
      ],
      usage,
    });
  });

  test("calls, with and without ids, arguments as object, text or nothing", () => {
    const tool_calls = [
      weather,
      { id: "call_x", function: { name: "f", arguments: '{"a":1}' } },
      { id: "", function: { name: "g" } },
    ];
    const body = {
      ...end,
      message: { role: "assistant", content: "", thinking: "Hm.", tool_calls },
    };
    const [choice] = ollama.parse(body, plan).choices;
    expect(choice).toEqual({
      index: 0,
      finish_reason: "tool_calls",
      finish_reason_raw: "stop",
      message: {
        role: "assistant",
        content: null,
        refusal: null,
        reasoning_content: "Hm.",
        provider_state: [
          { provider: "ollama", model: "llama3.2", endpoint: "api/chat", items: [] },
        ],
        tool_calls: [
          {
            id: "call_20231212141343416799_0",
            type: "function",
            function: { name: "get_weather", arguments: '{"city":"Tokyo"}' },
          },
          { id: "call_x", type: "function", function: { name: "f", arguments: '{"a":1}' } },
          {
            id: "call_20231212141343416799_2",
            type: "function",
            function: { name: "g", arguments: "{}" },
          },
        ],
      },
      logprobs: null,
    });
  });

  test("logprobs", () => {
    const logprobs = [
      {
        token: "Hi",
        logprob: -0.1,
        bytes: [72, 105],
        top_logprobs: [{ token: "Ho", logprob: -3 }],
      },
      { token: "!", logprob: -0.2 },
    ];
    const body = { ...end, message: { role: "assistant", content: "Hi!" }, logprobs };
    expect(ollama.parse(body, plan).choices[0]?.logprobs).toEqual({
      content: [
        {
          token: "Hi",
          logprob: -0.1,
          bytes: [72, 105],
          top_logprobs: [{ token: "Ho", logprob: -3, bytes: null }],
        },
        { token: "!", logprob: -0.2, bytes: null, top_logprobs: [] },
      ],
      refusal: null,
    });
  });

  test("thinking that used up the whole limit", () => {
    const message = { role: "assistant", content: "", thinking: "Hm" };
    const [choice] = ollama.parse({ ...end, message, done_reason: "length" }, plan).choices;
    expect(choice).toMatchObject({
      finish_reason: "length",
      message: { content: "", reasoning_content: "Hm" },
    });
  });

  test.each<[string, object, object]>([
    ["length", { done_reason: "length" }, { finish_reason: "length" }],
    [
      "calls, and then the limit",
      { done_reason: "length", message: { tool_calls: [weather] } },
      { finish_reason: "length", message: { tool_calls: [{}] } },
    ],
    ["load", { done_reason: "load" }, { finish_reason: "stop", finish_reason_raw: "load" }],
    ["no reason", { done_reason: undefined }, { finish_reason: "stop" }],
    ["a null", { done_reason: null }, { finish_reason: "stop" }],
  ])("%s", (_, more, expected) => {
    expect(ollama.parse({ ...end, ...more }, plan).choices[0]).toMatchObject(expected);
  });

  test("what old servers leave out: the prompt's count when it was cached, model and time", () => {
    const body = { message: { role: "assistant", content: "Hi" }, done: true, eval_count: 3 };
    expect(ollama.parse(body, plan)).toMatchObject({
      id: "chatcmpl-0",
      created: 0,
      model: "llama3.2",
      usage: { prompt_tokens: 0, completion_tokens: 3, total_tokens: 3 },
    });
  });

  test.each<[string, object]>([
    ["an empty object", {}],
    ["another API's reply", { choices: [] }],
    ["a null message", { message: null }],
  ])("refuses %s", (_, body) => {
    expect(() => ollama.parse(body, plan)).toThrow(TypeError);
  });

  test("an error inside a 200 is an error", () => {
    expect(() => ollama.parse({ error: "boom" }, plan)).toThrow(ReplyFailure);
  });

  test("an error that is null is none (proxies write every field)", () => {
    const body = { ...end, error: null, message: { content: "Hi" } };
    expect(ollama.parse(body, plan).choices[0]?.message.content).toBe("Hi");
    expect(decode([body]).chunks[0]?.choices[0]?.delta.content).toBe("Hi");
  });
});

describe("decoder", () => {
  const line = (message: object, more: object = {}) => ({
    ...head,
    message: { role: "assistant", content: "", ...message },
    done: false,
    ...more,
  });
  const lines = [
    line({ thinking: "Hm" }),
    line({ thinking: "." }),
    line({ content: "Let me " }, { created_at: "2023-12-12T14:13:44Z" }),
    line({ content: "see." }),
    line({}),
    line({ tool_calls: [weather] }),
    line({ tool_calls: [weather, weather] }),
    end,
  ];

  test("gives OpenAI's chunks: role first, one index a call, the reason, the usage last", () => {
    const { chunks, done } = decode(lines);
    const call = (index: number) => ({
      index,
      id: `call_20231212141343416799_${index}`,
      type: "function",
      function: { name: "get_weather", arguments: '{"city":"Tokyo"}' },
    });
    const chunk = (delta: object, finish_reason: string | null = null) => ({
      id,
      object: "chat.completion.chunk",
      created,
      model: "llama3.2",
      choices: [{ index: 0, delta, finish_reason }],
    });
    expect(chunks).toEqual([
      chunk({ role: "assistant", reasoning_content: "Hm" }),
      chunk({ reasoning_content: "." }),
      chunk({ content: "Let me " }),
      chunk({ content: "see." }),
      chunk({ tool_calls: [call(0)] }),
      chunk({ tool_calls: [call(1), call(2)] }),
      chunk({}, "tool_calls"),
      { ...chunk({}), choices: [], usage },
    ]);
    expect(done).toBe(true);
  });

  test("folds into the whole reply", () => {
    const whole = {
      ...end,
      message: {
        role: "assistant",
        content: "Let me see.",
        thinking: "Hm.",
        tool_calls: [weather, weather, weather],
      },
    };
    expect(ollama.parse(decode(lines).body, plan)).toEqual(ollama.parse(whole, plan));
  });

  test("a last line that still says something", () => {
    const last = { ...end, message: { role: "assistant", content: "Bye" }, done_reason: "length" };
    const { chunks } = decode([last]);
    expect(chunks.map(({ choices }) => choices[0])).toEqual([
      { index: 0, delta: { role: "assistant", content: "Bye" }, finish_reason: null },
      { index: 0, delta: {}, finish_reason: "length" },
      undefined,
    ]);
  });

  test("logprobs are on their chunk and in the whole reply", () => {
    const token = { token: "Hi", logprob: -0.5 };
    const { chunks, body } = decode([line({ content: "Hi" }, { logprobs: [token] }), end]);
    const entry = { ...token, bytes: null, top_logprobs: [] };
    expect(chunks[0]?.choices[0]?.logprobs?.content).toEqual([entry]);
    expect(ollama.parse(body, plan).choices[0]?.logprobs?.content).toEqual([entry]);
  });

  test("lines after the end, and lines without a message, change nothing", () => {
    const { chunks, body } = decode([line({ content: "a" }), head, end, line({ content: "b" })]);
    expect(chunks).toHaveLength(3);
    expect(ollama.parse(body, plan).choices[0]?.message.content).toBe("a");
  });

  test("is not done before the last line", () => {
    expect(decode(lines.slice(0, -1)).done).toBe(false);
    expect(decode([])).toEqual({ chunks: [], body: undefined, done: false });
  });

  test("an error line is an error", () => {
    const decoder = ollama.decoder(plan);
    decoder.decode(lines[0], undefined);
    expect(() => decoder.decode({ error: "boom" }, undefined)).toThrow(ReplyFailure);
  });

  test.each([null, 7, "x", [[1]]])("a line that is %j is no line", (event) => {
    expect(() => ollama.decoder(plan).decode(event, undefined)).toThrow(TypeError);
  });

  test("any split of any reply folds to the reply", () => {
    const calls = fc.array(
      fc.record({
        id: fc.option(fc.string(), { nil: undefined }),
        function: fc.record({
          name: fc.string(),
          arguments: fc.dictionary(fc.string(), fc.jsonValue()),
        }),
      }),
      { maxLength: 3 },
    );
    const texts = fc.array(fc.string(), { maxLength: 5 });
    fc.assert(
      fc.property(texts, texts, calls, (thinking, content, tool_calls) => {
        const streamed = [
          ...thinking.map((text) => line({ thinking: text })),
          ...content.map((text) => line({ content: text })),
          ...tool_calls.map((call) => line({ tool_calls: [call] })),
          end,
        ];
        const message = {
          role: "assistant",
          content: content.join(""),
          ...(thinking.join("") && { thinking: thinking.join("") }),
          ...(tool_calls.length && { tool_calls }),
        };
        const { body, chunks } = decode(streamed);
        expect(ollama.parse(body, plan)).toEqual(ollama.parse({ ...end, message }, plan));
        const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
        expect(text).toBe(content.join(""));
        expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
      }),
    );
  });

  test("a reply goes back into history as Ollama gave it", () => {
    const { message } = ollama.parse(decode(lines).body, plan).choices[0]!;
    const history = JSON.parse(JSON.stringify([message]));
    const results = message.tool_calls!.map((call) => ({
      role: "tool",
      tool_call_id: call.id,
      content: "Sunny",
    }));
    const next = planOf({ messages: [...history, ...results] });
    expect(next.body.messages).toMatchObject([
      { content: "Let me see.", thinking: "Hm.", tool_calls: [weather, weather, weather] },
      { tool_name: "get_weather" },
      { tool_name: "get_weather" },
      { tool_name: "get_weather" },
    ]);
    expect(next.changes).toEqual([]);
  });
});

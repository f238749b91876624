/** Streams that bend the rules: what hosts are known to send, one oddity a test. */
import { type CompletionChunk, type Plan, ReplyFailure } from "@polycall/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hosts, openai } from "../src/index.ts";
import { contextOf, type Json } from "./recorded.ts";

const custom = hosts.custom_openai;

function planFor(body: Json = {}, names?: Record<string, string>): Plan {
  const messages = [{ role: "user" as const, content: "Hi" }];
  const plan = custom.plan(
    { model: "custom_openai/m", messages, ...body },
    contextOf("custom_openai", "m"),
  );
  return { ...plan, ...(names && { toolNames: names }) };
}

const head = { id: "c1", object: "chat.completion.chunk", created: 9, model: "m" };
const delta = (inner: object, rest: object = {}) => ({
  ...head,
  choices: [{ index: 0, delta: inner, finish_reason: null, ...rest }],
});
const call = (inner: object) => delta({ tool_calls: [inner] });
const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
const finish = (reason: string | null) => delta({}, { finish_reason: reason });

function run(events: object[], plan = planFor(), provider = custom) {
  const decoder = provider.decoder(plan);
  const chunks: CompletionChunk[] = [];
  for (const event of events) chunks.push(...decoder.decode(structuredClone(event), undefined));
  const { done } = decoder;
  chunks.push(...decoder.end());
  const data = provider.parse(decoder.body(), plan);
  const { message, finish_reason } = data.choices[0]!;
  const deltas = chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.delta));
  const text = deltas.map((one) => one.content ?? "").join("");
  const streamed: { id?: string; name?: string; args: string }[] = [];
  for (const { index, id, function: fn } of deltas.flatMap((one) => one.tool_calls ?? [])) {
    streamed[index] ??= { id, args: "" };
    streamed[index].name ||= fn?.name;
    streamed[index].args += fn?.arguments ?? "";
  }
  const calls = (message.tool_calls ?? []).map((one) =>
    one.type === "function"
      ? { id: one.id, name: one.function.name, args: one.function.arguments }
      : { id: one.id, name: one.custom.name, args: one.custom.input },
  );
  return { chunks, data, message, finish_reason, text, streamed, calls, done };
}

describe("tool calls", () => {
  test.each<[string, object[], { name: string; args: string }[]]>([
    [
      "OpenAI: id first, then pieces by index, two at once",
      [
        call({ index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } }),
        call({ index: 0, function: { arguments: '{"x":' } }),
        call({ index: 1, id: "b", type: "function", function: { name: "g", arguments: "" } }),
        call({ index: 0, function: { arguments: "1}" } }),
        call({ index: 1, function: { arguments: "{}" } }),
      ],
      [
        { name: "f", args: '{"x":1}' },
        { name: "g", args: "{}" },
      ],
    ],
    [
      "every call has index 0",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } }),
        call({ index: 0, id: "b", function: { name: "f", arguments: '{"x":2}' } }),
      ],
      [
        { name: "f", args: '{"x":1}' },
        { name: "f", args: '{"x":2}' },
      ],
    ],
    [
      "no index, ids empty, whole calls (Google)",
      [
        call({ id: "", function: { name: "f", arguments: '{"x":1}' } }),
        call({ id: "", function: { name: "f", arguments: '{"x":2}' } }),
      ],
      [
        { name: "f", args: '{"x":1}' },
        { name: "f", args: '{"x":2}' },
      ],
    ],
    [
      "the id and the name again on every piece",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: '{"x"' } }),
        call({ index: 0, id: "a", function: { name: "f", arguments: ":1}" } }),
      ],
      [{ name: "f", args: '{"x":1}' }],
    ],
    [
      "the name again, no id",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: '{"x"' } }),
        call({ index: 0, id: "", function: { name: "f", arguments: ":1}" } }),
      ],
      [{ name: "f", args: '{"x":1}' }],
    ],
    [
      "a new id on every piece",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: "" } }),
        call({ index: 0, id: "b", function: { arguments: '{"x"' } }),
        call({ index: 0, id: "c", function: { arguments: ":1}" } }),
      ],
      [{ name: "f", args: '{"x":1}' }],
    ],
    [
      "the name after the id",
      [
        call({ index: 0, id: "a", function: { arguments: "" } }),
        call({ index: 0, function: { name: "f" } }),
        call({ index: 0, function: { arguments: '{"x":1}' } }),
      ],
      [{ name: "f", args: '{"x":1}' }],
    ],
    [
      "arguments as an object, and none at all",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: { x: 1 } } }),
        call({ index: 1, id: "b", function: { name: "g" } }),
        call({ index: 2, id: "c", function: { name: "h", arguments: null } }),
      ],
      [
        { name: "f", args: '{"x":1}' },
        { name: "g", args: "{}" },
        { name: "h", args: "{}" },
      ],
    ],
  ])("%s", (_, events, expected) => {
    const { streamed, calls, finish_reason, chunks } = run([...events, finish("stop")]);
    expect(calls.map(({ name, args }) => ({ name, args }))).toEqual(expected);
    expect(streamed).toEqual(calls);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(expected.length);
    expect(calls.every(({ id }) => id)).toBe(true);
    expect(finish_reason).toBe("tool_calls");
    expect(chunks.at(-1)!.choices[0]!.finish_reason).toBe("tool_calls");
  });

  test.each<[string, object[], string[]]>([
    [
      "by index",
      [
        call({ index: 0, id: "f", function: { name: "f", arguments: "" } }),
        call({ index: 0, function: { arguments: '{"x":1}' } }),
        call({ index: 1, id: "f", function: { name: "f", arguments: "" } }),
        call({ index: 1, id: "f", function: { arguments: '{"x":' } }),
        call({ index: 0, id: "f", function: { arguments: " " } }),
        call({ index: 1, id: "f", function: { arguments: "2}" } }),
      ],
      ['{"x":1} ', '{"x":2}'],
    ],
    [
      "whole, without an index or all at 0",
      [
        call({ id: "f", function: { name: "f", arguments: '{"x":1}' } }),
        call({ id: "f", function: { name: "f", arguments: { x: 2 } } }),
        call({ index: 0, id: "f", function: { name: "f", arguments: '{"x":3}' } }),
      ],
      ['{"x":1}', '{"x":2}', '{"x":3}'],
    ],
    [
      "one call that says its name and id to the end",
      [
        call({ index: 0, id: "f", function: { name: "f", arguments: '{"x":1}' } }),
        call({ index: 0, id: "f", function: { name: "f", arguments: "" } }),
      ],
      ['{"x":1}'],
    ],
  ])("one id for every call: %s", (_, events, expected) => {
    const { streamed, calls } = run([...events, finish("tool_calls")]);
    expect(calls.map(({ args }) => args)).toEqual(expected);
    expect(streamed).toEqual(calls);
  });

  test("a legacy function_call in pieces is the one call", () => {
    const piece = (inner: object) => delta({ function_call: inner });
    const events = [piece({ name: "f", arguments: "" }), piece({ arguments: '{"x":' })];
    const { streamed, calls, finish_reason } = run([
      ...events,
      piece({ arguments: "1}" }),
      finish("function_call"),
    ]);
    expect(calls).toEqual([{ id: "call_c1_0", name: "f", args: '{"x":1}' }]);
    expect(streamed).toEqual(calls);
    expect(finish_reason).toBe("tool_calls");
    const message = { function_call: { name: "f", arguments: '{"x":1}' } };
    const whole = { ...head, choices: [{ index: 0, finish_reason: "function_call", message }] };
    expect(custom.parse(whole, planFor()).choices[0]!.message.tool_calls).toEqual([
      { id: "call_c1_0", type: "function", function: { name: "f", arguments: '{"x":1}' } },
    ]);
  });

  test("names come back as the caller's, once", () => {
    const events = [
      call({ index: 0, id: "a", function: { name: "fs_read", arguments: "{}" } }),
      finish("tool_calls"),
    ];
    const { streamed, calls } = run(events, planFor({}, { fs_read: "fs.read" }));
    expect([streamed[0]!.name, calls[0]!.name]).toEqual(["fs.read", "fs.read"]);
  });

  test("a custom tool's text", () => {
    const events = [
      call({ index: 0, id: "a", type: "custom", custom: { name: "sql", input: "sel" } }),
      call({ index: 0, custom: { input: "ect" } }),
      finish("tool_calls"),
    ];
    expect(run(events, planFor(), openai).calls).toEqual([
      { id: "a", name: "sql", args: "select" },
    ]);
  });
});

describe("heads and ends", () => {
  test("Azure's first event has no choices and no id", () => {
    const events = [
      { id: "", created: 0, model: "", choices: [], prompt_filter_results: [{}] },
      delta({ role: "assistant", content: "Hi" }),
      finish("stop"),
    ];
    const { chunks, text } = run(events);
    expect(text).toBe("Hi");
    expect(chunks.map(({ id, model, created }) => [id, model, created])).toEqual([
      ["c1", "m", 9],
      ["c1", "m", 9],
    ]);
  });

  test("ids that change are the first one's (Groq compound)", () => {
    const { chunks } = run([delta({ content: "a" }), { ...finish("stop"), id: "stub" }]);
    expect(chunks.map(({ id }) => id)).toEqual(["c1", "c1"]);
  });

  test("usage with the last chunk, alone, twice, in x_groq, or in the choice, is one chunk at the end", () => {
    for (const tail of [
      [{ ...finish("stop"), usage }],
      [finish("stop"), { ...head, choices: [], usage }],
      [
        { ...finish("stop"), usage: { ...usage, completion_tokens: 1 } },
        { ...finish(null), usage },
      ],
      [{ ...finish("stop"), x_groq: { usage } }],
      // Moonshot.
      [{ ...head, choices: [{ index: 0, delta: {}, finish_reason: "stop", usage }] }],
    ]) {
      const { chunks, data } = run([delta({ role: "assistant", content: "a" }), ...tail]);
      expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
      expect(chunks.filter((chunk) => chunk.usage)).toHaveLength(1);
      const choices = chunks.flatMap((chunk) => chunk.choices);
      expect(JSON.stringify(choices)).not.toContain("prompt_tokens");
      expect(data.usage).toEqual(usage);
    }
  });

  test("the end is said once, however often the host says it", () => {
    const events = [delta({ content: "a" }), finish("length"), finish("length"), finish(null)];
    const ends = run(events).chunks.flatMap((chunk) =>
      chunk.choices.map((one) => one.finish_reason),
    );
    expect(ends).toEqual([null, "length"]);
  });

  test("no finish reason at all (Snowflake): the usage chunk is the end", () => {
    const { chunks, done, finish_reason } = run([
      delta({ content: "4" }),
      { ...head, choices: [], usage },
    ]);
    expect([done, finish_reason]).toEqual([true, "stop"]);
    expect(chunks.map((chunk) => chunk.choices[0]?.finish_reason)).toEqual([
      null,
      "stop",
      undefined,
    ]);
  });

  test("a stream that breaks off is not done", () => {
    const decoder = custom.decoder(planFor());
    decoder.decode(delta({ content: "a" }), undefined);
    expect(decoder.done).toBe(false);
    expect(custom.parse(decoder.body(), planFor()).choices[0]!.message.content).toBe("a");
  });

  test("several choices are kept apart", () => {
    const piece = (index: number, content: string, reason: string | null = null) => ({
      ...head,
      choices: [{ index, delta: { content }, finish_reason: reason }],
    });
    const events = [piece(0, "a"), piece(1, "b"), piece(0, "c", "stop"), piece(1, "d", "length")];
    const plan = planFor({ n: 2 });
    const decoder = custom.decoder(plan);
    const seen = events.map((event) => {
      decoder.decode(event, undefined);
      return decoder.done;
    });
    expect(seen).toEqual([false, false, false, true]);
    const { choices } = custom.parse(decoder.body(), plan);
    expect(choices.map(({ message, finish_reason }) => [message.content, finish_reason])).toEqual([
      ["ac", "stop"],
      ["bd", "length"],
    ]);
  });

  test.each<[string, object, string | undefined]>([
    ["an error event", { error: { message: "x" } }, "error"],
    ["an error beside choices", { ...delta({}), error: { code: 400, message: "x" } }, undefined],
    ["an error in the choice", delta({}, { error: { code: 502, message: "x" } }), undefined],
    ["a finish reason that says error", finish("error"), undefined],
    ["MiniMax's base_resp", { base_resp: { status_code: 1008, status_msg: "x" } }, undefined],
  ])("%s ends the stream with a failure", (_, event, name) => {
    const decoder = custom.decoder(planFor());
    decoder.decode(delta({ content: "a" }), undefined);
    expect(() => decoder.decode(event, name)).toThrow(ReplyFailure);
  });

  test("what is no chunk is passed over, what is no object is refused", () => {
    const decoder = custom.decoder(planFor());
    expect(decoder.decode({ type: "ping" }, undefined)).toEqual([]);
    expect(() => decoder.decode(3, undefined)).toThrow(TypeError);
  });
});

describe("reasoning", () => {
  test.each<[string, object[]]>([
    ["reasoning_content", [{ reasoning_content: "th" }, { reasoning_content: "ink" }]],
    ["reasoning", [{ reasoning: "th" }, { reasoning: "ink" }]],
    [
      "Mistral's parts",
      [
        { content: [{ type: "thinking", thinking: [{ type: "text", text: "th" }] }] },
        { content: [{ type: "thinking", thinking: "ink" }] },
      ],
    ],
    [
      "details alone",
      [
        { reasoning_details: [{ type: "reasoning.text", index: 0, text: "th" }] },
        { reasoning_details: [{ type: "reasoning.text", index: 0, text: "ink", signature: "s" }] },
      ],
    ],
    ["tags", [{ content: "<thi" }, { content: "nk>think</th" }, { content: "ink>\n\n" }]],
  ])("%s", (_, pieces) => {
    const events = [
      ...pieces.map((piece) => delta(piece)),
      delta({ content: "Hi" }),
      finish("stop"),
    ];
    const { message, chunks } = run(events);
    expect([message.reasoning_content, message.content]).toEqual(["think", "Hi"]);
    const deltas = chunks.flatMap((chunk) => chunk.choices.map((one) => one.delta));
    expect(deltas.map((one) => one.reasoning_content ?? "").join("")).toBe("think");
    expect(deltas.map((one) => one.content ?? "").join("")).toBe("Hi");
  });

  test("details are put together as they were: text grows, the signature stays", () => {
    const piece = (inner: object) => delta({ reasoning_details: [inner] });
    const events = [
      piece({ type: "reasoning.text", index: 0, text: "a", format: "f" }),
      piece({ type: "reasoning.text", index: 0, text: "b" }),
      piece({ type: "reasoning.text", index: 0, signature: "sig" }),
      piece({ type: "reasoning.encrypted", index: 1, data: "xx" }),
      finish("stop"),
    ];
    expect(run(events).message.provider_state).toEqual([
      {
        provider: "custom_openai",
        model: "m",
        endpoint: "chat/completions",
        items: [
          { type: "reasoning.text", index: 0, text: "ab", format: "f", signature: "sig" },
          { type: "reasoning.encrypted", index: 1, data: "xx" },
        ],
      },
    ]);
  });

  test("a tag further on is text, and a cut one at the end is not lost", () => {
    expect(run([delta({ content: "say <think>" }), finish("stop")]).text).toBe("say <think>");
    expect(run([delta({ content: " <thi" }), finish("stop")]).text).toBe(" <thi");
    expect(
      run([delta({ content: "<think>a</th" }), finish("length")]).message.reasoning_content,
    ).toBe("a</th");
  });

  test("tags in the text of a host that has a field for reasoning are text, as in the whole", () => {
    const pieces = [{ reasoning: "why" }, { content: "<think>" }, { content: "a</think>" }];
    const { message, text } = run([...pieces.map((piece) => delta(piece)), finish("stop")]);
    const whole = { reasoning: "why", content: "<think>a</think>" };
    const parsed = custom.parse(
      { ...head, choices: [{ index: 0, finish_reason: "stop", message: whole }] },
      planFor(),
    );
    expect(message).toEqual(parsed.choices[0]!.message);
    expect([text, message.reasoning_content]).toEqual(["<think>a</think>", "why"]);
    const held = run([delta({ content: "<th" }), delta({ reasoning: "why" }), finish("stop")]);
    expect([held.text, held.message.reasoning_content]).toEqual(["<th", "why"]);
  });

  test("OpenAI's own models may write tags", () => {
    const events = [delta({ content: "<think>a</think>b" }), finish("stop")];
    expect(run(events, planFor(), openai).text).toBe("<think>a</think>b");
  });

  test("wherever the text is cut, tags are found as in the whole", () => {
    const text = fc.stringMatching(/^(?:<think>[a-z<>/ ]{0,12}(?:<\/think>)?)?[\sa-z<]{0,8}$/);
    fc.assert(
      fc.property(text, fc.array(fc.nat(30), { maxLength: 6 }), (whole, cuts) => {
        const at = [
          0,
          ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b),
          whole.length,
        ];
        const pieces = at.slice(1).map((end, index) => whole.slice(at[index], end));
        const streamed = run([...pieces.map((content) => delta({ content })), finish("stop")]);
        const body = {
          ...head,
          choices: [{ index: 0, message: { content: whole }, finish_reason: "stop" }],
        };
        const { message } = custom.parse(body, planFor()).choices[0]!;
        expect(streamed.message).toEqual(message);
        expect(streamed.text).toBe(message.content ?? "");
      }),
      { numRuns: 300 },
    );
  });
});

test("logprobs and audio are folded", () => {
  const token = (text: string) => ({ token: text, bytes: null, logprob: -1, top_logprobs: [] });
  const piece = (text: string) =>
    delta({ content: text }, { logprobs: { content: [token(text)], refusal: null } });
  const events = [
    piece("a"),
    piece("b"),
    delta({ audio: { id: "au", data: "AA", expires_at: 5 } }),
    delta({ audio: { data: "BB", transcript: "t" } }),
    finish("stop"),
  ];
  const { data, message } = run(events);
  expect(data.choices[0]!.logprobs).toEqual({ content: [token("a"), token("b")], refusal: null });
  expect(message.audio).toEqual({ id: "au", data: "AABB", expires_at: 5, transcript: "t" });
});

test("whatever the reply and wherever it is cut, the stream's whole is the reply", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 12 });
  const message = fc.record({
    content: fc.option(text),
    reasoning_content: fc.option(text),
    refusal: fc.option(text),
    tool_calls: fc.array(fc.record({ name: fc.constantFrom("f", "g"), args: fc.json() }), {
      maxLength: 3,
    }),
  });
  const reason = fc.constantFrom("stop", "length", "content_filter", "eos");
  /** Pieces of one to three characters. */
  const cut = (whole: string, seed: number) =>
    whole.match(new RegExp(`[^]{1,${(seed % 3) + 1}}`, "gu")) ?? [];
  fc.assert(
    fc.property(message, reason, fc.nat(9), ({ tool_calls, ...texts }, finish_reason, seed) => {
      const events: object[] = [
        delta({ role: "assistant", content: texts.content === null ? null : "" }),
      ];
      for (const [field, whole] of Object.entries(texts)) {
        for (const piece of cut(whole ?? "", seed)) events.push(delta({ [field]: piece }));
      }
      for (const [index, { name, args }] of tool_calls.entries()) {
        const [first = "", ...more] = cut(args, seed);
        events.push(call({ index, id: `c${index}`, function: { name, arguments: first } }));
        for (const piece of more) events.push(call({ index, function: { arguments: piece } }));
      }
      events.push(delta({}, { finish_reason }), { ...head, choices: [], usage });
      const calls = tool_calls.map(({ name, args }, index) => ({
        id: `c${index}`,
        function: { name, arguments: args },
      }));
      const whole = {
        ...head,
        choices: [{ index: 0, finish_reason, message: { ...texts, tool_calls: calls } }],
        usage,
      };
      const { data, text: streamed, streamed: streamedCalls, calls: made } = run(events);
      expect(data).toEqual(custom.parse(whole, planFor()));
      expect(streamed).toBe(data.choices[0]!.message.content ?? "");
      expect(streamedCalls).toEqual(made);
    }),
    { numRuns: 200 },
  );
});

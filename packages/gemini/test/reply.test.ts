/** Replies that are not in the recordings: whole and streamed, odd ones, failed ones. */
import { type CompletionChunk, type Plan, ReplyFailure } from "@polycall/core";
import { describe, expect, test } from "vitest";
import { gemini } from "../src/index.ts";

const plan = {
  provider: "gemini",
  model: "gemini-3-flash",
  endpoint: "generateContent",
} as Plan;
const parse = (body: unknown) => gemini.parse(body, plan);
const event = (parts: object[], more: object = {}, rest: object = {}) => ({
  candidates: [{ content: { role: "model", parts }, index: 0, ...more }],
  responseId: "r1",
  modelVersion: "gemini-3-flash-001",
  createTime: "2026-11-23T00:00:00Z",
  ...rest,
});
const stop = { finishReason: "STOP" };

function stream(events: unknown[]) {
  const decoder = gemini.decoder(plan);
  const chunks: CompletionChunk[] = [];
  for (const one of structuredClone(events)) chunks.push(...decoder.decode(one, undefined));
  const wasDone = decoder.done;
  if (wasDone) chunks.push(...decoder.end());
  return { chunks, done: wasDone, body: decoder.body(), decoder };
}
const deltas = (chunks: readonly CompletionChunk[]) =>
  chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));

describe("whole", () => {
  test("everything at once", () => {
    const text = "Größe: 5";
    const reply = parse({
      ...event(
        [
          { text: "hm", thought: true },
          { text },
          { functionCall: { name: "a", args: { x: 1 } }, thoughtSignature: "S" },
          { functionCall: { name: "b" } },
          { inlineData: { mimeType: "image/png", data: "AA==" } },
        ],
        {
          ...stop,
          groundingMetadata: {
            groundingChunks: [
              { web: { uri: "https://a", title: "A" } },
              { retrievedContext: { uri: "https://b" } },
              { web: { title: "no address" } },
            ],
            groundingSupports: [
              { segment: { startIndex: 0, endIndex: 7 }, groundingChunkIndices: [0, 2, 9] },
            ],
          },
        },
      ),
      usageMetadata: {
        promptTokenCount: 10,
        toolUsePromptTokenCount: 5,
        cachedContentTokenCount: 4,
        candidatesTokenCount: 3,
        thoughtsTokenCount: 2,
        promptTokensDetails: [
          { modality: "TEXT", tokenCount: 6 },
          { modality: "IMAGE", tokenCount: 4 },
        ],
        toolUsePromptTokensDetails: [{ modality: "TEXT", tokenCount: 5 }],
        candidatesTokensDetails: [{ modality: "AUDIO", tokenCount: 3 }],
        serviceTier: "flex",
      },
    });
    expect(reply).toEqual({
      id: "r1",
      object: "chat.completion",
      created: 1795392000,
      model: "gemini-3-flash-001",
      service_tier: "flex",
      choices: [
        {
          index: 0,
          finish_reason: "tool_calls",
          finish_reason_raw: "STOP",
          logprobs: null,
          message: {
            role: "assistant",
            content: text,
            refusal: null,
            reasoning_content: "hm",
            tool_calls: [
              { id: "call_r1_0", type: "function", function: { name: "a", arguments: '{"x":1}' } },
              { id: "call_r1_1", type: "function", function: { name: "b", arguments: "{}" } },
            ],
            images: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }],
            annotations: [
              // 7 bytes are 5 characters: ö and ß are two bytes each.
              {
                type: "url_citation",
                url_citation: { start_index: 0, end_index: 5, url: "https://a", title: "A" },
              },
              {
                type: "url_citation",
                url_citation: { start_index: 0, end_index: 8, url: "https://b", title: "" },
              },
            ],
            provider_state: [
              {
                provider: "gemini",
                model: "gemini-3-flash",
                endpoint: "generateContent",
                items: expect.arrayContaining([{ text }]),
              },
            ],
          },
        },
      ],
      usage: {
        prompt_tokens: 15,
        completion_tokens: 5,
        total_tokens: 20,
        prompt_tokens_details: { cached_tokens: 4, image_tokens: 4, text_tokens: 11 },
        completion_tokens_details: { reasoning_tokens: 2, audio_tokens: 3 },
      },
    });
  });

  test.each<[string, object, object]>([
    [
      "no parts",
      { candidates: [{ content: { role: "model" }, finishReason: "MAX_TOKENS" }] },
      { finish_reason: "length", message: { content: "" } },
    ],
    [
      "a call that was cut",
      {
        candidates: [
          {
            content: { parts: [{ functionCall: { name: "f", args: {} } }] },
            finishReason: "MAX_TOKENS",
          },
        ],
      },
      { finish_reason: "length", finish_reason_raw: "MAX_TOKENS" },
    ],
    [
      "null content",
      { candidates: [{ content: null, finishReason: "STOP" }] },
      { finish_reason: "stop", message: { content: "" } },
    ],
    ["null parts", { candidates: [{ content: { parts: null } }] }, { finish_reason: "stop" }],
    [
      "no candidates",
      { candidates: [], usageMetadata: { promptTokenCount: 1 } },
      { finish_reason: "stop", message: { content: "" } },
    ],
    [
      "blocked prompt",
      { promptFeedback: { blockReason: "SAFETY" } },
      {
        finish_reason: "content_filter",
        finish_reason_raw: "SAFETY",
        message: { content: null, refusal: "the prompt was blocked (SAFETY)" },
      },
    ],
    [
      "blocked reply",
      { candidates: [{ finishReason: "RECITATION" }] },
      {
        finish_reason: "content_filter",
        message: { content: null, refusal: "blocked (RECITATION)" },
      },
    ],
    [
      "half a reply, blocked",
      event([{ text: "Hal" }], { finishReason: "SAFETY" }),
      { finish_reason: "content_filter", message: { content: "Hal", refusal: null } },
    ],
    [
      "calls, blocked: not to be made",
      event([{ functionCall: { name: "f" } }], { finishReason: "SAFETY" }),
      { finish_reason: "content_filter", finish_reason_raw: "SAFETY" },
    ],
    [
      "calls with an unknown reason",
      event([{ functionCall: { name: "f" } }], { finishReason: "NEW" }),
      { finish_reason: "tool_calls", finish_reason_raw: "NEW" },
    ],
    [
      "an unknown reason",
      event([{ text: "a" }], { finishReason: "NEW" }),
      { finish_reason: "stop", finish_reason_raw: "NEW" },
    ],
    [
      "speech",
      event([{ inlineData: { mimeType: "audio/L16;rate=24000", data: "AA==" } }], stop),
      { message: { audio: { id: "audio_r1_0", data: "AA==" } } },
    ],
  ])("%s", (_, body, expected) => {
    expect(parse(body).choices).toHaveLength(1);
    expect(parse(body).choices[0]).toMatchObject(expected);
  });

  test("plain text and calls leave no state, an empty signed text does", () => {
    const message = (parts: object[]) => parse(event(parts, stop)).choices[0]!.message;
    expect(message([{ text: "a" }, { functionCall: { name: "f", id: "1" } }])).not.toHaveProperty(
      "provider_state",
    );
    const items = [{ text: "a" }, { text: "", thoughtSignature: "S" }];
    expect(message(items).provider_state?.[0]?.items).toEqual(items);
    // Nobody else is sent its thoughts.
    expect(message([{ text: "Hm.", thought: true }])).toMatchObject({
      reasoning_content: "Hm.",
      provider_state: [{ provider: "gemini", items: [] }],
    });
  });

  test("several candidates are several choices, ids their own", () => {
    const parts = [{ functionCall: { name: "f" } }];
    const candidates = [
      { content: { parts }, ...stop },
      { content: { parts }, ...stop, index: 1 },
    ];
    const { choices } = parse({ candidates, responseId: "r" });
    expect(choices.map(({ message }) => message.tool_calls![0]!.id)).toEqual([
      "call_r_0",
      "call_r_1_0",
    ]);
  });

  test("logprobs without top candidates", () => {
    const logprobsResult = { chosenCandidates: [{ token: "a", logProbability: -0.5 }] };
    expect(parse(event([{ text: "a" }], { ...stop, logprobsResult })).choices[0]!.logprobs).toEqual(
      {
        content: [{ token: "a", bytes: null, logprob: -0.5, top_logprobs: [] }],
        refusal: null,
      },
    );
  });

  test.each([
    [{ error: { code: 503, status: "UNAVAILABLE", message: "x" } }],
    [[{ error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "x" } }]],
    [event([{ text: "" }], { finishReason: "MALFORMED_FUNCTION_CALL" })],
    [event([], { finishReason: "UNEXPECTED_TOOL_CALL" })],
  ])("%j says that it failed", (body) => {
    expect(() => parse(body)).toThrow(ReplyFailure);
    expect(() => stream([body])).toThrow(ReplyFailure);
  });

  test.each([[{}], [{ choices: [] }], [null], ["<html>"], [7], [[]]])("%j is no reply", (body) => {
    expect(() => parse(body)).toThrow(TypeError);
    expect(() => stream([body])).toThrow(TypeError);
  });
});

describe("streamed", () => {
  const usageMetadata = { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 };

  test("pieces, a call, a late signature, usage", () => {
    const { chunks, done, body } = stream([
      event([{ text: "h", thought: true }]),
      event([{ text: "m", thought: true }]),
      event([{ text: "He" }], { groundingMetadata: {} }),
      event([{ text: "llo" }], { groundingMetadata: {} }),
      event([{ functionCall: { name: "f", args: { a: 1 } }, thoughtSignature: "S1" }]),
      event([{ text: "", thoughtSignature: "S2" }], stop, { usageMetadata }),
    ]);
    expect(done).toBe(true);
    expect(deltas(chunks)).toEqual([
      { role: "assistant", content: "" },
      { reasoning_content: "h" },
      { reasoning_content: "m" },
      { content: "He" },
      { content: "llo" },
      {
        tool_calls: [
          {
            index: 0,
            id: "call_r1_0",
            type: "function",
            function: { name: "f", arguments: '{"a":1}' },
          },
        ],
      },
      {},
    ]);
    expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe("tool_calls");
    expect(chunks.at(-1)).toEqual({
      id: "r1",
      object: "chat.completion.chunk",
      created: 1795392000,
      model: "gemini-3-flash-001",
      choices: [],
      usage: expect.objectContaining({ prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }),
    });
    expect(body).toMatchObject({
      candidates: [
        {
          content: {
            parts: [
              { text: "hm", thought: true },
              { text: "Hello" },
              { functionCall: { name: "f", args: { a: 1 } }, thoughtSignature: "S1" },
              { text: "", thoughtSignature: "S2" },
            ],
          },
        },
      ],
    });
  });

  test("a finish reason in every event ends nothing early", () => {
    const { chunks } = stream([event([{ text: "a" }], stop), event([{ text: "b" }], stop)]);
    expect(
      deltas(chunks)
        .map(({ content }) => content ?? "")
        .join(""),
    ).toBe("ab");
    const reasons = chunks.map((chunk) => chunk.choices[0]?.finish_reason ?? null);
    expect(reasons).toEqual([null, null, null, "stop", null]);
  });

  test("an event without candidates says nothing and harms nothing", () => {
    const { chunks, done } = stream([
      { responseId: "r1", modelVersion: "gemini-3-flash-001" },
      event([{ text: "a" }], stop),
      { usageMetadata },
    ]);
    expect(done).toBe(true);
    expect(deltas(chunks)).toEqual([{ role: "assistant", content: "" }, { content: "a" }, {}]);
    expect(chunks.at(-1)!.usage).toMatchObject({ total_tokens: 3 });
  });

  test("without a finish reason it has not ended", () => {
    expect(stream([event([{ text: "a" }])]).done).toBe(false);
    expect(gemini.decoder(plan).body()).toBeUndefined();
  });

  test("a blocked prompt ends it", () => {
    const { chunks, done } = stream([
      { promptFeedback: { blockReason: "SAFETY" }, responseId: "r" },
    ]);
    expect(done).toBe(true);
    expect(chunks.map((chunk) => chunk.choices[0]?.finish_reason ?? null)).toEqual([
      null,
      "content_filter",
      null,
    ]);
    expect(deltas(chunks).at(-1)).toEqual({ refusal: "the prompt was blocked (SAFETY)" });
    expect(chunks.at(-1)!.usage).toBeNull();
  });

  test("a blocked reply says so in its last delta, as the whole one does", () => {
    const blocked = { finishReason: "RECITATION", finishMessage: "It is a poem." };
    const { chunks, body } = stream([event([], blocked)]);
    expect(deltas(chunks).at(-1)).toEqual({ refusal: "It is a poem." });
    expect(parse(body).choices[0]!.message.refusal).toBe("It is a poem.");
    const half = stream([event([{ text: "Hal" }]), event([], { finishReason: "SAFETY" })]);
    expect(deltas(half.chunks).at(-1)).toEqual({});
  });

  test("an event that says nothing changes nothing; an error between is one", () => {
    const { chunks } = stream([event([{ text: "a" }]), {}, event([{ text: "b" }], stop)]);
    expect(deltas(chunks).map(({ content }) => content)).toEqual(["", "a", "b", undefined]);
    const error = { error: { code: 503, status: "UNAVAILABLE", message: "x" } };
    expect(() => stream([event([{ text: "a" }]), error])).toThrow(ReplyFailure);
  });

  test("images come whole in a delta, thoughts' drafts and sounds do not", () => {
    const png = { mimeType: "image/png", data: "iVBORw==" };
    const { chunks, body } = stream([
      event([{ inlineData: png, thought: true }]),
      event([{ text: "Here" }]),
      event([{ inlineData: png, thoughtSignature: "S" }], stop),
    ]);
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw==" } };
    expect(deltas(chunks)).toEqual([
      { role: "assistant", content: "" },
      { content: "Here" },
      { images: [image] },
      {},
    ]);
    expect(parse(body).choices[0]!.message.images).toEqual([image]);
  });

  test("speech in pieces is one text of base64, whatever their lengths", () => {
    const piece = (...bytes: number[]) => ({
      inlineData: { mimeType: "audio/L16;rate=24000", data: Buffer.from(bytes).toString("base64") },
    });
    const { body } = stream([event([piece(1, 2, 3, 4)]), event([piece(5, 6)], stop)]);
    const { audio } = parse(body).choices[0]!.message;
    expect([...Buffer.from(audio!.data, "base64")]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(audio!.data).toBe("AQIDBAUG");
  });

  test("a call whose arguments Vertex AI streams in pieces is one call", () => {
    const part = (functionCall: object, more = {}) => event([{ functionCall, ...more }]);
    const text = (jsonPath: string, stringValue: string, more = {}) => ({
      jsonPath,
      stringValue,
      ...more,
    });
    const going = { willContinue: true };
    const { chunks, body } = stream([
      event([{ text: "Wait" }]),
      part({ id: "c1", name: "f", ...going }, { thoughtSignature: "S" }),
      part({ partialArgs: [text("$.city", "New ", going)], ...going }),
      part({ partialArgs: [text("$.city", "York"), text("$.tags[0]", "a")], ...going }),
      part({
        partialArgs: [
          { jsonPath: "$.tags[1].n", numberValue: 2 },
          { jsonPath: "$['a key'].b", boolValue: false },
          { jsonPath: "$.none", nullValue: "NULL_VALUE" },
          text("$.__proto__.x", "y"),
        ],
        ...going,
      }),
      part({}),
      part({ name: "g", args: { z: 1 } }),
      event([], stop),
    ]);
    const args =
      '{"city":"New York","tags":["a",{"n":2}],"a key":{"b":false},"none":null,"__proto__":{"x":"y"}}';
    expect(deltas(chunks).flatMap(({ tool_calls }) => tool_calls ?? [])).toEqual([
      { index: 0, id: "c1", type: "function", function: { name: "f", arguments: args } },
      {
        index: 1,
        id: "call_r1_1",
        type: "function",
        function: { name: "g", arguments: '{"z":1}' },
      },
    ]);
    const { message, finish_reason } = parse(body).choices[0]!;
    expect(finish_reason).toBe("tool_calls");
    expect(message.tool_calls).toMatchObject([
      { id: "c1", function: { name: "f", arguments: args } },
      { function: { name: "g", arguments: '{"z":1}' } },
    ]);
    expect(message.provider_state![0]!.items).toMatchObject([
      { text: "Wait" },
      { thoughtSignature: "S", functionCall: { id: "c1", name: "f" } },
      { functionCall: { name: "g" } },
    ]);
    expect(({} as { x?: string }).x).toBeUndefined();
  });

  test("a call that was cut in pieces is told with what came, and says length", () => {
    const { chunks } = stream([
      event([{ functionCall: { name: "f", willContinue: true } }]),
      event(
        [
          {
            functionCall: {
              partialArgs: [{ jsonPath: "$.a", stringValue: "x" }],
              willContinue: true,
            },
          },
        ],
        { finishReason: "MAX_TOKENS" },
      ),
    ]);
    expect(deltas(chunks)[1]!.tool_calls![0]!.function).toEqual({
      name: "f",
      arguments: '{"a":"x"}',
    });
    expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe("length");
  });

  test("a failed call leaves what came before to be read", () => {
    const decoder = gemini.decoder(plan);
    decoder.decode(event([{ text: "Let me" }]), undefined);
    const failed = event([], { finishReason: "MALFORMED_FUNCTION_CALL" });
    expect(() => decoder.decode(failed, undefined)).toThrow(ReplyFailure);
    expect(parse(decoder.body()).choices[0]!.message.content).toBe("Let me");
  });

  test("two candidates are told apart by index, and both must end", () => {
    const second = (text: string, more = {}) => ({
      candidates: [{ index: 1, content: { parts: [{ text }] }, ...more }],
    });
    expect(stream([event([{ text: "a" }], stop), second("x")]).done).toBe(false);
    // Of two that were asked for, the second may begin when the first has ended.
    const two = gemini.decoder({ ...plan, body: { generationConfig: { candidateCount: 2 } } });
    two.decode(event([{ text: "a" }], stop), undefined);
    expect(two.done).toBe(false);
    two.decode(second("x", stop), undefined);
    expect(two.done).toBe(true);
    const { chunks } = stream([event([{ text: "a" }], stop), second("x"), second("y", stop)]);
    const of = (index: number) =>
      chunks.flatMap(({ choices }) => choices).filter((choice) => choice.index === index);
    expect(
      of(0)
        .map(({ delta }) => delta.content ?? "")
        .join(""),
    ).toBe("a");
    expect(
      of(1)
        .map(({ delta }) => delta.content ?? "")
        .join(""),
    ).toBe("xy");
    expect([of(0).at(-1), of(1).at(-1)].map((choice) => choice!.finish_reason)).toEqual([
      "stop",
      "stop",
    ]);
  });

  test("annotations come with the end, logprobs with their pieces", () => {
    const logprobsOf = (token: string) => ({
      logprobsResult: { chosenCandidates: [{ token, logProbability: -1 }] },
    });
    const groundingMetadata = { groundingChunks: [{ web: { uri: "https://a", title: "A" } }] };
    const { chunks, body } = stream([
      event([{ text: "a" }], logprobsOf("a")),
      event([{ text: "b" }], { ...stop, ...logprobsOf("b"), groundingMetadata }),
    ]);
    const tokens = chunks.map((chunk) => chunk.choices[0]?.logprobs?.content?.[0]?.token);
    expect(tokens.filter(Boolean)).toEqual(["a", "b"]);
    const final = parse(body).choices[0]!;
    expect(final.logprobs?.content?.map(({ token }) => token)).toEqual(["a", "b"]);
    expect(chunks.at(-2)!.choices[0]!.delta.annotations).toEqual(final.message.annotations);
    expect(final.message.annotations).toHaveLength(1);
  });

  test("a reply without an id gets one, the same everywhere", () => {
    const bare = { candidates: [{ content: { parts: [{ text: "a" }] }, ...stop }] };
    const { chunks, body } = stream([bare, bare]);
    const { id, created, model } = parse(body);
    expect(new Set(chunks.map((chunk) => `${chunk.id} ${chunk.created} ${chunk.model}`))).toEqual(
      new Set([`${id} ${created} ${model}`]),
    );
    expect(model).toBe("gemini-3-flash");
    expect(parse(stream([bare]).body).id).not.toBe(id);
  });
});

test("null says nothing: a candidate without a reason to stop has not ended", () => {
  const open = event([{ text: "a" }], { finishReason: null, groundingMetadata: null });
  expect(parse(open).choices[0]).toMatchObject({
    finish_reason: "stop",
    message: { content: "a" },
  });
  expect(stream([open]).done).toBe(false);
  const { chunks, done } = stream([
    event([{ text: "a" }], { ...stop, groundingMetadata: { groundingChunks: [] } }),
    open,
  ]);
  expect(done).toBe(true);
  expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe("stop");
});

/** OpenAI's chunks in, the AI SDK's UI message stream out: each expected event is written by hand. */
import { describe, expect, test } from "vitest";
import { APIUserAbortError, type Delta, type FinishReason } from "../../src/index.ts";
import { aiSdkEvents } from "../../src/sse/ai-sdk.ts";

const chunk = (delta: Delta, finish_reason: FinishReason | null = null, index = 0) => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk" as const,
  created: 1_700_000_000,
  model: "m",
  choices: [{ index, delta, finish_reason }],
});
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const usageChunk = { ...chunk({}), choices: [], usage };

type Step = ReturnType<typeof chunk> | "end" | { error: unknown };

/** The events that the steps give; "[DONE]" is itself. */
function events(...steps: Step[]): unknown[] {
  const encoder = aiSdkEvents();
  const text = steps
    .map((step) => {
      if (step === "end") return encoder.end();
      return "error" in step ? encoder.error(step.error) : encoder.chunk(step);
    })
    .join("");
  return text
    .trimEnd()
    .split("\n\n")
    .map((event) => event.replace(/^data: /, ""))
    .map((data) => (data === "[DONE]" ? data : JSON.parse(data)));
}

const head = [{ type: "start" }, { type: "start-step" }];
const tail = (finishReason: string) => [
  { type: "finish-step" },
  { type: "finish", finishReason },
  "[DONE]",
];

describe("the AI SDK's events", () => {
  test("text", () => {
    const steps = [chunk({ role: "assistant", content: "" }), chunk({ content: "Hel" })];
    expect(
      events(...steps, chunk({ content: "lo" }), chunk({}, "stop"), usageChunk, "end"),
    ).toEqual([
      ...head,
      { type: "text-start", id: "text-0" },
      { type: "text-delta", id: "text-0", delta: "Hel" },
      { type: "text-delta", id: "text-0", delta: "lo" },
      { type: "text-end", id: "text-0" },
      ...tail("stop"),
    ]);
  });

  test("reasoning, then text, then reasoning: each a part of its own", () => {
    const said = [
      chunk({ reasoning_content: "Hm." }),
      chunk({ content: "Yes." }),
      chunk({ reasoning_content: "Or?" }, "length"),
    ];
    expect(events(...said, "end")).toEqual([
      ...head,
      { type: "reasoning-start", id: "reasoning-0" },
      { type: "reasoning-delta", id: "reasoning-0", delta: "Hm." },
      { type: "reasoning-end", id: "reasoning-0" },
      { type: "text-start", id: "text-1" },
      { type: "text-delta", id: "text-1", delta: "Yes." },
      { type: "text-end", id: "text-1" },
      { type: "reasoning-start", id: "reasoning-2" },
      { type: "reasoning-delta", id: "reasoning-2", delta: "Or?" },
      { type: "reasoning-end", id: "reasoning-2" },
      ...tail("length"),
    ]);
  });

  test("two calls whose arguments come in turns, one without arguments", () => {
    const said = [
      chunk({ content: "Let me see." }),
      chunk({
        tool_calls: [
          { index: 0, id: "a", type: "function", function: { name: "price", arguments: "" } },
          { index: 1, id: "b", type: "function", function: { name: "now" } },
        ],
      }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '"Rome"}' } }] }, "tool_calls"),
    ];
    expect(events(...said, "end")).toEqual([
      ...head,
      { type: "text-start", id: "text-0" },
      { type: "text-delta", id: "text-0", delta: "Let me see." },
      { type: "text-end", id: "text-0" },
      { type: "tool-input-start", toolCallId: "a", toolName: "price" },
      { type: "tool-input-start", toolCallId: "b", toolName: "now" },
      { type: "tool-input-delta", toolCallId: "a", inputTextDelta: '{"city":' },
      { type: "tool-input-delta", toolCallId: "a", inputTextDelta: '"Rome"}' },
      { type: "tool-input-available", toolCallId: "a", toolName: "price", input: { city: "Rome" } },
      { type: "tool-input-available", toolCallId: "b", toolName: "now", input: {} },
      ...tail("tool-calls"),
    ]);
  });

  test("a call whose arguments come before its name loses none of them", () => {
    const said = [
      chunk({ tool_calls: [{ index: 0, id: "a", function: { arguments: '{"n"' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { name: "add", arguments: ":1}" } }] }),
    ];
    expect(events(...said, "end").slice(2, 5)).toEqual([
      { type: "tool-input-start", toolCallId: "a", toolName: "add" },
      { type: "tool-input-delta", toolCallId: "a", inputTextDelta: '{"n":1}' },
      { type: "tool-input-available", toolCallId: "a", toolName: "add", input: { n: 1 } },
    ]);
  });

  test("arguments that are not JSON are told as they are", () => {
    const call = { index: 0, id: "a", function: { name: "add", arguments: '{"n": on' } };
    expect(events(chunk({ tool_calls: [call] }, "tool_calls"), "end")).toContainEqual({
      type: "tool-input-error",
      toolCallId: "a",
      toolName: "add",
      input: '{"n": on',
      errorText: "The model wrote arguments that are not JSON.",
    });
  });

  test("a refusal is text; a citation is a source; the second answer is left out", () => {
    const url_citation = { start_index: 0, end_index: 3, url: "https://a.example", title: "A" };
    const said = [
      chunk({ refusal: "I cannot." }),
      chunk({ annotations: [{ type: "url_citation", url_citation }] }),
      chunk({ content: "another" }, "stop", 1),
      chunk({}, "content_filter"),
    ];
    expect(events(...said, "end")).toEqual([
      ...head,
      { type: "text-start", id: "text-0" },
      { type: "text-delta", id: "text-0", delta: "I cannot." },
      { type: "source-url", sourceId: "https://a.example", url: "https://a.example", title: "A" },
      { type: "text-end", id: "text-0" },
      ...tail("content-filter"),
    ]);
  });

  test("an error is told, and nothing after it claims success", () => {
    const steps = [chunk({ content: "Hel" }), { error: new Error("it broke") }];
    expect(events(...steps).slice(-2)).toEqual([
      { type: "error", errorText: "it broke" },
      "[DONE]",
    ]);
  });

  test("an abort is told as one, at the very head too", () => {
    const error = new APIUserAbortError("a/m: the call was aborted.");
    expect(events({ error })).toEqual([
      ...head,
      { type: "abort", reason: "a/m: the call was aborted." },
      "[DONE]",
    ]);
  });
});

/** Any history becomes a body that keeps the API's rules; any message comes through its events unchanged. */
import type { CompletionRequest, Message } from "@polycall/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { anthropic } from "../src/index.ts";
import { type Json, plainPlan, planOf } from "./helpers.ts";

const word = fc.constantFrom("", " ", "Hi", "Grüß dich 👋", "\n\n", '{"a":1}', "trailing ");
const id = fc.constantFrom("a", "b", "call_1", "functions.f:0", "", "ü");
const name = fc.constantFrom("f", "web.search", "1st", "x".repeat(200));
const call = fc.record({
  id,
  type: fc.constant("function" as const),
  function: fc.record({ name, arguments: fc.constantFrom("", "{}", '{"x":1}', "[1]", "nope") }),
});
const parts = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant("text" as const), text: word }),
    fc.constant({ type: "image_url" as const, image_url: { url: "https://x.y/z.png" } }),
  ),
  { maxLength: 3 },
);
const content = fc.oneof(word, parts);
const message: fc.Arbitrary<Message> = fc.oneof(
  { arbitrary: fc.record({ role: fc.constant("user" as const), content }), weight: 3 },
  fc.record({ role: fc.constantFrom("system" as const, "developer" as const), content: word }),
  {
    arbitrary: fc.record({
      role: fc.constant("assistant" as const),
      content: fc.oneof(word, fc.constant(null)),
      tool_calls: fc.option(fc.array(call, { maxLength: 3 }), { nil: undefined }),
    }),
    weight: 4,
  },
  {
    arbitrary: fc.record({ role: fc.constant("tool" as const), tool_call_id: id, content }),
    weight: 4,
  },
);
const model = fc.constantFrom(
  "claude-3-5-haiku-latest",
  "claude-sonnet-4-5",
  "claude-opus-4-8",
  "claude-sonnet-5-5",
  "other",
);

type Turn = { role: string; content: (Json & { type: string })[] };

/** The rules of the Messages API that histories break [providers.md 1.4]; each a real 400. */
function brokenRule(body: Json, prefill: boolean): string | undefined {
  const turns = body.messages as Turn[];
  if (turns[0]?.role !== "user") return "the first turn is not the user's";
  const ids = new Set<unknown>();
  for (const [at, { role, content }] of turns.entries()) {
    if (!content.length) return "an empty turn";
    if (content.some(({ type, text }) => type === "text" && !String(text).trim()))
      return "blank text";
    const uses = content.filter(({ type }) => type === "tool_use");
    const results = content.filter(({ type }) => type === "tool_result");
    if (
      results.length &&
      content.slice(0, results.length).some(({ type }) => type !== "tool_result")
    ) {
      return "text before a result";
    }
    if (uses.length && role !== "assistant") return "a call outside of an assistant turn";
    for (const use of uses) {
      if (!/^[a-zA-Z0-9_-]+$/.test(String(use.id))) return `call id ${use.id}`;
      if (!/^[a-zA-Z0-9_-]{1,128}$/.test(String(use.name))) return `tool name ${use.name}`;
      if (ids.has(use.id)) return "a call id used twice";
      ids.add(use.id);
      if (typeof use.input !== "object" || use.input === null || Array.isArray(use.input))
        return "input";
    }
    const wanted = uses.map((use) => use.id).sort();
    const next = turns[at + 1]?.content.filter(({ type }) => type === "tool_result") ?? [];
    const given = next.map((result) => result.tool_use_id).sort();
    if (JSON.stringify(wanted) !== JSON.stringify(given)) return "calls and results do not pair";
    if (uses.length && !(body.tools as unknown[] | undefined)?.length) return "no tools declared";
  }
  const last = turns.at(-1)!;
  if (last.role === "assistant" && !prefill) return "ends with the assistant";
  if (last.role === "assistant" && /\s$/.test(String(last.content.at(-1)!.text ?? "")))
    return "trailing space";
  return undefined;
}

test("any history is planned within the API's rules and left as it was", () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 9 }), model, (messages, asked) => {
      const before = structuredClone(messages);
      const request: Omit<CompletionRequest, "model"> = { messages, max_tokens: 64 };
      const { body } = planOf(request, asked);
      expect(messages).toEqual(before);
      const prefill = /3-5|4-5|other/.test(asked);
      expect(brokenRule(JSON.parse(JSON.stringify(body)) as Json, prefill)).toBeUndefined();
    }),
    { numRuns: 400 },
  );
});

test("the rules are rules: a plain translation breaks them", () => {
  const bad = { messages: [{ role: "assistant", content: [{ type: "text", text: "Hi" }] }] };
  expect(brokenRule(bad, true)).toBe("the first turn is not the user's");
  const open = {
    messages: [
      { role: "user", content: [{ type: "text", text: "Hi" }] },
      { role: "assistant", content: [{ type: "tool_use", id: "a", name: "f", input: {} }] },
    ],
  };
  expect(brokenRule(open, true)).toBe("calls and results do not pair");
});

const json = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()), {
  maxKeys: 3,
});
const citation = fc.record({
  type: fc.constant("web_search_result_location"),
  url: fc.constant("https://x.y"),
  title: fc.string(),
});
const block = fc.oneof(
  fc.record({ type: fc.constant("text"), text: fc.string() }),
  fc.record({
    type: fc.constant("text"),
    text: fc.string(),
    citations: fc.array(citation, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    type: fc.constant("thinking"),
    thinking: fc.string(),
    signature: fc.string({ minLength: 1 }),
  }),
  fc.record({ type: fc.constant("redacted_thinking"), data: fc.string() }),
  fc.record({ type: fc.constant("tool_use"), id: fc.string(), name: fc.string(), input: json }),
  fc.record({
    type: fc.constant("server_tool_use"),
    id: fc.string(),
    name: fc.string(),
    input: json,
  }),
  fc.record({
    type: fc.constant("web_search_tool_result"),
    tool_use_id: fc.string(),
    content: fc.constant([]),
  }),
);

/** A message as the API would stream it, in pieces of at most `size` characters. */
function streamed(message: Json & { content: Json[] }, size: number): Json[] {
  const pieces = (text: string) => {
    const cut: string[] = [];
    for (let at = 0; at < text.length; at += size) cut.push(text.slice(at, at + size));
    return cut;
  };
  const events: Json[] = [
    { type: "message_start", message: { ...message, content: [], stop_reason: null } },
  ];
  for (const [index, given] of message.content.entries()) {
    const { text, thinking, signature, citations, input, ...rest } = given;
    const deltas: Json[] = [];
    const start: Json = { ...rest };
    if (text !== undefined) start.text = "";
    if (thinking !== undefined) start.thinking = "";
    if (input !== undefined) start.input = {};
    for (const one of (citations ?? []) as Json[])
      deltas.push({ type: "citations_delta", citation: one });
    for (const piece of pieces(String(text ?? "")))
      deltas.push({ type: "text_delta", text: piece });
    for (const piece of pieces(String(thinking ?? "")))
      deltas.push({ type: "thinking_delta", thinking: piece });
    if (signature !== undefined) deltas.push({ type: "signature_delta", signature });
    if (input !== undefined) {
      for (const piece of pieces(JSON.stringify(input)))
        deltas.push({ type: "input_json_delta", partial_json: piece });
    }
    events.push({ type: "content_block_start", index, content_block: start });
    events.push(...deltas.map((delta) => ({ type: "content_block_delta", index, delta })));
    events.push({ type: "content_block_stop", index });
  }
  const { stop_reason, usage } = message;
  events.push({ type: "message_delta", delta: { stop_reason }, usage }, { type: "message_stop" });
  return events;
}

test("any message, streamed and folded, is the message unstreamed", () => {
  const message = fc.record({
    id: fc.string(),
    model: fc.string(),
    content: fc.array(block, { maxLength: 6 }),
    stop_reason: fc.constantFrom("end_turn", "tool_use", "max_tokens", "pause_turn", "refusal"),
    usage: fc.record({
      input_tokens: fc.nat(),
      output_tokens: fc.nat(),
      cache_read_input_tokens: fc.nat(),
    }),
  });
  fc.assert(
    fc.property(message, fc.integer({ min: 1, max: 7 }), (whole, size) => {
      const decoder = anthropic.decoder(plainPlan);
      const chunks = streamed(whole, size).flatMap((event) => [
        ...decoder.decode(event, undefined),
      ]);
      chunks.push(...decoder.end());
      const { created: _, ...folded } = anthropic.parse(decoder.body(), plainPlan);
      const { created: __, ...direct } = anthropic.parse(whole, plainPlan);
      expect(folded).toEqual(direct);
      const [choice] = direct.choices;
      const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
      expect(text).toBe(choice!.message.content ?? "");
      expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe(choice!.finish_reason);
      expect(chunks.at(-1)!.usage).toEqual(direct.usage);
    }),
    { numRuns: 300 },
  );
});

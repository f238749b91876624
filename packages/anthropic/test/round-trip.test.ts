/** State that must come back: reply, JSON, next request. Recorded conversations and edited ones. */
import type { CompletionData, Message, ReplyMessage } from "@polycall/core";
import { describe, expect, test } from "vitest";
import { anthropic } from "../src/index.ts";
import { eventsOf, type Json, planOf, type Recorded, recorded } from "./helpers.ts";

const model = "claude-sonnet-4-5";

function replyOf({ body, streamed, request }: Recorded): { raw: Json; data: CompletionData } {
  const plan = planOf({ messages: [{ role: "user", content: "Hi" }] }, String(request.model));
  if (!streamed) {
    const raw = JSON.parse(body) as Json;
    return { raw, data: anthropic.parse(raw, plan) };
  }
  const decoder = anthropic.decoder(plan);
  for (const event of eventsOf(body)) decoder.decode(event, undefined);
  return { raw: decoder.body() as Json, data: anthropic.parse(decoder.body(), plan) };
}

/** Every signature, encrypted text and server-tool id in a value. */
function opaqueIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value !== "object" || value === null) return found;
  const { type, id } = value as Json;
  for (const [key, inner] of Object.entries(value)) {
    if (["signature", "data", "encrypted_content", "encrypted_index"].includes(key)) {
      if (typeof inner === "string" && inner) found.add(inner);
    }
    opaqueIn(inner, found);
  }
  if (/^(server|mcp)_tool_use$/.test(String(type))) found.add(String(id));
  return found;
}

/** The reply, kept as JSON, and whatever must follow it. */
function continued(message: ReplyMessage, open: boolean): Message[] {
  const kept = JSON.parse(JSON.stringify(message)) as ReplyMessage;
  const calls = kept.tool_calls ?? [];
  const results = calls.map(
    ({ id }): Message => ({ role: "tool", tool_call_id: id, content: "ok" }),
  );
  const next: Message[] = results.length ? results : [{ role: "user", content: "Go on" }];
  return [{ role: "user", content: "Hi" }, kept as Message, ...(open ? [] : next)];
}

const all = recorded().filter(({ status }) => status === 200);
const pairs = all.flatMap((first, at) => {
  const second = all[at + 1];
  return second?.file === first.file
    ? [{ file: first.file, index: first.index, first, second }]
    : [];
});
const stateful = pairs.filter(({ first, second }) => {
  const made = opaqueIn(replyOf(first).raw.content);
  return [...opaqueIn(second.request.messages)].some((value) => made.has(value));
});

describe.skipIf(!all.length)(`${stateful.length} recorded continuations with opaque state`, () => {
  test("there are some", () => expect(stateful.length).toBeGreaterThan(15));

  test.each(stateful)("$file #$index", ({ first, second }) => {
    const { raw, data } = replyOf(first);
    const [{ message, finish_reason_raw }] = data.choices as [CompletionData["choices"][0]];
    const messages = continued(message, finish_reason_raw === "pause_turn");
    const { body, changes } = planOf({ messages, max_tokens: 64 }, String(first.request.model));
    const sent = (body.messages as Json[])[1] as Json;
    const blocks = (raw.content as Json[]).filter(({ text }) => text !== "");
    expect(sent).toEqual({ role: "assistant", content: blocks });
    expect(changes.filter(({ param }) => /provider_state/.test(param))).toEqual([]);
    const made = opaqueIn(raw.content);
    const wanted = [...opaqueIn(second.request.messages)].filter((value) => made.has(value));
    expect([...opaqueIn(sent)]).toEqual(expect.arrayContaining(wanted));
    if (finish_reason_raw === "pause_turn") {
      expect((body.messages as Json[]).at(-1)!.role).toBe("assistant");
    }
  });
});

const thinking = { type: "thinking", thinking: "Hm.", signature: "sig" };
const use = { type: "tool_use", id: "toolu_1", name: "f", input: { x: 1 } };

function reply(content: Json[], asked = model): ReplyMessage {
  const plan = planOf({ messages: [{ role: "user", content: "Hi" }] }, asked);
  const raw = { id: "msg_1", model: asked, content, stop_reason: "end_turn", usage: {} };
  return anthropic.parse(raw, plan).choices[0]!.message;
}

function sentBack(message: Message, asked = model) {
  const { body, changes } = planOf(
    { messages: continued(message as ReplyMessage, false), max_tokens: 64 },
    asked,
  );
  return { content: ((body.messages as Json[])[1] as Json).content, changes };
}

test("plain text and calls need no state", () => {
  expect(reply([{ type: "text", text: "Hi" }, use]).provider_state).toBeUndefined();
});

test("thinking goes back signed, to the same model by any of its names", () => {
  const content = [thinking, { type: "text", text: "Yes" }, use];
  const message = reply(content) as Message;
  expect(sentBack(message).content).toEqual(content);
  expect(sentBack(message, "claude-sonnet-4-5-20250929").content).toEqual(content);
});

test("another model gets the reply without its thinking, and is told", () => {
  const message = reply([thinking, { type: "text", text: "Yes" }]) as Message;
  const { content, changes } = sentBack(message, "claude-sonnet-4-6");
  expect(content).toEqual([{ type: "text", text: "Yes" }]);
  expect(changes).toMatchObject([{ action: "repaired", from: model, to: "claude-sonnet-4-6" }]);
});

test.each([
  ["text", { content: "No" }],
  [
    "arguments",
    {
      tool_calls: [
        { id: "toolu_1", type: "function", function: { name: "f", arguments: '{"x":2}' } },
      ],
    },
  ],
  ["calls", { tool_calls: undefined }],
])("an edited message (%s) is rebuilt without its thinking", (_, edit) => {
  const message = { ...reply([thinking, { type: "text", text: "Yes" }, use]), ...edit } as Message;
  const { content, changes } = sentBack(message);
  expect(JSON.stringify(content)).not.toContain("sig");
  expect(changes).toContainEqual(
    expect.objectContaining({ param: "messages[1].provider_state", action: "repaired" }),
  );
});

test("a finished search is no paused turn: where prefill is refused, a user turn follows", () => {
  const search = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} };
  const found = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
  const ends = (content: Json[]) => {
    const history: Message[] = [
      { role: "user", content: "Hi" },
      reply(content, "claude-sonnet-5") as Message,
    ];
    const { body } = planOf({ messages: history }, "claude-sonnet-5");
    return (body.messages as Json[]).at(-1)!.role;
  };
  expect(ends([search])).toBe("assistant");
  expect(ends([search, found, { type: "text", text: "Found" }])).toBe("user");
});

test("another provider's state is left alone", () => {
  const state = {
    provider: "openai",
    model: "gpt-6",
    endpoint: "responses",
    items: [{ type: "reasoning" }],
  };
  const message: Message = { role: "assistant", content: "Yes", provider_state: [state] };
  const { content, changes } = sentBack(message);
  expect(content).toEqual([{ type: "text", text: "Yes" }]);
  expect(changes).toEqual([]);
  expect(message.provider_state).toEqual([state]);
});

test("LiteLLM's thinking blocks are honoured; unsigned ones are left out", () => {
  const message: Message = {
    role: "assistant",
    content: "Yes",
    thinking_blocks: [
      { type: "thinking", thinking: "Hm.", signature: "sig" },
      { type: "redacted_thinking", data: "xyz" },
      { type: "thinking", thinking: "no signature" },
    ],
  };
  const { content, changes } = sentBack(message);
  expect(content).toEqual([
    { type: "thinking", thinking: "Hm.", signature: "sig" },
    { type: "redacted_thinking", data: "xyz" },
    { type: "text", text: "Yes" },
  ]);
  expect(changes).toMatchObject([{ param: "messages[1].thinking_blocks", action: "dropped" }]);
});

test("a budget is given up where the history's call came without thinking", () => {
  const message = reply([use]) as Message;
  const { body, changes } = planOf({
    messages: continued(message as ReplyMessage, false),
    reasoning_effort: "low",
    max_tokens: 4000,
  });
  expect(body.thinking).toBeUndefined();
  expect(changes).toMatchObject([{ param: "tools" }, { param: "thinking", action: "dropped" }]);
  const whole = planOf({
    messages: continued(reply([thinking, use]), false),
    reasoning_effort: "low",
    max_tokens: 4000,
  });
  expect(whole.body.thinking).toEqual({ type: "enabled", budget_tokens: 1024 });
});

test("arguments written anew, keys in another order, are no edit", () => {
  const twice = { ...use, input: { x: 1, y: { a: 1, b: 2 } } };
  const message = reply([thinking, twice]) as Extract<Message, { role: "assistant" }>;
  const [call] = message.tool_calls!;
  const args = '{ "y": {"b": 2, "a": 1}, "x": 1 }';
  const kept = { ...call, function: { name: "f", arguments: args } } as never;
  const { content, changes } = sentBack({ ...message, tool_calls: [kept] });
  expect(content).toEqual([thinking, twice]);
  expect(changes.filter(({ param }) => /provider_state/.test(param))).toEqual([]);
});

test("a call that was given another tool is an edit", () => {
  const message = reply([thinking, use]) as Extract<Message, { role: "assistant" }>;
  const [call] = message.tool_calls!;
  const kept = { ...call, function: { name: "g", arguments: '{"x":1}' } } as never;
  const { content, changes } = sentBack({ ...message, tool_calls: [kept] });
  expect(content).toEqual([{ ...use, name: "g" }]);
  expect(changes).toContainEqual(
    expect.objectContaining({ param: "messages[1].provider_state", action: "repaired" }),
  );
});

test("thinking that another provider signed stays with it", () => {
  const message = reply([thinking, { type: "text", text: "Yes" }]);
  const state = message.provider_state!.map((entry) => ({ ...entry, provider: "minimax" }));
  const { content } = sentBack({ ...message, provider_state: state } as Message);
  expect(content).toEqual([{ type: "text", text: "Yes" }]);
});

test("a reply given through the stand-in tool goes back as its text", () => {
  const schema = { type: "object", properties: { a: { type: "string" } } };
  const plan = planOf(
    {
      messages: [{ role: "user", content: "Hi" }],
      response_format: { type: "json_schema", json_schema: { name: "o", schema } },
    },
    "claude-3-haiku",
  );
  const stand = { type: "tool_use", id: "toolu_2", name: "o", input: { a: "x" } };
  const raw = { id: "msg_1", model, content: [thinking, stand], stop_reason: "tool_use" };
  const { message } = anthropic.parse(raw, plan).choices[0]!;
  const { content, changes } = sentBack(message as Message);
  expect(content).toEqual([{ type: "text", text: '{"a":"x"}' }]);
  expect(changes).toEqual([]);
});

const origin = { provider: "anthropic", model: "claude-sonnet-4-5", endpoint: "messages" };
const said = (content: string, items: Json[], more: object = {}): Message => ({
  role: "assistant",
  content,
  provider_state: [{ ...origin, items }],
  ...more,
});

test("a paused turn whose text ends in white space goes back whole", () => {
  const items = [
    { type: "text", text: "Let me search. " },
    { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } },
  ];
  const messages: Message[] = [{ role: "user", content: "Hi" }, said("Let me search. ", items)];
  const { body, changes } = planOf({ messages, max_tokens: 64 });
  expect(body.messages).toEqual([
    { role: "user", content: [{ type: "text", text: "Hi" }] },
    { role: "assistant", content: items },
  ]);
  expect(changes).toEqual([]);
});

test("a signed turn to be gone on from loses the white space at its end, and nothing else", () => {
  const thought = { type: "thinking", thinking: "t", signature: "s" };
  const items = [thought, { type: "text", text: "Once " }];
  const messages: Message[] = [{ role: "user", content: "Hi" }, said("Once ", items)];
  const { body, changes } = planOf({ messages, max_tokens: 64 });
  expect(body.messages).toMatchObject([{}, { content: [thought, { text: "Once" }] }]);
  expect(changes).toMatchObject([{ action: "repaired", from: "Once ", to: "Once" }]);
  expect(items[1]).toEqual({ type: "text", text: "Once " });
});

test("blank text that the model wrote between thinking and a call is not sent back", () => {
  const thought = { type: "thinking", thinking: "t", signature: "s" };
  const use = { type: "tool_use", id: "toolu_1", name: "f", input: {} };
  const tool_calls = [
    { id: "toolu_1", type: "function", function: { name: "f", arguments: "{}" } },
  ];
  const items = [thought, { type: "text", text: "\n\n" }, use];
  const messages: Message[] = [
    { role: "user", content: "Hi" },
    said("\n\n", items, { tool_calls }),
    { role: "tool", tool_call_id: "toolu_1", content: "ok" },
  ];
  const { body } = planOf({
    messages,
    tools: [{ type: "function", function: { name: "f" } }],
    max_tokens: 64,
  });
  expect(body.messages).toMatchObject([{}, { content: [thought, use] }, {}]);
});

test("thinking that the limit on tokens cut goes back with words after it, or not at all", () => {
  const cut = reply([thinking]) as Message;
  const said = { type: "text", text: "(no text)" };
  expect(sentBack(cut).content).toEqual([thinking, said]);
  // Cut off before it was signed: "Invalid `signature` in `thinking` block".
  const unsigned = reply([{ ...thinking, signature: "" }]) as Message;
  const { body } = planOf({ messages: continued(unsigned as ReplyMessage, false) }, model);
  expect(body.messages).toEqual([
    {
      role: "user",
      content: [
        { type: "text", text: "Hi" },
        { type: "text", text: "Go on" },
      ],
    },
  ]);
});

test("a reply read as the arguments of a schema's tool still says whose its reasoning is", () => {
  const format = { type: "json_schema" as const, json_schema: { name: "r", schema: {} } };
  const plan = planOf(
    { messages: [{ role: "user", content: "Hi" }], response_format: format },
    "claude-3-7-sonnet-latest",
  );
  expect(plan.outputTool).toBeDefined();
  const call = { ...use, name: plan.outputTool };
  const raw = { id: "msg_1", model, content: [thinking, call], stop_reason: "tool_use", usage: {} };
  const { message } = anthropic.parse(raw, plan).choices[0]!;
  expect(message).toMatchObject({
    content: '{"x":1}',
    reasoning_content: "Hm.",
    provider_state: [{ provider: "anthropic", items: [] }],
  });
  expect(message.thinking_blocks).toBeUndefined();
});

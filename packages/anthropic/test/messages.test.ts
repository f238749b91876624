/** Messages as turns: parts, tool calls and results, system text, repairs. Expected values by hand. */
import type { Message } from "@polycall/core";
import { expect, test } from "vitest";
import { planOf } from "./helpers.ts";

const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const text = (value: string) => ({ type: "text", text: value });
const call = (id: string, name: string, args: string) =>
  ({ id, type: "function", function: { name, arguments: args } }) as const;

function turns(messages: Message[], model = "claude-sonnet-4-5") {
  const { body, changes, toolNames } = planOf({ messages, max_tokens: 64 }, model);
  return { turns: body.messages, system: body.system, changes, toolNames };
}

test("parts", () => {
  const parts = [
    { type: "text", text: "Look", cache_control: { type: "ephemeral", ttl: "1h" } },
    { type: "image_url", image_url: { url: `data:image/png;base64,${png}`, detail: "auto" } },
    { type: "image_url", image_url: { url: "https://x.y/cat.jpg" } },
    {
      type: "file",
      file: { file_data: "data:application/pdf;base64,JVBERi0xLjQ=", filename: "a.pdf" },
    },
    { type: "file", file: { file_data: "data:text/plain;base64,SMOpIQ==" } },
    { type: "file", file: { file_data: "https://x.y/b.pdf" } },
    { type: "document", source: { type: "text", media_type: "text/plain", data: "raw" } },
  ];
  const { turns: made, changes } = turns([{ role: "user", content: parts as never }]);
  expect(made).toEqual([
    {
      role: "user",
      content: [
        { type: "text", text: "Look", cache_control: { type: "ephemeral", ttl: "1h" } },
        { type: "image", source: { type: "base64", media_type: "image/png", data: png } },
        { type: "image", source: { type: "url", url: "https://x.y/cat.jpg" } },
        {
          type: "document",
          source: { type: "base64", media_type: "application/pdf", data: "JVBERi0xLjQ=" },
          title: "a.pdf",
        },
        { type: "document", source: { type: "text", media_type: "text/plain", data: "Hé!" } },
        { type: "document", source: { type: "url", url: "https://x.y/b.pdf" } },
        { type: "document", source: { type: "text", media_type: "text/plain", data: "raw" } },
      ],
    },
  ]);
  expect(changes).toEqual([]);
});

test("an image whose bytes are of another type than its name", () => {
  const url = `data:image/jpeg;base64,${png}`;
  const { turns: made, changes } = turns([
    { role: "user", content: [{ type: "image_url", image_url: { url } }] },
  ]);
  expect(made).toMatchObject([{ content: [{ source: { media_type: "image/png" } }] }]);
  expect(changes).toMatchObject([{ action: "repaired", from: "image/jpeg", to: "image/png" }]);
});

test("all results of a turn stand in one user turn, in the order of the calls, before the text", () => {
  const { turns: made } = turns([
    { role: "user", content: "Both?" },
    { role: "assistant", content: "", tool_calls: [call("a", "f", '{"x":1}'), call("b", "f", "")] },
    { role: "tool", tool_call_id: "b", content: "B" },
    { role: "user", content: "Quick" },
    {
      role: "tool",
      tool_call_id: "a",
      content: [{ type: "image_url", image_url: { url: "https://x.y/a.png" } }],
    },
  ]);
  expect(made).toEqual([
    { role: "user", content: [text("Both?")] },
    {
      role: "assistant",
      content: [
        { type: "tool_use", id: "a", name: "f", input: { x: 1 } },
        { type: "tool_use", id: "b", name: "f", input: {} },
      ],
    },
    {
      role: "user",
      content: [
        {
          type: "tool_result",
          tool_use_id: "a",
          content: [{ type: "image", source: { type: "url", url: "https://x.y/a.png" } }],
        },
        { type: "tool_result", tool_use_id: "b", content: "B" },
        text("Quick"),
      ],
    },
  ]);
});

test("a history with tool calls declares tools, though the request has none", () => {
  const plan = planOf({
    messages: [
      { role: "user", content: "Go" },
      { role: "assistant", content: null, tool_calls: [call("a", "f", "{}")] },
      { role: "tool", tool_call_id: "a", content: "ok" },
    ],
  });
  expect(plan.body.tools).toMatchObject([{ name: "f" }]);
});

test("what is broken in a history is mended and told", () => {
  const {
    turns: made,
    changes,
    toolNames,
  } = turns([
    { role: "assistant", content: "Welcome" },
    { role: "user", content: "  " },
    {
      role: "assistant",
      content: "Calling",
      tool_calls: [call("id:1", "web.search", "not json"), call("id:2", "web.search", "{}")],
    },
    { role: "tool", tool_call_id: "id:2", content: "two" },
    { role: "tool", tool_call_id: "lost", content: "orphan" },
  ]);
  expect(made).toEqual([
    { role: "user", content: [text("Hello.")] },
    { role: "assistant", content: [text("Welcome")] },
    { role: "user", content: [text("(no text)")] },
    {
      role: "assistant",
      content: [
        text("Calling"),
        { type: "tool_use", id: "id_1", name: "web_search", input: { _raw: "not json" } },
        { type: "tool_use", id: "id_2", name: "web_search", input: {} },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "id_2", content: "two" },
        { type: "tool_result", tool_use_id: "id_1", content: expect.any(String) },
      ],
    },
  ]);
  expect(toolNames).toEqual({ web_search: "web.search" });
  const params = changes.map(({ param }) => param);
  expect(params).toContain("messages[1].content");
  expect(params).toContain("messages[2].tool_calls[0].function.arguments");
  expect(params).toContain("messages[4]");
});

test("system text: at the start, and later", () => {
  const messages: Message[] = [
    {
      role: "system",
      content: [{ type: "text", text: "A", cache_control: { type: "ephemeral" } }],
    },
    { role: "developer", content: "B" },
    { role: "user", content: "Hi" },
    { role: "system", content: "Now in French." },
  ];
  const older = turns(messages);
  expect(older.system).toEqual([
    { type: "text", text: "A", cache_control: { type: "ephemeral" } },
    text("B"),
  ]);
  expect(older.turns).toEqual([
    { role: "user", content: [text("Hi"), text("<system>\nNow in French.\n</system>")] },
  ]);
  expect(older.changes).toMatchObject([{ param: "messages[3]", action: "converted" }]);
  const newer = turns(messages, "claude-opus-4-8");
  expect(newer.turns).toEqual([
    { role: "user", content: [text("Hi")] },
    { role: "system", content: [text("Now in French.")] },
  ]);
  expect(newer.changes).toEqual([]);
});

test("a conversation that ends with the model's words: continued, or asked to continue", () => {
  const messages: Message[] = [
    { role: "user", content: "Count" },
    { role: "assistant", content: "1, 2, " },
  ];
  expect(turns(messages, "claude-sonnet-4-5").turns).toEqual([
    { role: "user", content: [text("Count")] },
    { role: "assistant", content: [text("1, 2,")] },
  ]);
  const newer = turns(messages, "claude-sonnet-4-6");
  expect(newer.turns).toHaveLength(3);
  expect(newer.turns).toMatchObject([{}, {}, { role: "user", content: [text("Continue.")] }]);
  expect(newer.changes.map(({ action }) => action)).toContain("emulated");
});

test("an assistant's refusal and a participant's name", () => {
  const { turns: made, changes } = turns([
    { role: "user", name: "Ann", content: "Hi" },
    { role: "assistant", refusal: "No." },
    { role: "user", content: "Please" },
  ]);
  expect(made).toMatchObject([{}, { content: [text("No.")] }, {}]);
  expect(changes).toMatchObject([{ param: "messages[0].name", action: "dropped" }]);
});

test("the request is left as it was", () => {
  const messages: Message[] = [
    { role: "system", content: "S" },
    { role: "user", content: " " },
    { role: "assistant", content: "x ", tool_calls: [call("a b", "f.g", "{")] },
  ];
  const before = structuredClone(messages);
  turns(messages);
  expect(messages).toEqual(before);
});

test("a cache mark on a message is one on its last block", () => {
  const cache_control = { type: "ephemeral" };
  const { turns: made } = turns([
    { role: "user", content: "Long", cache_control },
    { role: "assistant", content: "Noted", cache_control },
    { role: "user", content: "Go" },
  ] as Message[]);
  expect(made).toEqual([
    { role: "user", content: [{ ...text("Long"), cache_control }] },
    { role: "assistant", content: [{ ...text("Noted"), cache_control }] },
    { role: "user", content: [text("Go")] },
  ]);
});

test("a mark on a message that ends in thinking is one on what comes before it, or told", () => {
  const cache_control = { type: "ephemeral" };
  const thought = { type: "thinking", thinking: "t", signature: "s" };
  const blocks = [{ type: "compaction", content: "c" }, thought];
  const origin = { provider: "anthropic", model: "claude-sonnet-4-5", endpoint: "messages" };
  // "The final block in an assistant message cannot be `thinking`."
  const said = { type: "text", text: "(no text)" };
  const { turns: made, changes } = turns([
    { role: "user", content: "Hi" },
    {
      role: "assistant",
      content: null,
      cache_control,
      provider_state: [{ ...origin, items: blocks }],
    },
    { role: "user", content: "Go" },
    { role: "assistant", content: null, thinking_blocks: [thought], cache_control },
    { role: "user", content: "On" },
  ] as Message[]);
  expect(made).toMatchObject([
    {},
    { content: [{ type: "compaction", content: "c", cache_control }, thought, said] },
    {},
    { content: [thought, said] },
    {},
  ]);
  expect(JSON.stringify(made).match(/cache_control/g)).toHaveLength(1);
  const ended = { param: "messages", action: "repaired", to: "(no text)" };
  expect(changes).toMatchObject([
    { param: "messages[3].cache_control", action: "dropped" },
    ended,
    ended,
  ]);
});

test("of more marks than four, the first and the last three are sent", () => {
  const cache_control = { type: "ephemeral" } as const;
  const mark = (value: string) => ({ type: "text" as const, text: value, cache_control });
  const tool = { type: "function", function: { name: "f" }, cache_control } as const;
  const messages: Message[] = [
    { role: "system", content: [mark("S")] },
    { role: "user", content: [mark("1"), mark("2")] },
    {
      role: "assistant",
      content: null,
      tool_calls: [call("a", "f", "{}")],
    },
    { role: "tool", tool_call_id: "a", content: [mark("3")] },
    { role: "user", content: [mark("4")] },
  ];
  const before = structuredClone(messages);
  const at = (request: object) => {
    const { body, changes } = planOf({ messages, max_tokens: 64, ...request } as never);
    const sent = JSON.stringify([body.tools, body.system, body.messages]);
    return { marks: sent.match(/cache_control/g)?.length, changes, body };
  };
  const { body, marks, changes } = at({ tools: [tool] });
  expect(marks).toBe(4);
  expect(body).toMatchObject({
    tools: [{ name: "f", cache_control }],
    system: [{ type: "text", text: "S" }],
    messages: [
      { content: [text("1"), mark("2")] },
      {},
      { content: [{ type: "tool_result", content: [mark("3")] }, mark("4")] },
    ],
  });
  expect(changes).toMatchObject([{ param: "cache_control", action: "dropped", from: 6, to: 4 }]);
  // Automatic caching is a mark of its own.
  expect(at({ tools: [tool], cache_control }).marks).toBe(3);
  // Four are sent as they are.
  const four = planOf({ messages: messages.slice(1), max_tokens: 64 });
  expect(JSON.stringify(four.body).match(/cache_control/g)).toHaveLength(4);
  expect(messages).toEqual(before);
});

test("what other APIs and SDKs hang on a message is not sent; what nobody knows is", () => {
  const foreign = {
    ...{ reasoning: "r", reasoning_details: [{ type: "reasoning.text" }], parsed: { a: 1 } },
    ...{ reasoning_content: "r", provider_specific_fields: { x: 1 }, images: [] },
  };
  const { turns: made, changes } = turns([
    { role: "user", content: "Hi" },
    {
      role: "assistant",
      content: "Yes",
      ...foreign,
      tool_calls: [
        {
          ...{ index: 0, id: "a", type: "function", new_key: 1 },
          function: { name: "f", arguments: "{}", parsed_arguments: {} },
          extra_content: { google: { thought_signature: "s" } },
        },
      ],
    },
    { role: "tool", tool_call_id: "a", content: "ok" },
  ] as Message[]);
  expect(made).toEqual([
    { role: "user", content: [text("Hi")] },
    {
      role: "assistant",
      content: [text("Yes"), { type: "tool_use", id: "a", name: "f", input: {}, new_key: 1 }],
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: "ok" }] },
  ]);
  expect(changes.map(({ param }) => param)).toEqual(["tools"]);
});

test("a mark on a whole system message is one on its last text", () => {
  const cache_control = { type: "ephemeral" };
  const { system } = turns([
    { role: "system", content: "S", cache_control } as Message,
    { role: "user", content: "Hi" },
  ]);
  expect(system).toEqual([{ ...text("S"), cache_control }]);
});

test("a system message that keeps its place keeps its mark", () => {
  const cache_control = { type: "ephemeral" };
  const { turns: made } = turns(
    [{ role: "user", content: "Hi" }, { role: "system", content: "S", cache_control } as Message],
    "claude-opus-5",
  );
  expect(made).toEqual([
    { role: "user", content: [text("Hi")] },
    { role: "system", content: [{ ...text("S"), cache_control }] },
  ]);
});

test("a text file that is no base64 is refused", () => {
  const file = { file_data: "data:text/plain;base64,!!!" };
  expect(() => turns([{ role: "user", content: [{ type: "file", file }] }])).toThrow(
    "anthropic/claude-sonnet-4-5: the file_data of messages[0].content[0] is not base64.",
  );
});

test("tools that only the history knows cannot be called", () => {
  const messages: Message[] = [
    { role: "user", content: "Hi" },
    { role: "assistant", content: null, tool_calls: [call("t1", "f", "{}")] },
    { role: "tool", tool_call_id: "t1", content: "ok" },
  ];
  const schema = { type: "object", properties: { a: { type: "string" } } };
  const response_format = { type: "json_schema", json_schema: { name: "o", schema } } as const;
  expect(planOf({ messages }).body.tool_choice).toEqual({ type: "none" });
  expect(planOf({ messages, response_format }, "claude-3-haiku").body.tool_choice).toEqual({
    type: "tool",
    name: "o",
  });
  expect(planOf({ messages, web_search_options: {} }).body.tool_choice).toBeUndefined();
});

test("what the model once drew or said is left out with a warning", () => {
  const { changes } = turns([
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Here", images: [{ type: "image_url" }] } as Message,
    { role: "user", content: "Nice" },
  ]);
  expect(changes).toMatchObject([{ param: "messages[1].images", action: "dropped" }]);
});

test("a begun reply and a native schema exclude each other: a user turn asks to go on", () => {
  const schema = { type: "object", properties: { a: { type: "string" } } };
  const { body, changes } = planOf({
    messages: [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "{" },
    ],
    response_format: { type: "json_schema", json_schema: { name: "o", schema } },
  });
  expect((body.messages as object[]).at(-1)).toEqual({
    role: "user",
    content: [text("Continue.")],
  });
  expect(changes).toContainEqual(expect.objectContaining({ param: "messages", to: "Continue." }));
});

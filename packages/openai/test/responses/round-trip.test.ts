/** What /responses must get back reaches it: reply N, through JSON, into request N + 1. */
import type { AssistantMessage, CompletionChunk, Message, Plan, ToolMessage } from "@polycall/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openai } from "../../src/index.ts";
import { contextOf, eventsOf, isStreamed, type Recorded, replyOf, requestOf } from "../recorded.ts";
import { readingPlan, responseOf, responsesRecordings } from "./recorded.ts";

interface Item {
  type?: string;
  role?: string;
  id?: string;
  call_id?: string;
  output?: ToolMessage["content"];
  [key: string]: unknown;
}

const inputOf = (one: Recorded) => requestOf(one).input as Item[];

/** The reply as the history keeps it. */
function messageOf(one: Recorded): AssistantMessage {
  const plan = readingPlan(one);
  const decoder = one.provider.decoder(plan);
  if (isStreamed(one)) for (const { data, event } of eventsOf(one)) decoder.decode(data, event);
  const body = isStreamed(one) ? decoder.body() : replyOf(one);
  const { message } = one.provider.parse(body, plan).choices[0]!;
  return JSON.parse(JSON.stringify(message));
}

const outputOf = (one: Recorded): Item[] => responseOf(one).output;

interface Pair {
  before: Recorded;
  after: Recorded;
  /** The items of the reply of `before` that were sent in `after`. */
  sentBack: Item[];
}

function isOf(reply: Item[], sent: Item): boolean {
  return reply.some((item) => item.type === sent.type && !!item.id && item.id === sent.id);
}

function pairs(): Pair[] {
  const { reached } = responsesRecordings();
  return reached.flatMap((after): Pair[] => {
    const [file, index] = after.name.split("#") as [string, string];
    const before = reached.find(({ name }) => name === `${file}#${Number(index) - 1}`);
    const isAccepted = after.interaction.response.status === 200;
    if (!before || !isAccepted || !Array.isArray(inputOf(after))) return [];
    const reply = before.interaction.response.status === 200 ? outputOf(before) : [];
    const sentBack = inputOf(after).filter((sent) => isOf(reply, sent));
    return sentBack.length ? [{ before, after, sentBack }] : [];
  });
}

/** Only the turn of the reply, its results and one more question: what came before is not looked at. */
function replan({ before, after }: Pair): Plan {
  const message = messageOf(before);
  const outputs = inputOf(after).filter(({ type }) => type === "function_call_output");
  const results = (message.tool_calls ?? []).map(({ id }): Message => {
    const output = outputs.find(({ call_id }) => call_id === id)?.output;
    return { role: "tool", tool_call_id: id, content: typeof output === "string" ? output : "1" };
  });
  const messages: Message[] = [{ role: "user", content: "Hi" }, message, ...results];
  if (!results.length) messages.push({ role: "user", content: "Go on" });
  return after.provider.plan(
    { model: "", messages },
    contextOf(after.prefix, `responses/${String(requestOf(after).model)}`),
  );
}

/** What the recording client sent back as it came; the rest it wrote in its own way. */
const kept = ["type", "id", "summary", "phase", "namespace", "name", "result", "code"] as const;

/** Requests were recorded with plain quotes. */
function plainText({ text }: Item): string {
  return String(text)
    .replaceAll(/[\u2018\u2019]/g, "'")
    .replaceAll(/[\u201c\u201d]/g, '"');
}

function essence(item: Item, isStream: boolean): object {
  const fields = kept.map((key) => [key, item[key] ?? undefined]);
  const texts = Array.isArray(item.content) ? item.content.map(plainText) : [];
  // From a stream that client took the unfinished secret of "output_item.added".
  const secret = isStream ? {} : { secret: item.encrypted_content ?? undefined };
  return { ...Object.fromEntries(fields), texts, ...secret };
}

const all = pairs();

describe.skipIf(!all.length)("recorded conversations", () => {
  test("reasoning, built-in tools and plain turns were recorded", () => {
    const types = new Set(all.flatMap(({ sentBack }) => sentBack.map(({ type }) => type)));
    expect([...types]).toEqual(
      expect.arrayContaining(["reasoning", "message", "function_call", "web_search_call"]),
    );
    expect(all.length).toBeGreaterThan(30);
  });

  test.each(all.map((pair) => [pair.after.name, pair] as const))("%s", (_, pair) => {
    const plan = replan(pair);
    expect(plan.changes).toEqual([]);
    const input = plan.body.input as Item[];
    const isPlain = !messageOf(pair.before).provider_state;
    const sent = input.filter(
      (item) => item.role !== "user" && item.type !== "function_call_output",
    );
    if (isPlain) {
      expect(pair.sentBack.map(({ type }) => type)).not.toContain("reasoning");
      expect(sent).toHaveLength(pair.sentBack.length);
      return;
    }
    const places = pair.sentBack.map((item) => sent.findIndex(({ id }) => id === item.id));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    const isStream = isStreamed(pair.before);
    for (const [at, item] of pair.sentBack.entries()) {
      expect(essence(sent[places[at]!]!, isStream)).toEqual(essence(item, isStream));
    }
    expect(sent).toEqual(outputOf(pair.before));
  });
});

const reasoning = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "secret" };
const said = {
  type: "message",
  id: "msg_1",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text: "Hello", annotations: [] }],
};
const called = { type: "function_call", id: "fc_1", call_id: "c1", name: "get", arguments: "{}" };
const user: Message = { role: "user", content: "Hi" };

function planOf(messages: Message[], extra: object = {}): Plan {
  return openai.plan({ model: "", messages, ...extra }, contextOf("openai", "responses/gpt-5"));
}

function replyWith(output: object[], extra: object = {}): AssistantMessage {
  const body = { id: "resp_1", status: "completed", output, ...extra };
  const { message } = openai.parse(body, planOf([user])).choices[0]!;
  return JSON.parse(JSON.stringify(message));
}

function resent(message: AssistantMessage, extra: Message[] = []): unknown[] {
  return (planOf([user, message, ...extra]).body.input as unknown[]).slice(1);
}

describe("state", () => {
  test("plain text and calls carry none", () => {
    expect(replyWith([said, called]).provider_state).toBeUndefined();
  });

  test("reasoning goes back verbatim, with what followed it", () => {
    const result: Message = { role: "tool", tool_call_id: "c1", content: "1" };
    const message = replyWith([reasoning, said, called]);
    expect(message.provider_state).toEqual([
      {
        provider: "openai",
        model: "gpt-5",
        endpoint: "responses",
        items: [reasoning, said, called],
      },
    ]);
    expect(resent(message, [result])).toEqual([
      reasoning,
      said,
      called,
      { type: "function_call_output", call_id: "c1", output: "1" },
    ]);
  });

  test.each<[string, object]>([
    ["the phase of a message", { ...said, phase: "commentary" }],
    ["the namespace of a call", { ...called, namespace: "crm" }],
    ["a built-in call", { type: "web_search_call", id: "ws_1", status: "completed" }],
  ])("%s goes back", (_, item) => {
    expect(replyWith([item]).provider_state?.[0]?.items).toEqual([item]);
  });

  test("reasoning that only the service holds stays away when it was not stored", () => {
    const bare = { ...reasoning, encrypted_content: null };
    expect(replyWith([bare, said]).provider_state).toBeUndefined();
    expect(replyWith([bare, said], { store: true }).provider_state?.[0]?.items).toEqual([
      bare,
      said,
    ]);
    const shown = { ...bare, content: [{ type: "reasoning_text", text: "Hm" }] };
    expect(replyWith([shown, said]).provider_state?.[0]?.items).toEqual([shown, said]);
  });

  test("reasoning that nothing followed is no state: alone it is a 400", () => {
    const message = replyWith([reasoning], {
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
    });
    expect(message.provider_state).toBeUndefined();
    expect(replyWith([reasoning, said, reasoning]).provider_state?.[0]?.items).toEqual([
      reasoning,
      said,
    ]);
  });

  test.each<[string, (message: AssistantMessage) => AssistantMessage, unknown[]]>([
    [
      "its text",
      (message) => ({ ...message, content: "Goodbye" }),
      [
        { role: "assistant", content: "Goodbye" },
        { type: "function_call", call_id: "c1", name: "get", arguments: "{}" },
      ],
    ],
    [
      "its call's arguments",
      (message) => ({
        ...message,
        tool_calls: [{ id: "c1", type: "function", function: { name: "get", arguments: "[]" } }],
      }),
      [
        { role: "assistant", content: "Hello" },
        { type: "function_call", call_id: "c1", name: "get", arguments: "[]" },
      ],
    ],
  ])("an edit of %s leaves the reasoning out and says so", (_, edit, expected) => {
    const result: Message = { role: "tool", tool_call_id: "c1", content: "1" };
    const plan = planOf([user, edit(replyWith([reasoning, said, called])), result]);
    expect((plan.body.input as unknown[]).slice(1, -1)).toEqual(expected);
    expect(plan.changes).toEqual([
      { param: "messages[1]", action: "repaired", reason: expect.stringContaining("reasoning") },
    ]);
  });

  test("the same text as parts is no edit", () => {
    const message = replyWith([reasoning, said]);
    const parts = [
      { type: "text" as const, text: "Hel" },
      { type: "text" as const, text: "lo" },
    ];
    expect(resent({ ...message, content: parts }, [user]).slice(0, 2)).toEqual([reasoning, said]);
  });

  test("other providers' state stays where it is and is not sent", () => {
    const foreign = { provider: "azure", model: "m", endpoint: "responses", items: [reasoning] };
    const chat = { provider: "openai", model: "m", endpoint: "chat/completions", items: [{}] };
    const message: AssistantMessage = {
      role: "assistant",
      content: "Hello",
      reasoning_content: "Hm",
      thinking_blocks: [{ type: "thinking", thinking: "Hm", signature: "s" }],
      provider_state: [foreign, chat],
    };
    expect(resent(message)).toEqual([{ role: "assistant", content: "Hello" }]);
  });

  test("call ids that a later turn uses again are told apart, reasoning kept", () => {
    const turn = (at: number) =>
      replyWith([
        { ...reasoning, id: `rs_${at}` },
        { ...called, id: `fc_${at}` },
      ]);
    const result: Message = { role: "tool", tool_call_id: "c1", content: "1" };
    const { input } = planOf([user, turn(1), result, turn(2), { ...result }]).body;
    const ids = (input as Item[]).flatMap(({ call_id }) => call_id ?? []);
    expect(ids).toHaveLength(4);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).toBe(ids[3]);
    expect(new Set(ids).size).toBe(2);
    expect((input as Item[]).filter(({ type }) => type === "reasoning")).toHaveLength(2);
  });

  test("a renamed tool's call keeps its reasoning", () => {
    const tools = [{ type: "function" as const, function: { name: "get price" } }];
    const plan = planOf([user], { tools });
    const wire = (plan.body.tools as Item[])[0]!.name;
    const body = { id: "r", output: [reasoning, { ...called, name: wire }] };
    const { message } = openai.parse(body, plan).choices[0]!;
    expect(message.tool_calls).toMatchObject([{ function: { name: "get price" } }]);
    const result: Message = { role: "tool", tool_call_id: "c1", content: "1" };
    const again = planOf([user, message, result], { tools });
    expect((again.body.input as unknown[]).slice(1, 3)).toEqual(body.output);
  });

  test.each<[string, unknown]>([
    ["a text", "items"],
    ["null", null],
    ["a number", 3],
  ])("damaged state (%s) is left out", (_, item) => {
    const state = { provider: "openai", model: "m", endpoint: "responses", items: [item] };
    const message: AssistantMessage = {
      role: "assistant",
      content: "Hello",
      provider_state: [state],
    };
    expect(resent(message)).toEqual([{ role: "assistant", content: "Hello" }]);
  });
});

const text = fc.string({ maxLength: 8 });
const callId = fc.constantFrom("c1", "c2", "c3");
const toolCall = fc.tuple(callId, text).map(([id, args]) => ({
  id,
  type: "function" as const,
  function: { name: "get", arguments: args },
}));
const replied = fc
  .tuple(fc.boolean(), fc.boolean(), callId)
  .filter(([speaks, calls]) => speaks || calls)
  .map(([speaks, calls, id]) =>
    replyWith([
      reasoning,
      ...(speaks ? [said] : []),
      ...(calls ? [{ ...called, call_id: id }] : []),
    ]),
  );
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ role: fc.constantFrom("system" as const, "user" as const), content: text }),
  fc.record({
    role: fc.constant("assistant" as const),
    content: fc.option(text),
    tool_calls: fc.uniqueArray(toolCall, { maxLength: 2, selector: ({ id }) => id }),
  }),
  replied,
  replied.map((one) => ({ ...one, content: "edited" })),
  fc.record({ role: fc.constant("tool" as const), tool_call_id: callId, content: text }),
);

test("reasoning that led to nothing is not sent back, and to nobody else", () => {
  const thought = { ...reasoning, summary: [{ type: "summary_text", text: "Hm." }] };
  const message = replyWith([thought], { status: "incomplete" });
  expect(message).toMatchObject({
    reasoning_content: "Hm.",
    provider_state: [{ provider: "openai", endpoint: "responses", items: [] }],
  });
  const { body, changes } = planOf([user, message, user]);
  expect(body.input).toEqual([user, user]);
  expect(changes).toMatchObject([{ param: "messages[1]", action: "dropped" }]);
});

test("a reply that stands in the history twice goes back once as it came, then in words", () => {
  const message = replyWith([reasoning, said]);
  const { body, changes } = planOf([user, message, user, message, user]);
  const words = { role: "assistant", content: "Hello" };
  expect(body.input).toEqual([user, reasoning, said, user, words, user]);
  expect(changes).toMatchObject([
    { action: "repaired", reason: expect.stringMatching(/went before/) },
  ]);
});

describe("any history", () => {
  test("has each call answered once, each answer asked for, and no reasoning alone", () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
        const frozen = structuredClone(messages);
        const input = planOf(messages).body.input as Item[];
        expect(messages).toEqual(frozen);
        const idsOf = (type: string) => input.flatMap((i) => (i.type === type ? i.call_id! : []));
        const calls = idsOf("function_call");
        expect(new Set(calls).size).toBe(calls.length);
        expect(idsOf("function_call_output").sort()).toEqual([...calls].sort());
        for (const [index, item] of input.entries()) {
          if (item.type !== "reasoning") continue;
          const next = input[index + 1];
          expect(next?.role === "assistant" || next?.type === "function_call").toBe(true);
        }
      }),
    );
  });

  test("a stream folded from any split of its text is the same reply", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { maxLength: 6 }), (pieces) => {
        const plan = planOf([user]);
        const decoder = openai.decoder(plan);
        const chunks: CompletionChunk[] = [];
        const whole = { ...said, content: [{ type: "output_text", text: pieces.join("") }] };
        const events: object[] = [
          { type: "response.output_item.added", output_index: 0, item: { ...said, content: [] } },
          ...pieces.map((delta) => ({
            type: "response.output_text.delta",
            output_index: 0,
            content_index: 0,
            delta,
          })),
          { type: "response.output_item.done", output_index: 0, item: whole },
          { type: "response.completed", response: { id: "r", output: [whole] } },
        ];
        for (const event of events) chunks.push(...decoder.decode(event, undefined));
        const deltas = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "");
        expect(deltas.join("")).toBe(pieces.join(""));
        expect(openai.parse(decoder.body(), plan).choices[0]!.message.content).toBe(
          pieces.join(""),
        );
      }),
    );
  });
});

/** What a host must get back reaches it: reply N, through JSON, into request N + 1. */
import type { AssistantMessage, CompletionRequest, Message } from "@polycall/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hosts, openai } from "../src/index.ts";
import {
  contextOf,
  type Json,
  type Recorded,
  readingPlan,
  recordings,
  replyOf,
  requestOf,
} from "./recorded.ts";

interface Pair {
  name: string;
  before: Recorded;
  after: Recorded;
  /** Where the reply of `before` stands in the request of `after`. */
  at: number;
}

type Wire = Json & {
  role: string;
  tool_calls?: { id: string; function: Json }[];
  content?: unknown;
};
const messagesOf = (one: Recorded) => requestOf(one).messages as Wire[];

/** Neighbouring calls of one recording, the second of which holds the first one's reply. */
function pairs(): Pair[] {
  const chat = recordings().reached.filter(
    ({ interaction: { request, response } }) =>
      response.status < 400 &&
      request.url.includes("chat/completions") &&
      response.body?.startsWith("{"),
  );
  return chat.flatMap((before) => {
    const [file, index] = before.name.split("#") as [string, string];
    const after = chat.find(({ name }) => name === `${file}#${Number(index) + 1}`);
    if (after?.prefix !== before.prefix) return [];
    const at = messagesOf(before).length;
    if (messagesOf(after)[at]?.role !== "assistant") return [];
    return [{ name: before.name, before, after, at }];
  });
}

function replan({ before, after, at }: Pair): Wire {
  const data = before.provider.parse(replyOf(before), readingPlan(before));
  const message = JSON.parse(JSON.stringify(data.choices[0]!.message)) as AssistantMessage;
  const recorded = requestOf(after) as unknown as CompletionRequest;
  const messages = [...recorded.messages];
  messages[at] = message;
  // Ids that the host left empty are made by each client in its own way.
  const [old, made] = [messagesOf(after)[at]!.tool_calls, message.tool_calls];
  const follow = messages.map((one): Message => {
    if (one.role !== "tool") return one;
    const index = old?.findIndex(({ id }) => id === one.tool_call_id) ?? -1;
    return index < 0 ? one : { ...one, tool_call_id: made![index]!.id };
  });
  const model = after.prefix === "openai" ? `chat/${recorded.model}` : recorded.model;
  const plan = after.provider.plan(
    { ...recorded, model, messages: follow },
    contextOf(after.prefix, model),
  );
  return (plan.body.messages as Wire[])[at]!;
}

/** White space around tags is each client's own. */
function squeezed(content: unknown): string {
  const parts = Array.isArray(content) ? content : [{ text: content ?? "" }];
  return parts
    .map((part) => part.text ?? JSON.stringify(part))
    .join("")
    .replaceAll(/\s/g, "");
}

const all = pairs();
const carries = ({ after, at }: Pair) => {
  const { reasoning, reasoning_content, reasoning_details, content } = messagesOf(after)[at]!;
  return (
    reasoning ||
    reasoning_content ||
    reasoning_details ||
    JSON.stringify(content)?.includes("think")
  );
};

describe.skipIf(!all.length)("recorded conversations", () => {
  test("state that was sent back is met at seven hosts or more", () => {
    expect(new Set(all.filter(carries).map(({ after }) => after.prefix)).size).toBeGreaterThan(6);
  });

  test.each(all.map((pair) => [pair.name, pair] as const))("%s", (_, pair) => {
    const sent = replan(pair);
    const recorded = messagesOf(pair.after)[pair.at]!;
    const calls = (wire: Wire) =>
      wire.tool_calls?.length ? wire.tool_calls.map((call) => call.function) : undefined;
    expect(calls(sent)).toEqual(calls(recorded));
    for (const field of ["reasoning", "reasoning_content", "reasoning_details"]) {
      expect(sent[field]).toEqual(recorded[field]);
    }
    expect(squeezed(sent.content)).toBe(squeezed(recorded.content));
  });
});

type Host = keyof typeof hosts;
const user: Message = { role: "user", content: "Hi" };
const toolCall = (id: string) => ({
  id,
  type: "function" as const,
  function: { name: "get", arguments: "{}" },
});

function sentBy(prefix: Host, model: string, turn: Partial<AssistantMessage>) {
  const results =
    turn.tool_calls?.map(({ id }): Message => ({ role: "tool", tool_call_id: id, content: "1" })) ??
    [];
  const messages: Message[] = [user, { role: "assistant", ...turn }, ...results, user];
  const plan = hosts[prefix].plan({ model, messages }, contextOf(prefix, model));
  return { sent: (plan.body.messages as Wire[])[1]!, changes: plan.changes };
}

const state = (provider: string, model: string, items: unknown[]) => [
  { provider, model, endpoint: "chat/completions", items },
];

describe("replay", () => {
  const details = [{ type: "reasoning.encrypted", data: "xx", index: 0 }];

  test("OpenRouter's details go back to the model that made them, whatever its variant", () => {
    const turn = { content: "a", provider_state: state("openrouter", "x/y:free", details) };
    expect(sentBy("openrouter", "x/y", turn).sent).toEqual({
      role: "assistant",
      content: "a",
      reasoning_details: details,
    });
    const other = sentBy("openrouter", "x/z", turn);
    expect(other.sent).toEqual({ role: "assistant", content: "a" });
    expect(other.changes).toMatchObject([{ action: "repaired", from: "x/y:free" }]);
    expect(sentBy("snowflake", "x/y", turn)).toMatchObject({ sent: { content: "a" }, changes: [] });
  });

  test("Google's signatures go back to the message and the call they came with", () => {
    const reply = {
      id: "r1",
      choices: [
        {
          message: {
            role: "assistant",
            extra_content: { google: { thought: true } },
            tool_calls: [
              toolCall("a"),
              { ...toolCall("b"), extra_content: { google: { thought_signature: "s" } } },
            ],
          },
          finish_reason: "tool_calls",
        },
      ],
    };
    const provider = hosts.google_openai;
    const plan = provider.plan({ model: "m", messages: [user] }, contextOf("google_openai", "m"));
    const { message } = provider.parse(reply, plan).choices[0]!;
    const { sent } = sentBy("google_openai", "m", JSON.parse(JSON.stringify(message)));
    expect(sent).toEqual({ content: null, ...reply.choices[0]!.message });
  });

  test("reasoning that a host insists on has a stand-in; another provider's is never sent", () => {
    const turn = { content: "", tool_calls: [toolCall("a")] };
    const foreign = {
      ...turn,
      reasoning_content: "hm",
      provider_state: state("anthropic", "c", []),
    };
    expect(sentBy("deepseek", "m", turn).sent.reasoning_content).toBe("");
    expect(sentBy("deepseek", "m", foreign).sent.reasoning_content).toBe("");
    // Kimi takes an empty text for none: "reasoning_content is missing in assistant tool call message".
    expect(sentBy("moonshot", "kimi-k2.6", foreign).sent.reasoning_content).toBe(" ");
    expect(sentBy("moonshot", "kimi-k2.6", turn).sent.reasoning_content).toBe(" ");
    expect(sentBy("zai", "m", foreign).sent.reasoning_content).toBeUndefined();
    expect(sentBy("deepseek", "m", { content: "a" }).sent).toEqual({
      role: "assistant",
      content: "a",
    });
  });

  test("Mistral gets it as a part before the text", () => {
    expect(sentBy("mistral", "m", { content: "a", reasoning_content: "hm" }).sent.content).toEqual([
      { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
      { type: "text", text: "a" },
    ]);
  });
});

describe("any history gives a request that OpenAI's rules allow", () => {
  const id = fc.constantFrom("a", "b", "call_c", "");
  const message: fc.Arbitrary<Message> = fc.oneof(
    fc.record({
      role: fc.constantFrom("user" as const, "system" as const, "developer" as const),
      content: fc.string(),
    }),
    fc.record({
      role: fc.constant("tool" as const),
      tool_call_id: id,
      content: fc.constantFrom("1", ""),
    }),
    fc.record({
      role: fc.constant("assistant" as const),
      content: fc.constantFrom(null, "", "text", undefined),
      reasoning_content: fc.constantFrom(undefined, null, "hm"),
      tool_calls: fc.array(
        fc.record({
          id,
          type: fc.constant("function" as const),
          function: fc.record({
            name: fc.constantFrom("get", "a.b"),
            arguments: fc.constantFrom("{}", "{", ""),
          }),
        }),
        { maxLength: 2 },
      ),
    }),
  );

  test.each(["openai", "mistral", "deepseek", "openrouter"] as const)("%s", (prefix) => {
    const provider = prefix === "openai" ? openai : hosts[prefix];
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 8 }), (messages) => {
        const before = JSON.stringify(messages);
        const plan = provider.plan({ model: "m", messages }, contextOf(prefix, "m"));
        expect(JSON.stringify(messages)).toBe(before);
        let waiting: string[] = [];
        for (const wire of plan.body.messages as Wire[]) {
          if (wire.role === "tool") {
            expect(waiting).toContain(wire.tool_call_id);
            waiting.splice(waiting.indexOf(wire.tool_call_id as string), 1);
            continue;
          }
          expect(waiting).toEqual([]);
          expect(wire).not.toHaveProperty("provider_state");
          if (wire.role !== "assistant") continue;
          waiting = wire.tool_calls?.map((call) => call.id) ?? [];
          if (!wire.tool_calls) expect(wire.content ?? null).not.toBeNull();
          else expect(wire.tool_calls).not.toHaveLength(0);
          for (const call of wire.tool_calls ?? [])
            expect(call.function.name).toMatch(/^[\w-]{1,64}$/);
        }
        expect(waiting).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

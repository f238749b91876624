/** `fitMessages()`: as few of the oldest turns are left out as it takes, and what stays is a valid history. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ContextWindowExceededError,
  countTokens,
  fitMessages,
  InvalidRequestError,
  type Message,
} from "../src/index.ts";

const model = "openai/gpt-4o";
const text = (words: number) => "word ".repeat(words).trim();
const user = (words: number): Message => ({ role: "user", content: text(words) });
const assistant = (words: number): Message => ({ role: "assistant", content: text(words) });
const system = (words: number): Message => ({ role: "system", content: text(words) });
const call = (id: string): Message => ({
  role: "assistant",
  content: null,
  reasoning_content: "I look.",
  tool_calls: [{ id, type: "function", function: { name: "look", arguments: "{}" } }],
});
const result = (tool_call_id: string, words = 5): Message => ({
  role: "tool",
  tool_call_id,
  content: text(words),
});

describe("by hand", () => {
  const history = [
    system(5),
    user(200),
    assistant(200),
    user(20),
    call("a"),
    result("a"),
    assistant(9),
    user(5),
  ];

  test("what fits stays as it is", async () => {
    const fitted = await fitMessages({ model, messages: history });
    expect(fitted.messages).toEqual(history);
    expect(fitted.dropped).toEqual([]);
    // 128,000 and 16,384
    expect(fitted.limit).toBe(111_616);
  });

  test("the oldest turn goes, with its answer; the system message stays", async () => {
    const { messages, dropped } = await fitMessages(
      { model, messages: history },
      { maxTokens: 250 },
    );
    expect(dropped).toEqual(history.slice(1, 3));
    expect(messages).toEqual([history[0], ...history.slice(3)]);
  });

  test("a call goes with its result, and the turn that they are in", async () => {
    const { messages, dropped } = await fitMessages(
      { model, messages: history },
      { maxTokens: 90 },
    );
    expect(messages).toEqual([history[0], history[7]]);
    expect(dropped).toEqual(history.slice(1, 7));
  });

  test("a result that comes after another question keeps both", async () => {
    const late = [user(100), assistant(1), user(9), call("a"), user(9), result("a"), user(3)];
    const { messages } = await fitMessages({ model, messages: late }, { maxTokens: 180 });
    expect(messages).toEqual(late.slice(2));
    const least = await fitMessages({ model, messages: late }, { maxTokens: 60 });
    expect(least.messages).toEqual(late.slice(6));
  });

  test("what must stay and does not fit is an error before anything is sent", async () => {
    const error = await fitMessages({ model, messages: [user(500)] }, { maxTokens: 100 }).catch(
      (e) => e,
    );
    expect(error).toBeInstanceOf(ContextWindowExceededError);
    expect(error.message).toMatch(/the last turn have up to \d+ tokens, and 100 fit/);
  });

  test.each([
    ["the request's own limit is kept free", { max_tokens: 1000 }, {}, 127_000],
    ["or what one says", { max_tokens: 1000 }, { reserve: 28_000 }, 100_000],
    ["within a limit of one's own", {}, { maxTokens: 5000, reserve: 1000 }, 4000],
  ])("%s", async (_, more, options, limit) => {
    expect((await fitMessages({ model, messages: history, ...more }, options)).limit).toBe(limit);
  });

  test.each<[string, unknown, object?]>([
    ["a model whose window is not known", { model: "openai/gpt-99", messages: history }],
    ["no messages", { model }],
    ["nothing", undefined],
    ["a limit that is none", { model, messages: history }, { maxTokens: -1 }],
    ["half a token", { model, messages: history }, { reserve: 0.5 }],
  ])("%s is refused", async (_, input, options = {}) => {
    await expect(fitMessages(input as never, options)).rejects.toThrow(InvalidRequestError);
  });

  test("an unknown model fits a limit of one's own", async () => {
    const fitted = await fitMessages(
      { model: "openai/gpt-99", messages: history },
      { maxTokens: 90 },
    );
    expect(fitted.messages).toHaveLength(2);
  });
});

/** A valid history: turns of calls with all their results, then an answer. */
const round = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 60 }))
  .map(([calls, words]) => ({ calls, words }));
const turn = fc.record({
  words: fc.integer({ min: 1, max: 80 }),
  rounds: fc.array(round, { maxLength: 2 }),
  answered: fc.boolean(),
  systemAfter: fc.boolean(),
});
const histories = fc.array(turn, { minLength: 1, maxLength: 8 }).map((turns) => {
  let next = 0;
  const messages: Message[] = [system(5)];
  for (const { words, rounds, answered, systemAfter } of turns) {
    messages.push(user(words));
    for (const { calls, words } of rounds) {
      const ids = Array.from({ length: calls }, () => `call_${next++}`);
      const tool_calls = ids.map((id) => ({
        id,
        type: "function" as const,
        function: { name: "look", arguments: "{}" },
      }));
      messages.push({ role: "assistant", content: null, tool_calls, reasoning_content: "Hm." });
      messages.push(...ids.map((id) => result(id, words)));
    }
    if (answered) messages.push(assistant(3));
    if (systemAfter) messages.push(system(2));
  }
  return messages;
});

/** What a provider would refuse, by rules of its own: results without calls, calls without results. */
function invalidity(messages: readonly Message[]): string | undefined {
  let open = new Set<string>();
  for (const [at, message] of messages.entries()) {
    if (message.role === "tool") {
      if (!open.delete(message.tool_call_id)) return `${at}: a result without a call`;
      continue;
    }
    if (open.size) return `${at}: a call without its result`;
    if (message.role === "assistant") open = new Set(message.tool_calls?.map(({ id }) => id));
  }
  if (open.size) return "a call without its result at the end";
  const first = messages.find(({ role }) => role !== "system");
  return first?.role === "user" ? undefined : "does not begin with the user";
}

describe("any history", () => {
  test("stays valid, in order, and loses only its oldest turns, no more than it must", async () => {
    await fc.assert(
      fc.asyncProperty(
        histories,
        fc.integer({ min: 20, max: 900 }),
        async (messages, maxTokens) => {
          expect(invalidity(messages)).toBeUndefined();
          const fitted = await fitMessages({ model, messages }, { maxTokens }).catch((error) => {
            expect(error).toBeInstanceOf(ContextWindowExceededError);
          });
          const users = messages.filter(({ role }) => role === "user");
          if (!fitted) {
            const last = messages.lastIndexOf(users.at(-1)!);
            const least = messages.filter(({ role }, at) => role === "system" || at >= last);
            const { tokens, error } = await countTokens({ model, messages: least });
            expect(tokens * (1 + error)).toBeGreaterThan(maxTokens);
            return;
          }
          const { messages: kept, dropped } = fitted;
          expect(invalidity(kept)).toBeUndefined();
          // Every message is in one of the two, in its order, itself.
          expect(messages.filter((message) => kept.includes(message))).toEqual(kept);
          expect(messages.filter((message) => !kept.includes(message))).toEqual(dropped);
          expect(dropped.some(({ role }) => role === "system")).toBe(false);
          expect(kept).toContain(users.at(-1));
          const { tokens, error } = await countTokens({ model, messages: kept });
          expect([tokens, error]).toEqual([fitted.tokens, fitted.error]);
          expect(tokens * (1 + error)).toBeLessThanOrEqual(maxTokens);
          const lost = users.filter((message) => dropped.includes(message));
          expect(lost).toEqual(users.slice(0, lost.length));
          if (!lost.length) return;
          // One turn more would have been too much.
          const from = messages.indexOf(lost.at(-1)!);
          const more = messages.filter(({ role }, at) => role === "system" || at >= from);
          const one = await countTokens({ model, messages: more });
          expect(one.tokens * (1 + one.error)).toBeGreaterThan(maxTokens);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Whatever the history and its marks: the rules of marks hold, and a conversation that grows keeps its beginning. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CompletionInput, createClient, type Message } from "../../src/index.ts";
import { bare, hour, manual, mark, said, system, tool, user } from "./support.ts";

const { explain } = createClient({ logLevel: "off" });

type Json = { [key: string]: unknown };
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const marks = maybe(fc.constantFrom(mark, hour));
const text = fc.constantFrom("Hi", "", " ", manual.slice(0, 3000), "Grüß dich 👋");

/** An object without the keys that are undefined. */
const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;

const part = fc
  .record({ type: fc.constant("text" as const), text, cache_control: marks })
  .map(defined);
const content = fc.oneof(text, fc.array(part, { maxLength: 4 }));
const thinking = maybe(
  fc.constant([
    { type: "thinking" as const, thinking: "Hm", signature: "c2ln", cache_control: mark },
  ]),
);
const state = maybe(
  fc.constant([
    {
      provider: "anthropic",
      model: "claude-sonnet-4-5",
      endpoint: "messages",
      items: [
        { type: "thinking", thinking: "Hm", signature: "c2ln", cache_control: mark },
        { type: "text", text: "Hi" },
      ],
    },
  ]),
);
const call = { id: "c1", type: "function" as const, function: { name: "look", arguments: "{}" } };
const message = fc.oneof(
  fc.record({ role: fc.constant("system" as const), content, cache_control: marks }),
  fc.record({ role: fc.constant("user" as const), content, cache_control: marks }),
  fc.record({
    role: fc.constant("assistant" as const),
    content: fc.oneof(text, fc.constant("Hi")),
    thinking_blocks: thinking,
    provider_state: state,
    tool_calls: maybe(fc.constant([call])),
    cache_control: marks,
  }),
  fc.record({
    role: fc.constant("tool" as const),
    tool_call_id: fc.constant("c1"),
    content,
    cache_control: marks,
  }),
);
const place = fc.oneof(
  fc.constantFrom("tools" as const, "system" as const),
  fc.integer({ min: -9, max: 9 }),
);
const option = maybe(
  fc.oneof(
    fc.constantFrom("auto" as const, "off" as const),
    fc
      .record({
        ttl: maybe(fc.constantFrom("5m" as const, "30m" as const, "1h" as const, "24h" as const)),
        breakpoints: maybe(fc.array(place, { maxLength: 7 })),
      })
      .map(defined),
  ),
);
const input = fc
  .record({
    messages: fc.array(message.map(defined), { minLength: 1, maxLength: 9 }),
    tools: maybe(
      fc
        .array(
          fc
            .tuple(fc.constantFrom("a", "b", "c"), marks)
            .map(([name, cache_control]) => defined({ ...tool(name), cache_control })),
          { maxLength: 3 },
        )
        .map((tools) => [...new Map(tools.map((one) => [one.function.name, one])).values()]),
    ),
    cache_control: maybe(fc.constant(mark)),
    promptCaching: option,
  })
  .map((made) => defined(made) as unknown as Omit<CompletionInput, "model">);

/** Every block that carries a mark, in the order in which the API reads them, written apart from the code. */
function markedBlocks(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(markedBlocks);
  if (typeof value !== "object" || value === null) return [];
  const block = value as Json;
  return [...markedBlocks(block.content), ...(block.cache_control ? [block] : [])];
}

test("Claude: four marks at most, hours before minutes, none on thinking or empty text", async () => {
  const model = fc.constantFrom("claude-sonnet-4-5", "claude-opus-5", "claude-haiku-4-5");
  await fc.assert(
    fc.asyncProperty(model, input, async (name, made) => {
      const { body, cache } = await explain({
        ...made,
        model: `anthropic/${name}`,
      } as CompletionInput);
      const { tools = [], system = [], messages } = body as { [key: string]: Json[] };
      const blocks = [...markedBlocks(tools), ...markedBlocks(system), ...markedBlocks(messages)];
      const whole = body.cache_control ? 1 : 0;
      expect(blocks.length + whole).toBeLessThanOrEqual(4);
      expect(cache!.marks).toHaveLength(blocks.length + whole);
      const ttls = blocks.map(({ cache_control }) => (cache_control as Json).ttl ?? "5m");
      expect(ttls.join()).toMatch(/^(1h,?)*(5m,?)*$/);
      for (const { type, text } of blocks) {
        expect(String(type)).not.toMatch(/thinking/);
        if (type === "text") expect(String(text).trim()).not.toBe("");
      }
      if (made.promptCaching === "off") expect(cache!.marks).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test("OpenAI: no mark is left, each breakpoint stands on a part that may carry it", async () => {
  const model = fc.constantFrom("gpt-4.1", "chat/gpt-5.6-sol", "responses/gpt-6.2");
  await fc.assert(
    fc.asyncProperty(model, input, async (name, { cache_control: _, ...made }: Json) => {
      const given = { ...made, model: `openai/${name}` } as unknown as CompletionInput;
      const { body } = await explain(given);
      const sent = JSON.stringify(body);
      expect(sent).not.toContain("cache_control");
      if (name === "gpt-4.1" || made.promptCaching === "off")
        expect(sent).not.toContain("breakpoint");
      for (const one of (body.messages ?? body.input) as Json[]) {
        if (one.role === "assistant") expect(JSON.stringify(one)).not.toContain("breakpoint");
        expect(one.prompt_cache_breakpoint).toBeUndefined();
      }
      for (const one of (body.tools ?? []) as Json[]) {
        expect(JSON.stringify(one)).not.toContain("breakpoint");
      }
    }),
    { numRuns: 300 },
  );
});

describe("a conversation that grows", () => {
  /** Turns of an agent: answers, calls with their results, more questions. */
  const step = fc.oneof(
    fc
      .record({ asked: fc.constantFrom("And Paris?", manual.slice(0, 900)) })
      .map(({ asked }): Message[] => [said("It costs $799."), user(asked)]),
    fc.integer({ min: 1, max: 3 }).map((count): Message[] => {
      const calls = Array.from({ length: count }, (_, at) => ({ ...call, id: `c${at}` }));
      return [
        { role: "assistant", content: null, tool_calls: calls },
        ...calls.map(({ id }): Message => ({ role: "tool", tool_call_id: id, content: "$799" })),
      ];
    }),
  );

  test.each([
    "anthropic/claude-sonnet-4-5",
    "openrouter/anthropic/claude-sonnet-4.5",
    "openai/chat/gpt-5.6-sol",
  ])("%s: what was marked last is there again, unchanged, and marked", async (model) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
        let messages: Message[] = [system, user("London?")];
        let before:
          | { body: Json; cache?: { marks: { place: string }[]; key?: string } }
          | undefined;
        for (const more of [[], ...steps]) {
          // Ids are of one turn: the API wants them answered in it.
          messages = [...messages, ...more];
          const tools = [tool("look"), tool("buy")];
          const reasoning_effort = "none" as const;
          const input = { model, messages, tools, promptCaching: "auto" as const };
          const now = await explain(model.includes("gpt") ? { ...input, reasoning_effort } : input);
          if (before) {
            const places = now.cache!.marks.map(({ place }) => place);
            const last = before.cache!.marks.at(-1)!.place;
            expect(places).toContain(last);
            const upTo = Number(/^messages\[(\d+)\]/.exec(last)?.[1] ?? -1) + 1;
            const [was, is] = [bare(before.body), bare(now.body)] as { [key: string]: Json[] }[];
            expect(is!.messages!.slice(0, upTo)).toEqual(was!.messages!.slice(0, upTo));
            expect([is!.tools, is!.system]).toEqual([was!.tools, was!.system]);
            expect(now.cache!.key).toBe(before.cache!.key);
          }
          before = now;
        }
      }),
      { numRuns: 60 },
    );
  });
});

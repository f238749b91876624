/** `reply.cache`: what the simulated cache read and wrote, what that saved, and what broke it. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { type CompletionInput, createClient, type Message } from "../../src/index.ts";
import { simulated } from "../support/simulated.ts";
import { mark, said, system, tool, user } from "./support.ts";

const { sim } = await simulated();

const info: string[] = [];
const logger = { debug() {}, info: (line: string) => void info.push(line), warn() {}, error() {} };
let client = createClient();
beforeEach(() => {
  info.length = 0;
  client = createClient({ providers: sim.providers, logger, logLevel: "info" });
});

const sonnet = "anthropic/claude-sonnet-4-5";
const auto = { promptCaching: "auto" } as const;
const first = [system, user("Hi")];
/** A talk of some length, 4 turns of 2,000 letters each. */
const long = [
  system,
  user("Hi"),
  said("Hello"),
  ...[1, 2].flatMap((at) => [user(`${at}? `.repeat(500)), said(`${at}! `.repeat(500))]),
  user("And Paris?"),
];
const second = [...first, said("Hello"), user("How much is London?")];

const ask = (input: Omit<CompletionInput, "model"> & { model?: string }) =>
  client.completion({ model: sonnet, ...auto, ...input, stream: false });

describe("what the cache did", () => {
  test("Claude: written, then read, and the saving by hand from the catalogue's prices", async () => {
    const one = await ask({ messages: first });
    const prompt = one.usage!.prompt_tokens;
    expect(prompt).toBeGreaterThan(2000);
    expect(one.cache).toMatchObject({ read: 0, written: prompt, uncached: 0, hitRate: 0 });
    // Sonnet 4.5: input $3, write $3.75, read $0.30 for a million.
    expect(one.cache!.saved).toBeCloseTo((prompt * (3 - 3.75)) / 1e6, 12);
    expect(one.cost!.total).toBeCloseTo(
      (prompt * 3.75 + one.usage!.completion_tokens * 15) / 1e6,
      12,
    );
    const two = await ask({ messages: second });
    const { read, written, uncached, hitRate, saved, broken } = two.cache!;
    expect(read).toBe(prompt);
    expect(read + written + uncached).toBe(two.usage!.prompt_tokens);
    expect(hitRate).toBe(read / two.usage!.prompt_tokens);
    expect(saved).toBeCloseTo((read * 2.7 - written * 0.75) / 1e6, 12);
    expect(broken).toBeUndefined();
    expect(info).toEqual([]);
  });

  test("an hour's write has its own price", async () => {
    const { cache, usage } = await ask({ messages: first, promptCaching: { ttl: "1h" } });
    expect(usage!.prompt_tokens_details!.cache_write_1h_tokens).toBe(cache!.written);
    // Sonnet 4.5 writes for an hour at $6.
    expect(cache!.saved).toBeCloseTo((cache!.written * (3 - 6)) / 1e6, 12);
  });

  test.each([
    // input and cached, dollars for a million, as their makers list them.
    ["openai/gpt-4.1", 2, 0.5],
    ["openai/responses/gpt-4.1", 2, 0.5],
    ["gemini/gemini-2.5-flash", 0.3, 0.03],
  ])("%s: read by itself, and saved", async (model, input, cached) => {
    const one = await ask({ model, messages: first });
    expect(one.cache).toEqual({
      read: 0,
      written: 0,
      uncached: one.usage!.prompt_tokens,
      hitRate: 0,
      saved: 0,
    });
    const two = await ask({ model, messages: second });
    expect(two.cache!.read).toBeGreaterThan(2000);
    expect(two.cache!.saved).toBeCloseTo((two.cache!.read * (input - cached)) / 1e6, 12);
    expect(two.cache!.broken).toBeUndefined();
  });

  test("GPT-5.6 on: writes cost, and are counted", async () => {
    const model = "openai/chat/gpt-6-luna";
    const one = await ask({ model, messages: first });
    expect(one.cache).toMatchObject({ read: 0, written: one.usage!.prompt_tokens });
    const two = await ask({ model, messages: second });
    expect(two.cache!.read).toBe(one.usage!.prompt_tokens);
    // gpt-6-luna: input $0.10, cached $0.01, written $0.125 for a million.
    const { read, written } = two.cache!;
    expect(two.cache!.saved).toBeCloseTo((read * 0.09 - written * 0.025) / 1e6, 12);
  });

  test("off: nothing is read or written where a provider can be told", async () => {
    for (const model of [sonnet, "openai/chat/gpt-6-luna"]) {
      await ask({ model, messages: first });
      const { cache } = await ask({ model, messages: second, promptCaching: "off" });
      expect(cache).toMatchObject({ read: 0, written: 0, saved: 0 });
      expect(cache!.broken).toBeUndefined();
    }
  });

  test("a stream's final() says the same, and without the option the counts are there, too", async () => {
    await ask({ messages: first });
    const stream = await client.completion({
      model: sonnet,
      messages: second,
      ...auto,
      stream: true,
    });
    const { cache } = await stream.final();
    expect(cache!.read).toBeGreaterThan(2000);
    expect(cache!.saved).toBeGreaterThan(0);
    const marked = [{ ...system, cache_control: mark }, user("Bye")] as Message[];
    const plain = await client.completion({ model: sonnet, messages: marked });
    expect(plain.cache!.read).toBeGreaterThan(2000);
  });

  test("a provider that says nothing of a cache gives no report", async () => {
    const reply = await ask({ model: "ollama/llama3.2", messages: first });
    expect(reply.cache).toBeUndefined();
  });

  test("a client of core alone says what it lacks", async () => {
    const { createClient: core } = await import("@polycall/core");
    const { anthropic } = await import("@polycall/anthropic");
    const bare = core({
      adapters: { anthropic },
      providers: { anthropic: sim.providers.anthropic },
    });
    const input = { model: sonnet, messages: first };
    await expect(bare.completion({ ...input, ...auto })).rejects.toThrow(/promptCaches/);
    expect((await bare.completion(input)).cache).toBeUndefined();
  });
});

describe("what broke it", () => {
  const look = tool("look");
  const buy = tool("buy");

  /** The break of a second call after a first one that wrote. */
  async function broken(
    before: Partial<CompletionInput>,
    after: Partial<CompletionInput>,
    minutes = 0,
  ) {
    const one = await ask({ messages: first, ...before });
    vi.setSystemTime(Date.now() + minutes * 60_000);
    const two = await ask({ messages: second, ...after });
    const cause = two.cache?.broken;
    if (cause) {
      expect(cause.lost).toBe(one.cache!.read + one.cache!.written - two.cache!.read);
      expect(info).toEqual([expect.stringContaining(cause.reason)]);
    }
    return cause;
  }

  test.each<[string, Partial<CompletionInput>, Partial<CompletionInput>, object]>([
    [
      "the order of the tools",
      { tools: [look, buy] },
      { tools: [buy, look] },
      { kind: "tools", reason: "the tools are in another order", where: "tools[0]" },
    ],
    [
      "a tool",
      { tools: [look, buy] },
      { tools: [look, tool("buy", "Buys it.")] },
      { kind: "tools", reason: "the tool buy changed", where: "tools[1]" },
    ],
    [
      "a tool more",
      { tools: [look] },
      { tools: [look, buy] },
      { kind: "tools", reason: "the tool buy was added", where: "tools[1]" },
    ],
    [
      "a tool less",
      { tools: [look, buy] },
      { tools: [buy] },
      { kind: "tools", reason: "the tool look is gone", where: "tools[0]" },
    ],
    [
      "a time in the system prompt",
      {
        messages: [
          { ...system, content: `${"x".repeat(812)}09:15 ${system.content}` } as Message,
          user("Hi"),
        ],
      },
      {
        messages: [
          { ...system, content: `${"x".repeat(812)}09:16 ${system.content}` } as Message,
          ...second.slice(1),
        ],
      },
      {
        kind: "system",
        reason: "the system prompt differs between its characters 800 and 832",
        where: "characters 800 to 832 of the system prompt",
      },
    ],
    [
      "an edited message",
      { messages: long },
      { messages: [system, user("Good day"), ...long.slice(2), said("$1"), user("And Oslo?")] },
      { kind: "messages", reason: "messages[0] changed", where: "messages[0]" },
    ],
    [
      "messages that fell out at the front",
      { messages: long },
      { messages: [system, ...long.slice(3), said("$1"), user("And Oslo?")] },
      { kind: "messages", reason: "2 messages before it are gone", where: "messages[0]" },
    ],
    [
      "messages that were taken back",
      { messages: long },
      { messages: long.slice(0, 3) },
      { kind: "messages", reason: "the messages after this one are gone", where: "messages[2]" },
    ],
    [
      "another model",
      {},
      { model: "anthropic/claude-sonnet-4-6" },
      { kind: "model", reason: "the model changed from claude-sonnet-4-5 to claude-sonnet-4-6" },
    ],
    [
      "no mark any more",
      {},
      { promptCaching: { breakpoints: [] } },
      { kind: "marks", reason: "the request has no cache mark any more" },
    ],
  ])("%s", async (_, before, after, cause) => {
    expect(await broken(before, after)).toMatchObject(cause);
  });

  test("a lifetime that had passed", async () => {
    expect(await broken({}, {}, 6)).toMatchObject({
      kind: "expired",
      reason: "the entry's lifetime of 5 minutes had passed",
    });
  });

  test("marks that have moved on are no change", async () => {
    const parts = ["And", "Paris?"].map((text) => ({ type: "text" as const, text }));
    const asked: Message[] = [...long.slice(0, -1), { role: "user", content: parts }];
    const later = [...asked, said("$1"), user("Oslo?"), said("$2"), user("Rome?")];
    expect(await broken({ messages: asked }, { messages: later }, 6)).toMatchObject({
      kind: "expired",
    });
  });

  test("an hour's entry is there after six minutes", async () => {
    const long = { promptCaching: { ttl: "1h" } } as const;
    expect(await broken(long, long, 6)).toBeUndefined();
  });

  test("a provider that forgot", async () => {
    await ask({ messages: first });
    sim.reset();
    const { cache } = await ask({ messages: second });
    expect(cache!.broken).toMatchObject({
      kind: "provider",
      reason: "nothing in the request changed: the provider did not hit",
    });
  });

  test("another key at a provider that routes by it", async () => {
    const model = "openai/chat/gpt-6-luna";
    const key = (key: string) => ({ model, promptCaching: { key } }) as const;
    await ask({ messages: first, ...key("a") });
    sim.reset();
    const { cache } = await ask({ messages: second, ...key("b") });
    expect(cache!.broken).toMatchObject({ kind: "key", reason: "the cache key changed" });
  });

  test("a tool choice, which is part of what Claude caches", async () => {
    const tools = [look];
    await ask({ messages: first, tools });
    sim.reset();
    const { cache } = await ask({ messages: second, tools, tool_choice: "required" });
    expect(cache!.broken).toMatchObject({ kind: "settings", where: "tool_choice" });
  });

  test("a prompt that has become too short", async () => {
    await ask({ messages: [user(String(system.content)), said("Noted"), user("London?")] });
    const { cache } = await ask({ messages: [said("Noted"), user("London?")] });
    expect(cache!.broken).toMatchObject({
      kind: "minimum",
      reason: "the prompt is shorter than the 1024 tokens that are cached here",
    });
  });

  test("OpenAI of before 5.6, which never says what it wrote: a change is told, a miss alone is not", async () => {
    const model = "openai/gpt-4.1";
    const timed = (time: string, rest: Message[]) => [
      { role: "system", content: `${time} ${system.content}` } as Message,
      ...rest,
    ];
    const one = await ask({ model, messages: timed("09:15", first.slice(1)) });
    const two = await ask({ model, messages: timed("09:16", second.slice(1)) });
    expect(two.cache).toMatchObject({ read: 0 });
    expect(two.cache!.broken).toEqual({
      kind: "system",
      reason: "the system prompt differs between its characters 0 and 32",
      where: "characters 0 to 32 of the system prompt",
      lost: one.usage!.prompt_tokens,
    });
    sim.reset();
    const three = await ask({ model, messages: timed("09:16", second.slice(1)) });
    expect(three.cache!.broken).toBeUndefined();
  });

  test("nothing is broken by a new talk, another agent, or a talk that goes on after another", async () => {
    const reports = [];
    reports.push(await ask({ messages: first }));
    reports.push(await ask({ messages: [system, user("A new talk")] }));
    const other = { role: "system", content: "Another clerk says no. ".repeat(600) } as const;
    reports.push(await ask({ messages: [other, user("Hi there")] }));
    reports.push(await ask({ messages: second }));
    reports.push(await ask({ messages: [other, user("Hi there"), said("No."), user("Why?")] }));
    reports.push(await ask({ messages: [...second, said("$100"), user("Thanks")] }));
    expect(reports.map(({ cache }) => cache!.broken)).toEqual(Array(6).fill(undefined));
    expect(reports.at(-1)!.cache!.read).toBeGreaterThan(2000);
  });

  test("nothing is broken by calls at the same time, or by the same question to other agents", async () => {
    // What the first one writes is there when its reply has begun, too late for the others.
    const usage = { input_tokens: 0, cache_creation_input_tokens: 3000, output_tokens: 1 };
    const message = { id: "m", type: "message", role: "assistant", model: "claude-sonnet-4-5" };
    const reply = { ...message, content: [{ type: "text", text: "Hi" }], usage };
    let ms = 0;
    const fetch = async () => {
      ms += 10;
      await new Promise((resolve) => setTimeout(resolve, ms));
      vi.setSystemTime(Date.now() + 1000);
      return Response.json({ ...reply, stop_reason: "end_turn" });
    };
    const together = await Promise.all([1, 2, 3].map(() => ask({ messages: first, fetch })));
    expect(together.map(({ cache }) => cache!.broken)).toEqual([undefined, undefined, undefined]);
    const agents = ["clerk", "critic", "judge"].map((who): Message => {
      return { role: "system", content: `You are the ${who}. `.repeat(900) };
    });
    const asked = [];
    for (const agent of agents) asked.push(await ask({ messages: [agent, user("Is it so?")] }));
    expect(asked.map(({ cache }) => cache!.broken)).toEqual([undefined, undefined, undefined]);
  });

  test("a time of another length in a line of its own is found from the second turn on", async () => {
    const timed = (time: string): Message => ({
      role: "system",
      content: `It is ${time}.\n${system.content}`,
    });
    const cause = await broken(
      { messages: [timed("9:59"), user("Hi")] },
      { messages: [timed("10:00"), ...second.slice(1)] },
    );
    expect(cause).toMatchObject({
      kind: "system",
      reason: "the system prompt differs between its characters 0 and 32",
    });
  });

  test("clients do not know of each other", async () => {
    await ask({ messages: first, tools: [look, buy] });
    client = createClient({ providers: sim.providers, logger, logLevel: "info" });
    const { cache } = await ask({ messages: first, tools: [buy, look] });
    expect(cache!.broken).toBeUndefined();
  });

  test("without the option nothing is remembered", async () => {
    const marked = (content: string): Message[] => [
      { role: "system", content, cache_control: mark },
      user("Hi"),
    ];
    await client.completion({ model: sonnet, messages: marked(String(system.content)) });
    const messages = marked(`!${system.content}`);
    const { cache } = await client.completion({ model: sonnet, messages });
    expect(cache!.read).toBe(0);
    expect(cache!.broken).toBeUndefined();
  });
});

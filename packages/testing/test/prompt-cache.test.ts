/** The simulated prompt caches: what is read and written, told in each service's own words. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Simulator, simulator } from "../src/index.ts";
import { type Post, poster } from "./validate/ask.ts";

let sim: Simulator;
let post: Post;
beforeAll(async () => {
  sim = await simulator();
  post = poster(sim);
});
beforeEach(() => {
  sim.reset();
  vi.useRealTimers();
});
afterAll(() => sim.close());

/** 2,000 words of up to eight letters: as many of the simulator's tokens. */
const long = `${"city ".repeat(1999)}city`;
const user = (content: unknown) => ({ role: "user", content });
const mark = (ttl?: string) => ({ type: "ephemeral", ...(ttl && { ttl }) });
const block = (text: string, cache_control?: object) => ({
  type: "text",
  text,
  ...(cache_control && { cache_control }),
});
const claude = (system: unknown, ...messages: unknown[]) => ({
  model: "claude-sonnet-4-5",
  max_tokens: 50,
  system,
  messages,
});
const messages = async (body: object) => {
  const { body: reply } = await post("anthropic", "/v1/messages", body);
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, cache_creation } =
    reply.usage;
  return {
    uncached: input_tokens,
    read: cache_read_input_tokens,
    written: cache_creation_input_tokens,
    hour: cache_creation.ephemeral_1h_input_tokens,
  };
};

test("Claude reads what stood before a mark, and writes what is new up to the last", async () => {
  const one = await messages(claude([block(long, mark())], user("Hi")));
  expect(one.read).toBe(0);
  expect(one.written).toBeGreaterThan(1900);
  expect(one.uncached).toBeGreaterThan(0);
  const two = await messages(claude([block(long, mark())], user([block(`${long}?`, mark("5m"))])));
  expect(two).toMatchObject({ read: one.written, uncached: 0, hour: 0 });
  expect(two.written).toBeGreaterThan(1900);
  const other = await messages(claude([block(`${long}!`, mark())], user("Hi")));
  expect(other.read).toBe(0);
});

test("without a mark, below the minimum, or for another model nothing is read", async () => {
  await messages(claude([block(long, mark())], user("Hi")));
  expect(await messages(claude([block(long)], user("Hi")))).toMatchObject({ read: 0, written: 0 });
  const short = claude([block("Be brief.", mark())], user("Hi"));
  expect(await messages(short)).toMatchObject({ read: 0, written: 0 });
  const haiku = { ...claude([block(long, mark())], user("Hi")), model: "claude-haiku-4-5" };
  expect(await messages(haiku)).toMatchObject({ read: 0, written: 0 });
});

test("an entry lasts five minutes from its last use, or an hour", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const brief = claude([block(long, mark())], user("Hi"));
  const lasting = claude([block(`${long}.`, mark("1h"))], user("Hi"));
  const { written } = await messages(brief);
  expect((await messages(lasting)).hour).toBeGreaterThan(1900);
  for (const minutes of [4, 4]) {
    vi.setSystemTime(Date.now() + minutes * 60_000);
    expect((await messages(brief)).read).toBe(written);
  }
  vi.setSystemTime(Date.now() + 6 * 60_000);
  expect((await messages(brief)).read).toBe(0);
  expect((await messages(lasting)).read).toBeGreaterThan(1900);
});

test("a mark looks back over twenty blocks for an older entry", async () => {
  const turns = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      role: at % 2 ? "assistant" : "user",
      content: `turn ${at}`,
    }));
  const { written } = await messages(claude([block(long, mark())], user("Hi")));
  const near = claude([block(long)], ...turns(18), user([block("Hi", mark())]));
  expect((await messages(near)).read).toBe(written);
  const far = claude([block(long)], ...turns(22), user([block("Bye", mark())]));
  expect((await messages(far)).read).toBe(0);
});

const chat = async (provider: string, path: string, body: object) =>
  (await post(provider, path, body)).body.usage;

test("OpenAI caches by itself, in steps of 128; from 5.6 on it says what it wrote", async () => {
  const older = { model: "gpt-4.1", messages: [{ role: "system", content: long }, user("Hi")] };
  const one = await chat("openai", "/chat/completions", older);
  expect(one.prompt_tokens_details).toEqual({ cached_tokens: 0, audio_tokens: 0 });
  const two = await chat("openai", "/chat/completions", {
    ...older,
    messages: [...older.messages.slice(0, 1), user("Another question")],
  });
  expect(two.prompt_tokens_details.cached_tokens % 128).toBe(0);
  expect(two.prompt_tokens_details.cached_tokens).toBeGreaterThan(1800);
  const newer = { model: "gpt-5.6-sol", input: [user(long)] };
  const three = await chat("openai", "/responses", newer);
  expect(three.input_tokens_details).toEqual({
    cached_tokens: 0,
    cache_write_tokens: three.input_tokens,
  });
  const four = await chat("openai", "/responses", {
    ...newer,
    input: [user(long), { role: "assistant", content: "Yes" }, user("Why?")],
  });
  expect(four.input_tokens_details.cached_tokens).toBe(three.input_tokens);
  const explicit = { ...newer, prompt_cache_options: { mode: "explicit" } };
  const five = await chat("openai", "/responses", explicit);
  expect(five.input_tokens_details).toEqual({ cached_tokens: 0 });
});

test("DeepSeek says hits and misses, Gemini what it read, Mistral nothing without a key", async () => {
  const request = { model: "deepseek-chat", messages: [user(long)] };
  await chat("deepseek", "/chat/completions", request);
  const hit = await chat("deepseek", "/chat/completions", request);
  expect(hit.prompt_cache_hit_tokens).toBeGreaterThan(1900);
  expect(hit.prompt_cache_hit_tokens + hit.prompt_cache_miss_tokens).toBe(hit.prompt_tokens);
  const path = "/v1beta/models/gemini-2.5-flash:generateContent";
  const contents = { contents: [{ role: "user", parts: [{ text: `${long} ${long}` }] }] };
  expect((await post("gemini", path, contents)).body.usageMetadata).not.toHaveProperty(
    "cachedContentTokenCount",
  );
  const { usageMetadata } = (await post("gemini", path, contents)).body;
  expect(usageMetadata.cachedContentTokenCount).toBeGreaterThan(3900);
  const mistral = { ...request, model: "mistral-large-latest" };
  const read = async (more: object) => {
    await chat("mistral", "/chat/completions", { ...mistral, ...more });
    const usage = await chat("mistral", "/chat/completions", { ...mistral, ...more });
    return usage.prompt_tokens_details.cached_tokens;
  };
  expect(await read({})).toBe(0);
  expect(await read({ prompt_cache_key: "k" })).toBeGreaterThan(1800);
});

test("a short prompt whose usage is scripted has that usage each time", async () => {
  const usage = { input: 12_000, output: 5, reasoning: 0 };
  sim.script([1, 2].map(() => ({ text: "Hi", usage })));
  for (const _ of [1, 2]) {
    const body = { model: "gpt-4.1", messages: [user("Hi")] };
    expect(await chat("openai", "/chat/completions", body)).toMatchObject({
      prompt_tokens: 12_000,
      prompt_tokens_details: { cached_tokens: 0 },
    });
  }
});

test.each<[string, object, string]>([
  [
    "a fifth mark",
    claude(
      [1, 2, 3, 4, 5].map((at) => block(`${at}`, mark())),
      user("Hi"),
    ),
    "A maximum of 4 blocks with cache_control may be provided. Found 5.",
  ],
  [
    "a fifth mark, one of them automatic",
    {
      ...claude(
        [1, 2, 3, 4].map((at) => block(`${at}`, mark())),
        user("Hi"),
      ),
      cache_control: mark(),
    },
    "A maximum of 4 blocks with cache_control may be provided. Found 5.",
  ],
  [
    "an hour after five minutes",
    claude([block("a", mark())], user([block("b"), block("c", mark("1h"))])),
    "messages.0.content.1.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: `tools`, `system`, `messages`.",
  ],
])("Claude refuses %s", async (_, body, message) => {
  const refused = await post("anthropic", "/v1/messages", body);
  expect({ status: refused.status, message: refused.body.error.message }).toEqual({
    status: 400,
    message,
  });
});

test("OpenAI refuses both lifetimes at once, Gemini a system instruction beside a cached content", async () => {
  const both = await post("openai", "/chat/completions", {
    model: "gpt-5.6-sol",
    messages: [user("Hi")],
    prompt_cache_options: { ttl: "30m" },
    prompt_cache_retention: "24h",
  });
  expect(both.status).toBe(400);
  expect(both.body.error.param).toBe("prompt_cache_retention");
  const beside = await post("gemini", "/v1beta/models/gemini-2.5-flash:generateContent", {
    cachedContent: "cachedContents/a",
    systemInstruction: { parts: [{ text: "Be brief." }] },
    contents: [{ role: "user", parts: [{ text: "Hi" }] }],
  });
  expect(beside.status).toBe(400);
  expect(beside.body.error.message).toMatch(/^CachedContent can not be used with GenerateContent/);
});

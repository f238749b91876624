import { Readable } from "node:stream";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { retry } from "../src/index.ts";
import { type CompletionChunk, completionText } from "./support/chunks.ts";
import { chunk, messages, type Reply, reply, sse, stream, wire } from "./support/wire.ts";

const model = "alpha/m";
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const events = [chunk("Hel"), chunk("lo"), chunk("", "stop"), { ...chunk(""), choices: [], usage }];
const whole = [...events, "[DONE]"];

describe("a stream", () => {
  test("gives OpenAI's chunks, then the whole reply", async () => {
    const { client, requests } = await wire([stream(whole), reply("Hello")]);
    const { completion } = client();
    const chunks = await completion({ model, messages, stream: true });
    const seen: CompletionChunk[] = [];
    for await (const piece of chunks) seen.push(piece);
    expect(seen).toEqual(events);
    expect(requests[0]!.body.stream).toBe(true);
    const streamed = await chunks.final();
    const plain = await completion({ model, messages });
    const { attempts: _, ...rest } = streamed;
    const { attempts: __, ...expected } = plain;
    expect(rest).toEqual(expected);
    expect(JSON.stringify(streamed)).toBe(JSON.stringify(plain));
  });

  test("final() alone reads it all; textStream gives the text", async () => {
    const { client } = await wire([stream(whole), stream(whole)]);
    const { completion } = client();
    const first = await completion({ model, messages, stream: true });
    expect((await first.final()).text).toBe("Hello");
    expect(await completionText(await completion({ model, messages, stream: true }))).toBe("Hello");
  });

  test("textStream is the first choice's, whichever comes first", async () => {
    const of = (index: number, content: string) => {
      const whole = chunk(content);
      return { ...whole, choices: [{ ...whole.choices[0]!, index }] };
    };
    const both = [of(1, "B"), of(0, "A"), of(1, "B"), of(0, "A"), chunk("", "stop"), "[DONE]"];
    const { client } = await wire([stream(both)]);
    const chunks = await client().completion({ model, messages, stream: true });
    expect(await completionText(chunks)).toBe("AA");
  });

  test("is read once", async () => {
    const { client } = await wire([stream(whole)]);
    const chunks = await client().completion({ model, messages, stream: true });
    await completionText(chunks);
    expect(() => chunks[Symbol.asyncIterator]()).toThrow("read once");
  });

  test("ends at [DONE] though the server keeps the connection open", async () => {
    const { client } = await wire([stream(whole, "hang")]);
    const chunks = await client().completion({ model, messages, stream: true });
    expect(await completionText(chunks)).toBe("Hello");
  });

  test("ends well without [DONE] once the provider said why it stopped", async () => {
    const { client } = await wire([stream(events)]);
    const chunks = await client().completion({ model, messages, stream: true });
    expect((await chunks.final()).usage).toEqual(usage);
  });

  test("ends soon once the provider is done, though neither [DONE] nor the end of the bytes comes", async () => {
    const { client, closed } = await wire([stream(events, "hang")]);
    const chunks = await client().completion({ model, messages, stream: true });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const final = chunks.final();
    await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
    await vi.advanceTimersByTimeAsync(5000); // Far below the idle timeout.
    expect(await final).toMatchObject({ text: "Hello", usage });
    await vi.waitFor(() => expect(closed).toHaveLength(1));
  });

  test("that breaks off before its end is an error with what had come", async () => {
    const { client } = await wire([stream([chunk("Hel")])]);
    const chunks = await client().completion({ model, messages, stream: true });
    await expect(chunks.final()).rejects.toMatchObject({
      name: "APIConnectionError",
      phase: "body",
      message: "alpha/m: the stream broke off before its end.",
      attempts: [{ status: 200, error: { name: "APIConnectionError" } }],
      // Nobody said that it was done.
      partial: { choices: [{ message: { content: "Hel" }, finish_reason: null }] },
    });
  });

  test("an error inside it is the provider's error, with what had come", async () => {
    const broken = { error: { message: "too busy", code: "rate_limit_exceeded" } };
    const { client } = await wire([stream([chunk("Hel"), broken])]);
    const chunks = await client().completion({ model, messages, stream: true });
    await expect(chunks.final()).rejects.toMatchObject({
      name: "RateLimitError",
      partial: { choices: [{ message: { content: "Hel" } }] },
    });
  });

  test("malformed JSON in it is a typed error", async () => {
    const { client } = await wire([stream([chunk("Hel"), '{"id": tru'])]);
    const chunks = await client().completion({ model, messages, stream: true });
    await expect(chunks.final()).rejects.toMatchObject({ name: "APIResponseValidationError" });
  });
});

describe("several readers at once", () => {
  /** Each event on its own, so that readers wait for the same bytes. */
  const dripping: Reply = async (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of whole) {
      response.write(sse(event));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    response.end();
  };

  test("next() asked for more than once gives the chunks in order", async () => {
    const { client } = await wire([dripping]);
    const chunks = await client().completion({ model, messages, stream: true });
    const iterator = chunks[Symbol.asyncIterator]();
    const asked = [1, 2, 3, 4, 5].map(() => iterator.next());
    const got = await Promise.all(asked);
    expect(got).toEqual([...events.map((value) => ({ value, done: false })), { done: true }]);
  });

  test("final() takes nothing from a loop that is under way", async () => {
    const { client } = await wire([dripping]);
    const chunks = await client().completion({ model, messages, stream: true });
    const text = completionText(chunks);
    expect((await chunks.final()).text).toBe("Hello");
    expect(await text).toBe("Hello");
  });

  test("final() takes nothing from a response that is under way", async () => {
    const { client } = await wire([dripping]);
    const chunks = await client().completion({ model, messages, stream: true });
    const response = chunks.toResponse();
    const final = chunks.final();
    expect(await response.text()).toBe(whole.map(sse).join(""));
    expect((await final).text).toBe("Hello");
  });

  test("both are told of the error", async () => {
    const { client } = await wire([stream([chunk("Hel")])]);
    const chunks = await client().completion({ model, messages, stream: true });
    const both = await Promise.allSettled([completionText(chunks), chunks.final()]);
    const broken = { reason: { message: "alpha/m: the stream broke off before its end." } };
    expect(both).toMatchObject([broken, broken]);
  });
});

describe("leaving early closes the socket", () => {
  const endless = stream([chunk("a"), chunk("b"), chunk("c")], "hang");
  const gone = (closed: string[]) => expect.poll(() => closed.length).toBe(1);

  test("break", async () => {
    const { client, closed } = await wire([endless]);
    for await (const _ of await client().completion({ model, messages, stream: true })) break;
    await gone(closed);
  });

  test("cancel()", async () => {
    const { client, closed } = await wire([endless]);
    const chunks = await client().completion({ model, messages, stream: true });
    chunks.cancel();
    await gone(closed);
    await expect(chunks.final()).rejects.toMatchObject({ name: "AbortError" });
  });

  test("cancel() while final() waits: a plugin that watches is handed chunks only", async () => {
    const { client } = await wire([endless]);
    const seen: unknown[] = [];
    const { completion } = client({
      plugins: [
        async function watching(request, next, call) {
          call.onChunk((chunk) => seen.push(chunk));
          return next(request);
        },
      ],
    });
    const chunks = await completion({ model, messages, stream: true });
    const final = chunks.final();
    chunks.cancel();
    await expect(final).rejects.toMatchObject({ name: "AbortError" });
    expect(seen).not.toContain(undefined);
  });

  test("a plugin that throws at a chunk", async () => {
    const { client, closed } = await wire([stream([chunk("Hel")], "hang")]);
    const { completion } = client({
      plugins: [
        async function failing(request, next, call) {
          call.onChunk(() => {
            throw new Error("mine");
          });
          return next(request);
        },
      ],
    });
    const chunks = await completion({ model, messages, stream: true });
    await expect(completionText(chunks)).rejects.toThrow("mine");
    await vi.waitFor(() => expect(closed).toHaveLength(1));
  });

  test("text that nobody has begun to read", async () => {
    const { client, closed } = await wire([endless]);
    const { textStream } = await client().completion({ model, messages, stream: true });
    Readable.from(textStream).destroy();
    await gone(closed);
  });

  test("a plugin that throws at the end", async () => {
    const { client, closed } = await wire([stream(whole, "hang")]);
    const { completion } = client({
      plugins: [
        async function failing(request, next, call) {
          call.onEnd(() => {
            throw new Error("mine");
          });
          return next(request);
        },
      ],
    });
    const chunks = await completion({ model, messages, stream: true });
    await expect(completionText(chunks)).rejects.toThrow("mine");
    await vi.waitFor(() => expect(closed).toHaveLength(1), 10_000);
  });

  test("abort while waiting for a chunk", async () => {
    const { client, closed } = await wire([endless]);
    const controller = new AbortController();
    const { signal } = controller;
    const chunks = await client().completion({ model, messages, stream: true, signal });
    setTimeout(() => controller.abort(), 30);
    await expect(chunks.final()).rejects.toMatchObject({ name: "AbortError" });
    await gone(closed);
  });

  test("abort before the head", async () => {
    const { client, closed } = await wire([() => {}]);
    const signal = AbortSignal.timeout(30);
    const call = client().completion({ model, messages, signal });
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    await gone(closed);
  });

  test("a client of toResponse() that goes away", async () => {
    const { client, closed } = await wire([endless]);
    const chunks = await client().completion({ model, messages, stream: true });
    const reader = chunks.toResponse().body!.getReader();
    await reader.read();
    await reader.cancel();
    await gone(closed);
  });
});

test("back-pressure reaches the socket: a slow reader holds the server back", async () => {
  let written = 0;
  let blocked = false;
  const piece = sse(chunk("x".repeat(10_000)));
  const { client } = await wire([
    (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const write = () => {
        while (written < 5000) {
          written++;
          if (!response.write(piece)) {
            blocked = true;
            return;
          }
        }
      };
      response.on("drain", write);
      write();
    },
  ]);
  const chunks = await client().completion({ model, messages, stream: true });
  const iterator = chunks[Symbol.asyncIterator]();
  await iterator.next();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(blocked).toBe(true);
  expect(written).toBeLessThan(2500);
  await iterator.return!();
});

test("toResponse() speaks OpenAI's events", async () => {
  const { client } = await wire([stream(whole), stream([chunk("Hel")])]);
  const { completion } = client();
  const response = (await completion({ model, messages, stream: true })).toResponse();
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  expect(await response.text()).toBe(whole.map(sse).join(""));
  const broken = (await completion({ model, messages, stream: true })).toResponse();
  const [first, second] = (await broken.text()).trim().split("\n\n");
  expect(first).toBe(sse(chunk("Hel")).trim());
  expect(JSON.parse(second!.slice("data: ".length)).error.type).toBe("APIConnectionError");
});

test("toResponse() takes a status and headers, which win over its own", async () => {
  const { client } = await wire([stream(whole)]);
  const chunks = await client().completion({ model, messages, stream: true });
  const headers = new Headers({ "Cache-Control": "no-store", "x-mine": "1" });
  const response = chunks.toResponse({ status: 201, headers });
  expect(response.status).toBe(201);
  expect(Object.fromEntries(response.headers)).toEqual({
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    "x-mine": "1",
  });
  await response.text();
});

test("toResponse() in the AI SDK's format says so in a header", async () => {
  const { client } = await wire([stream(whole)]);
  const chunks = await client().completion({ model, messages, stream: true });
  const response = chunks.toResponse({ format: "ai-sdk" });
  expect(response.headers.get("x-vercel-ai-ui-message-stream")).toBe("v1");
  expect((await response.text()).split("\n\n").slice(0, 3)).toEqual([
    'data: {"type":"start"}',
    'data: {"type":"start-step"}',
    'data: {"type":"text-start","id":"text-0"}',
  ]);
});

test("toResponse() refuses a format that there is none of, and leaves the stream readable", async () => {
  const { client } = await wire([stream(whole)]);
  const chunks = await client().completion({ model, messages, stream: true });
  const format = "vercel" as "ai-sdk";
  expect(() => chunks.toResponse({ format })).toThrow(
    'toResponse(): there is no format "vercel". Formats: openai, ai-sdk.',
  );
  expect(await completionText(chunks)).toBe("Hello");
});

test("toResponse() that is asked for what no response has leaves the stream readable", async () => {
  const { client } = await wire([stream(whole)]);
  const chunks = await client().completion({ model, messages, stream: true });
  expect(() => chunks.toResponse({ status: 999 })).toThrow(RangeError);
  expect(() => chunks.toResponse({ headers: { "a b": "c" } })).toThrow(TypeError);
  expect(await completionText(chunks)).toBe("Hello");
});

test("a plugin is told of no end of a stream that broke at its head and was tried again", async () => {
  const busy = stream([{ error: { message: "busy", code: "server_error" } }]);
  const { client } = await wire([busy, busy, stream(whole)]);
  const ends: unknown[] = [];
  const { completion } = client({
    defaults: { maxRetries: 0 },
    plugins: [
      async function watch(request, next, call) {
        call.onEnd((error) => void ends.push(error));
        return next(request);
      },
      retry({ maxRetries: 1, sleep: async () => {} }),
    ],
  });
  await expect(completion({ model, messages, stream: true })).rejects.toThrow("busy");
  expect(ends).toEqual([]);
  await (await completion({ model, messages, stream: true })).final();
  expect(ends).toEqual([undefined]);
});

test("a plugin sees each chunk once and the end once", async () => {
  const { client } = await wire([stream(whole)]);
  let chunks = 0;
  const ends: unknown[] = [];
  const { completion } = client({
    plugins: [
      async function watch(request, next, call) {
        call.onChunk(() => void chunks++);
        call.onEnd((error) => void ends.push(error));
        return next(request);
      },
    ],
  });
  await (await completion({ model, messages, stream: true })).final();
  expect([chunks, ends]).toEqual([4, [undefined]]);
});

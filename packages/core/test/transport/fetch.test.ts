import { Readable } from "node:stream";
import { HttpResponse, http as mock } from "msw";
import { setupServer } from "msw/node";
import { expect, onTestFinished, test, vi } from "vitest";
import { type Fetch, fetchTransport, transport } from "../../src/transport/fetch.ts";
import { get, reply, serve } from "./servers.ts";

const url = "https://api.example.test/v1";

test("the user's fetch gets the request, and its response is read", async () => {
  const calls: [string, RequestInit][] = [];
  const own = fetchTransport(async (url, init) => {
    calls.push([url, init]);
    return new Response("hello", { status: 418, statusText: "Tea", headers: { "x-a": "b" } });
  });
  const headers = { authorization: "Bearer k" };
  const response = await own({ method: "POST", url, headers, body: "{}", timeouts: {} });
  expect([response.status, response.header("X-A")]).toEqual([418, "b"]);
  expect(await response.text()).toBe("hello");
  const [[calledUrl, init]] = calls as [[string, RequestInit]];
  const { method, body, redirect } = init;
  expect({ calledUrl, method, headers: init.headers, body, redirect }).toEqual({
    calledUrl: url,
    method: "POST",
    headers,
    body: "{}",
    redirect: "manual",
  });
});

test("a fetch that ignores its signal is not waited for", async () => {
  const deaf = fetchTransport(() => new Promise(() => {}));
  const late = deaf(get(url, { timeouts: { firstByte: 20 } }));
  await expect(late).rejects.toMatchObject({ kind: "timeout", phase: "firstByte" });
  const controller = new AbortController();
  const left = deaf(get(url, { signal: controller.signal }));
  controller.abort();
  await expect(left).rejects.toMatchObject({ kind: "abort", phase: "firstByte" });
});

test("a body that ignores its signal is not waited for", async () => {
  const deaf = fetchTransport(async () => new Response(new ReadableStream({ pull: () => {} })));
  const response = await deaf(get(url, { timeouts: { idle: 20 } }));
  await expect(response.read()).rejects.toMatchObject({ kind: "timeout", phase: "idle" });
});

test.each<[string, () => Promise<Response>]>([
  ["rejects", () => Promise.reject(new TypeError("Load failed"))],
  [
    "throws",
    () => {
      throw new TypeError("Load failed");
    },
  ],
])("a fetch that %s", async (_, fetch) => {
  const failed = fetchTransport(fetch)(get(url));
  await expect(failed).rejects.toMatchObject({
    kind: "connection",
    phase: "connect",
    message: "could not connect to api.example.test: Load failed",
  });
});

/** A body like a server's, of which nothing ends by itself; says whether it was cancelled. */
function endless() {
  const cancelled = vi.fn();
  return { cancelled, response: new Response(new ReadableStream({ cancel: cancelled })) };
}

/** A signal, and whether anything listens to it still. */
function watched() {
  const controller = new AbortController();
  const { signal } = controller;
  const add = vi.spyOn(signal, "addEventListener");
  const remove = vi.spyOn(signal, "removeEventListener");
  return { controller, signal, left: () => add.mock.calls.length - remove.mock.calls.length };
}

test.each<[string, () => unknown, string]>([
  ["undefined", async () => undefined, "undefined"],
  ["null", async () => null, "null"],
  ["a text", async () => "hello", "get"],
  ["an object", async () => ({}), "get"],
  ["an object, not promised", () => ({}), "get"],
  ["a mock without headers", async () => ({ status: 200, json: async () => ({}) }), "get"],
  ["headers in a plain object", async () => ({ status: 200, headers: {}, body: null }), "get"],
  [
    "a mock without a body",
    async () => ({ status: 200, headers: new Headers(), text: async () => "" }),
    "getReader",
  ],
  [
    "node-fetch's response, whose body is Node's",
    async () => ({ status: 200, headers: new Headers(), body: Readable.from(["hello"]) }),
    "getReader",
  ],
  [
    "a response that was read already",
    async () => {
      const response = new Response("hello");
      await response.text();
      return response;
    },
    "locked",
  ],
  [
    "a response that someone else reads",
    async () => {
      const response = new Response("hello");
      response.body!.getReader();
      return response;
    },
    "locked",
  ],
])("what a fetch gives is %s", async (_, fetch, says) => {
  const { signal, left } = watched();
  const set = vi.spyOn(globalThis, "setTimeout");
  const clear = vi.spyOn(globalThis, "clearTimeout");
  const timeouts = { firstByte: 60_000, total: 60_000 };
  const failed = fetchTransport(fetch as Fetch)(get(url, { signal, timeouts }));
  await expect(failed).rejects.toMatchObject({
    name: "TransportError",
    kind: "connection",
    phase: "firstByte",
    message: expect.stringMatching(new RegExp(`^fetch gave no reply to be read: .*${says}`)),
  });
  expect(left()).toBe(0);
  const cleared = clear.mock.calls.map(([timer]) => timer);
  expect(set.mock.results.filter(({ value }) => !cleared.includes(value))).toEqual([]);
});

test("a fetch that gives a response and no promise", async () => {
  const hasty = fetchTransport((() => new Response("hello")) as unknown as Fetch);
  expect(await (await hasty(get(url))).text()).toBe("hello");
});

test.each([["a text"], [5], [undefined]])("a piece of a body that is %s", async (piece) => {
  const { signal, left } = watched();
  const cancelled = vi.fn();
  const start = (controller: ReadableStreamDefaultController) => controller.enqueue(piece);
  const body = new ReadableStream({ start, cancel: cancelled });
  const response = await fetchTransport(async () => new Response(body))(get(url, { signal }));
  const message = expect.stringContaining("broke off: not bytes");
  const broken = { kind: "connection", phase: "body", message };
  await expect(response.read()).rejects.toMatchObject(broken);
  await expect(response.read()).rejects.toMatchObject(broken);
  expect(cancelled).toHaveBeenCalledOnce();
  expect(left()).toBe(0);
});

test("a response that comes too late is closed", async () => {
  const { cancelled, response } = endless();
  let answer: (response: Response) => void = () => {};
  const deaf = fetchTransport(() => new Promise((resolve) => (answer = resolve)));
  const { controller, signal } = watched();
  const failed = deaf(get(url, { signal }));
  await Promise.resolve();
  controller.abort();
  await expect(failed).rejects.toMatchObject({ kind: "abort" });
  answer(response);
  await vi.waitFor(() => expect(cancelled).toHaveBeenCalledOnce(), { interval: 2 });
});

test("a body that ignores its signal is closed by a timeout, and by abort", async () => {
  const slow = endless();
  const late = await fetchTransport(async () => slow.response)(
    get(url, { timeouts: { idle: 10 } }),
  );
  await expect(late.read()).rejects.toMatchObject({ kind: "timeout", phase: "idle" });
  expect(slow.cancelled).toHaveBeenCalledOnce();
  const { controller, signal } = watched();
  const other = endless();
  const left = await fetchTransport(async () => other.response)(get(url, { signal }));
  const reading = left.read();
  controller.abort();
  await expect(reading).rejects.toMatchObject({ kind: "abort", phase: "body" });
  expect(other.cancelled).toHaveBeenCalledOnce();
});

test("a redirect that a browser hides is an error, not an empty reply", async () => {
  const hidden = Object.defineProperties(Response.error(), {
    type: { value: "opaqueredirect" },
  });
  const failed = fetchTransport(async () => hidden)(get(url));
  const message = expect.stringContaining("a redirect, which this platform hides");
  await expect(failed).rejects.toMatchObject({ kind: "connection", phase: "firstByte", message });
});

test("cancel() tells the body", async () => {
  const cancelled = vi.fn();
  const own = fetchTransport(async () => new Response(new ReadableStream({ cancel: cancelled })));
  const response = await own(get(url));
  const waiting = response.read();
  response.cancel();
  expect(cancelled).toHaveBeenCalledOnce();
  expect(await waiting).toBeUndefined();
});

test("no listener or timer is left after 50 calls", async () => {
  const server = await serve((socket) => socket.write(reply("whole")));
  const { signal } = new AbortController();
  const add = vi.spyOn(signal, "addEventListener");
  const remove = vi.spyOn(signal, "removeEventListener");
  const timeouts = { firstByte: 60_000, idle: 60_000, total: 60_000 };
  const set = vi.spyOn(globalThis, "setTimeout");
  const clear = vi.spyOn(globalThis, "clearTimeout");
  for (let i = 0; i < 50; i++) {
    const response = await transport(get(server.url, { signal, timeouts }));
    if (i % 2) await response.text();
    else response.cancel();
  }
  const ours = set.mock.results.filter((_, i) => set.mock.calls[i]![1]! > 50_000);
  const cleared = new Set(clear.mock.calls.map(([timer]) => timer));
  expect(ours.length).toBeGreaterThanOrEqual(50);
  expect(ours.filter(({ value }) => !cleared.has(value))).toEqual([]);
  const left = new Set(add.mock.calls.map(([, listener]) => listener));
  expect(left.size).toBe(50);
  for (const [, listener] of remove.mock.calls) left.delete(listener);
  expect(left.size).toBe(0);
});

test("msw sees the platform's fetch, also when it is patched later", async () => {
  const worker = setupServer(mock.get(url, () => HttpResponse.text("mocked")));
  worker.listen({ onUnhandledFrame: "error" });
  onTestFinished(() => worker.close());
  expect(await (await transport(get(url))).text()).toBe("mocked");
});

import { HttpResponse, http as mock } from "msw";
import { setupServer } from "msw/node";
import { expect, onTestFinished, test, vi } from "vitest";
import { fetchTransport, transport } from "../../src/transport/fetch.ts";
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
  expect([response.status, response.statusText, response.header("X-A")]).toEqual([418, "Tea", "b"]);
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

test("a redirect that a browser hides is an error, not an empty reply", async () => {
  const hidden = Object.defineProperties(Response.error(), {
    type: { value: "opaqueredirect" },
  });
  const failed = fetchTransport(async () => hidden)(get(url));
  await expect(failed).rejects.toMatchObject({ kind: "connection", phase: "firstByte" });
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

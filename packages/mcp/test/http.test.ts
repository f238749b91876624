/** Servers at an address that restart, break off, hang, refuse, or say what is no MCP. */
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  McpAuthorizationError,
  McpConnectionError,
  McpError,
  type McpOptions,
  McpProtocolError,
  McpTimeoutError,
  McpUnknownOutcomeError,
  mcp,
} from "@polycall/mcp";
import { expect, test } from "vitest";
import { call, listen, until } from "./support.ts";

interface Seen {
  method: string;
  headers: IncomingMessage["headers"];
  id?: number;
  params?: { name?: string; requestId?: number };
}
type Step = (res: ServerResponse, seen: Seen, reply: (result: object) => void) => void;

const tools = [
  { name: "read", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } },
  { name: "pay", inputSchema: { type: "object" } },
];

/** A server of 2025's protocol with sessions, written by hand; `steps` say what becomes of each `tools/call`. */
async function scripted(...steps: Step[]) {
  const seen: Seen[] = [];
  const state = { session: "session-1", tools, streams: false };
  let stream: ServerResponse | undefined;
  const server = await listen(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += chunk;
    const { id, method, params } = body ? JSON.parse(body) : { method: req.method };
    const one: Seen = { method, id, params, headers: req.headers };
    seen.push(one);
    const given = req.headers["mcp-session-id"];
    const json = (status: number, message: object) => {
      res.writeHead(status, { "content-type": "application/json" });
      res.end(JSON.stringify({ jsonrpc: "2.0", id: id ?? null, ...message }));
    };
    const reply = (result: object) => json(200, { result });
    if (req.method === "GET" && state.streams) {
      stream = res.writeHead(200, { "content-type": "text/event-stream" });
      return void res.flushHeaders();
    }
    if (req.method === "GET") return void res.writeHead(405).end();
    if (method === "server/discover")
      return json(400, { error: { code: -32_000, message: "No valid session ID provided" } });
    if (method === "initialize") {
      res.setHeader("mcp-session-id", state.session);
      const serverInfo = { name: "scripted", version: "1" };
      const capabilities = { tools: { listChanged: true } };
      return reply({ protocolVersion: "2025-06-18", capabilities, serverInfo });
    }
    if (given !== state.session)
      return json(404, { error: { code: -32_001, message: "Session not found" } });
    if (id === undefined) return void res.writeHead(202).end();
    if (method === "tools/list") return reply({ tools: state.tools });
    const step = steps.length > 1 ? steps.shift()! : steps[0]!;
    step(res, one, reply);
  });
  return {
    ...server,
    seen,
    /** From now on clients can listen to what it says of itself. */
    stream() {
      state.streams = true;
    },
    /** It has other tools from now on, and says so on the stream that the client has opened. */
    async change(to: typeof tools) {
      state.tools = to;
      await until(() => stream !== undefined);
      const message = { jsonrpc: "2.0", method: "notifications/tools/list_changed" };
      stream!.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
    },
    /** A new process has no sessions. */
    restart() {
      state.session = `session-${seen.length}`;
    },
    count: (method: string) => seen.filter((one) => one.method === method).length,
    connect: (options: Partial<McpOptions> = {}) =>
      mcp({ name: "s", url: server.url, ...options } as McpOptions),
  };
}

const fine: Step = (_, { params }, reply) =>
  reply({ content: [{ type: "text", text: params!.name }] });
const breakOff: Step = (res) => void res.destroy();
const cutBody: Step = (res) => {
  res.writeHead(200, { "content-type": "application/json" });
  res.write('{"jsonrpc":"2.0","id":');
  setTimeout(() => res.destroy(), 10);
};
const endStream: Step = (res) => {
  res.writeHead(200, { "content-type": "text/event-stream" });
  res.write(": working\n\n");
  setTimeout(() => res.end(), 10);
};
const gateway: Step = (res) => void res.writeHead(502).end("<h1>Bad gateway</h1>");
const silent: Step = () => {};

test.each(["read", "pay"])(
  "a session that a restart has lost is begun anew, and %s is called again: it did not run",
  async (name) => {
    await using server = await scripted(fine);
    await using client = await server.connect();
    const offered = await client.tools();
    expect(await call(offered, `s__${name}`)).toBe(name);
    server.restart();
    expect(await call(offered, `s__${name}`)).toBe(name);
    expect(server.count("initialize")).toBe(2);
    expect(server.count("tools/list")).toBe(2);
    // The second of three was refused.
    expect(server.count("tools/call")).toBe(3);
  },
);

test.each([
  ["the connection breaks", breakOff],
  ["the reply breaks off", cutBody],
  ["the stream ends without a reply", endStream],
  ["a gateway answers", gateway],
])("%s: what is harmless is asked again, nobody knows of the rest", async (_, step) => {
  await using server = await scripted(step, fine, step);
  await using client = await server.connect({ timeout: 3_000 });
  const offered = await client.tools();
  expect(await call(offered, "s__read")).toBe("read");
  expect(server.count("tools/call")).toBe(2);
  const failure = call(offered, "s__pay");
  await expect(failure).rejects.toThrow(McpUnknownOutcomeError);
  await expect(failure).rejects.toMatchObject({ server: "s", tool: "pay", transport: server.url });
  expect(server.count("tools/call")).toBe(3);
});

test("calls that find the session lost at once are each made once more, and one under way goes on", async () => {
  let finish = () => {};
  const slow: Step = (_, __, reply) => {
    finish = () => reply({ content: [{ type: "text", text: "slow" }] });
  };
  await using server = await scripted(slow, fine);
  await using client = await server.connect();
  const offered = await client.tools();
  const early = call(offered, "s__pay");
  await until(() => server.count("tools/call") === 1);
  server.restart();
  const late = [call(offered, "s__pay"), call(offered, "s__pay"), call(offered, "s__read")];
  expect(await Promise.all(late)).toEqual(["pay", "pay", "read"]);
  finish();
  expect(await early).toBe("slow");
  expect(server.count("initialize")).toBe(2);
});

test("a server that is down when it is called: its address is told", async () => {
  const first = await scripted(fine);
  await using client = await first.connect();
  const offered = await client.tools();
  await first[Symbol.asyncDispose]();
  // Until the client's sockets have heard of it: a call in this moment may have arrived, for all it knows.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const failure = call(offered, "s__pay");
  await expect(failure).rejects.toThrow(McpConnectionError);
  await expect(failure).rejects.not.toThrow(McpUnknownOutcomeError);
  await expect(failure).rejects.toThrow(
    `MCP server "s" (${first.url}) cannot be reached: Version negotiation probe failed: fetch failed (connect ECONNREFUSED 127.0.0.1:${first.port}). Is it running, and is that its address?`,
  );
});

test("a call that is given up is cancelled, and its stream is not resumed", async () => {
  const stream: Step = (res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.write("id: 1\nretry: 10\ndata:\n\n");
  };
  await using server = await scripted(stream);
  await using client = await server.connect({ timeout: 500 });
  const failure = call(await client.tools(), "s__read");
  await expect(failure).rejects.toThrow(McpTimeoutError);
  await until(() => server.count("notifications/cancelled") === 1);
  const asked = server.seen.find(({ method }) => method === "tools/call");
  const cancelled = server.seen.find(({ method }) => method === "notifications/cancelled");
  expect(cancelled!.params!.requestId).toBe(asked!.id);
  const gets = server.count("GET");
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(server.count("GET")).toBe(gets);
});

test.each([
  ["a reply", "application/json", '{"jsonrpc":"2.0","id":0,"result":"'],
  ["an event", "text/event-stream", "data: small\n\ndata: "],
])("%s that is too large is not read to its end", async (_, type, beginning) => {
  let isClosed = false;
  const flood: Step = (res) => {
    res.writeHead(200, { "content-type": type });
    res.on("close", () => {
      isClosed = true;
    });
    res.write(beginning);
    const more = () => {
      if (res.destroyed) return;
      if (res.write("x".repeat(2 ** 18))) setImmediate(more);
      else res.once("drain", more);
    };
    more();
  };
  await using server = await scripted(flood);
  await using client = await server.connect({ maxMessageBytes: 4 * 2 ** 20, timeout: 5_000 });
  const failure = call(await client.tools(), "s__read");
  await expect(failure).rejects.toThrow(McpProtocolError);
  await expect(failure).rejects.toThrow(/too large and was not read.*raise maxMessageBytes/);
  await until(() => isClosed);
  expect(server.count("tools/call")).toBe(1);
});

test("many small events are no large one", async () => {
  const lots: Step = (res, { id }) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    const event = (message: object) =>
      res.write(`data: ${JSON.stringify({ jsonrpc: "2.0", ...message })}\r\n\r\n`);
    const params = { level: "info", data: "x".repeat(900) };
    for (let at = 0; at < 200; at++) event({ method: "notifications/message", params });
    event({ id, result: { content: [{ type: "text", text: "end" }] } });
    res.end();
  };
  await using server = await scripted(lots);
  await using client = await server.connect({ maxMessageBytes: 8_192 });
  expect(await call(await client.tools(), "s__read")).toBe("end");
});

const answer =
  (status: number, headers: Record<string, string>, body: string): Step =>
  (res) =>
    void res.writeHead(status, headers).end(body);

test.each([
  [answer(200, { "content-type": "text/html" }, "<h1>Hi</h1>"), McpProtocolError, /text\/html/],
  [answer(200, { "content-type": "application/json" }, '{"hello":1}'), McpError, /./],
  [answer(401, {}, ""), McpAuthorizationError, /asks for a sign-in/],
  [
    answer(403, {}, "no such scope"),
    McpAuthorizationError,
    /refuses \(HTTP 403\): .*no such scope/,
  ],
  [answer(429, {}, "slow down"), McpProtocolError, /slow down/],
])("what a server may answer instead %#", async (step, kind, message) => {
  await using server = await scripted(step);
  await using client = await server.connect();
  const failure = call(await client.tools(), "s__read");
  await expect(failure).rejects.toThrow(kind);
  await expect(failure).rejects.toThrow(message);
});

test("headers go to the server and nowhere else, and into no error", async () => {
  await using elsewhere = await scripted(fine);
  await using server = await scripted((res) => {
    res.writeHead(307, { location: elsewhere.url }).end();
  });
  const headers = { authorization: "Bearer canary-77", "x-team": "flights" };
  await using client = await mcp({ name: "s", url: `${server.url}?key=canary-78`, headers });
  const failure = await call(await client.tools(), "s__read").catch((error) => error);
  expect(failure).toBeInstanceOf(McpError);
  expect(JSON.stringify(failure) + String(failure)).not.toMatch(/canary/);
  const [first] = server.seen;
  expect(first!.headers).toMatchObject(headers);
  expect(elsewhere.seen).toEqual([]);
});

test("a server that never greets is given up", async () => {
  await using server = await listen(() => {});
  const failure = mcp({ name: "s", url: server.url, connectTimeout: 80 });
  await expect(failure).rejects.toThrow(McpTimeoutError);
  const mine = AbortSignal.timeout(50);
  await expect(mcp({ name: "s", url: server.url, signal: mine })).rejects.toThrow(/aborted/);
});

test("disposing ends the session", async () => {
  await using server = await scripted(fine);
  const client = await server.connect();
  await client.tools();
  await client.close();
  expect(server.count("DELETE")).toBe(1);
});

test("a server that hangs does not hold its client up", async () => {
  await using server = await scripted(silent);
  await using client = await server.connect({ timeout: 500 });
  const offered = await client.tools();
  const failures = await Promise.allSettled([call(offered, "s__read"), call(offered, "s__pay")]);
  expect(failures.map((one) => (one.status === "rejected" ? one.reason.name : "fine"))).toEqual([
    "McpTimeoutError",
    "McpTimeoutError",
  ]);
});

test("tools that a server says have changed are listed anew, and only then", async () => {
  await using server = await scripted(fine);
  server.stream();
  await using client = await server.connect();
  const names = async () => (await client.tools()).map((one) => one.function.name);
  expect(await names()).toEqual(["s__read", "s__pay"]);
  expect(await names()).toEqual(["s__read", "s__pay"]);
  expect(server.count("tools/list")).toBe(1);
  await server.change([{ name: "write", inputSchema: { type: "object" } }]);
  await expect.poll(names).toEqual(["s__write"]);
  expect(await names()).toEqual(["s__write"]);
  expect(server.count("tools/list")).toBe(2);
  expect(await call(await client.tools(), "s__write")).toBe("write");
});

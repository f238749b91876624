/** Our server, called by the official client: over stdio, and over HTTP in both eras of the protocol. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { type AnyTool, InvalidRequestError, tool } from "@polycall/core";
import { mcp, type ServeOptions, serveMcp } from "@polycall/mcp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { service } from "./servers/ours.ts";
import { call, child, compiled, isAlive, listen, until } from "./support.ts";

const secret = "canary-of-the-environment";
const text = (words: string) => [{ type: "text", text: words }];

let stdio: StdioClientTransport;
let http: Awaited<ReturnType<typeof listen>>;
const ours = service();
const clients = new Map<string, Client>();
beforeAll(async () => {
  process.env.POLYCALL_TEST_SECRET_KEY = secret;
  stdio = new StdioClientTransport({
    ...child("ours.ts", "stdio"),
    env: { POLYCALL_TEST_SECRET_KEY: secret, ...compiled },
    stderr: "ignore",
  });
  http = await listen(ours.node);
  const connected = async (kind: string, mode: "legacy" | "auto") => {
    const client = new Client({ name: "c", version: "1" }, { versionNegotiation: { mode } });
    const url = new URL(http.url);
    await client.connect(kind === "stdio" ? stdio : new StreamableHTTPClientTransport(url));
    clients.set(kind, client);
  };
  await Promise.all([
    connected("stdio", "legacy"),
    connected("HTTP of 2025", "legacy"),
    connected("HTTP of 2026", "auto"),
  ]);
});
afterAll(async () => {
  const { pid } = stdio;
  await Promise.all([...clients.values()].map((client) => client.close()));
  await until(() => !isAlive(pid!));
  await ours.close();
  await http[Symbol.asyncDispose]();
  delete process.env.POLYCALL_TEST_SECRET_KEY;
});

describe.each(["stdio", "HTTP of 2025", "HTTP of 2026"])("over %s", (kind) => {
  const client = () => clients.get(kind)!;
  const ask = (name: string, args = {}, options = {}) =>
    client().callTool({ name, arguments: args }, options);

  test("the server and its tools are described", async () => {
    expect(client().getServerVersion()).toEqual({ name: "tickets", version: "2.1.0" });
    expect(client().getInstructions()).toBe("Prices are in dollars.");
    expect(client().getNegotiatedProtocolVersion()).toBe(
      kind === "HTTP of 2026" ? "2026-07-28" : "2025-11-25",
    );
    const { tools } = await client().listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      "get_price",
      "picture",
      "add",
      "slow",
      "wait",
      "waited",
      "fails",
      "lies",
      "flight_assistant",
      "lost",
    ]);
    const [price, , add] = tools;
    expect(price).toMatchObject({
      description: "Price of a return ticket",
      inputSchema: { type: "object", required: ["city"] },
      outputSchema: { type: "object", required: ["city", "price"] },
    });
    expect(add!.inputSchema).toEqual({
      type: "object",
      properties: { a: { type: "integer" }, b: { type: "integer" } },
      required: ["a", "b"],
    });
  });

  test("a result is text, and structured where its schema is known", async () => {
    expect(await ask("get_price", { city: "Bern" })).toMatchObject({
      content: text('{"city":"Bern","price":799}'),
      structuredContent: { city: "Bern", price: 799 },
    });
    expect(await ask("add", { a: 2, b: 3 })).toMatchObject({ content: text("5") });
  });

  test("images are images", async () => {
    expect(await ask("picture")).toMatchObject({
      content: [
        { type: "text", text: "Look:" },
        { type: "image", data: "iVBORw0KGgo=", mimeType: "image/png" },
      ],
    });
  });

  test("an agent is a tool", async () => {
    expect(await ask("flight_assistant", { input: "Bern" })).toMatchObject({
      content: text("Booked: Bern"),
    });
    expect(await ask("lost", { input: "Bern" })).toMatchObject({
      isError: true,
      content: text("no model"),
    });
  });

  test("progress is told", async () => {
    const told: unknown[] = [];
    await ask("slow", {}, { onprogress: (one: unknown) => told.push(one) });
    await until(() => told.length === 2);
    expect(told).toMatchObject([
      { progress: 1, total: 2, message: "half" },
      { progress: 2, message: "nearly" },
    ]);
  });

  test("arguments that do not fit are answered with what is wrong", async () => {
    expect(await ask("get_price", { city: 1 })).toMatchObject({
      isError: true,
      content: text(
        "The arguments do not fit. city: Invalid input: expected string, received number",
      ),
    });
    const sum = await ask("add", { a: 2.5, b: 3 });
    expect(sum).toMatchObject({ isError: true });
    expect(JSON.stringify(sum.content)).toMatch(/do not fit\. a: /);
    await expect(ask("nothing")).rejects.toThrow(/There is no tool \\?"nothing\\?"/);
  });

  test.each([
    ["throws", /^connect postgres:\/\/\[hidden\]@db:5432 failed, key \[hidden\], env \[hidden\],/],
    ["hangs", /^The tool was given up after 300 ms\.$/],
    ["cycle", /circular/i],
  ])(
    "a tool that fails (%s) is an error that the model reads, without secrets",
    async (how, said) => {
      const { isError, content } = await ask("fails", { how });
      expect(isError).toBe(true);
      const [block] = content;
      expect(block).toMatchObject({ type: "text", text: expect.stringMatching(said) });
      expect(JSON.stringify(content)).not.toMatch(
        /hunter22|abcdefghij|letmein99|canary| at .*\.ts/,
      );
    },
  );

  test("nothing is nothing, and what breaks its promise is an error", async () => {
    expect((await ask("fails", { how: "nothing" })).content).toEqual([]);
    expect(await ask("lies")).toMatchObject({
      isError: true,
      content: text(
        'The tool\'s result does not fit what it promises. count: Instance type "string" is invalid. Expected "number".',
      ),
    });
  });

  test("a call that is given up is aborted", async () => {
    const log = async () => {
      const [block] = (await ask("waited")).content;
      return block?.type === "text" ? block.text : "";
    };
    const before = await log();
    const mine = new AbortController();
    const pending = ask("wait", {}, { signal: mine.signal });
    await expect.poll(log).toBe([before, "started"].filter(Boolean).join());
    mine.abort();
    await expect(pending).rejects.toThrow();
    await expect.poll(log).toBe([before, "started,aborted"].filter(Boolean).join());
  });
});

test("our client and our server understand each other", async () => {
  await using server = await mcp({ name: "tickets", url: http.url });
  const tools = await server.tools();
  expect(await call(tools, "tickets__get_price", { city: "Bern" })).toEqual({
    city: "Bern",
    price: 799,
  });
  expect(await call(tools, "tickets__picture")).toEqual([
    { type: "text", text: "Look:" },
    { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
  ]);
  const told: unknown[] = [];
  await call(tools, "tickets__slow", {}, { progress: (one: unknown) => told.push(one) });
  expect(told[0]).toEqual({ progress: 1, total: 2, message: "half" });
});

const ping = (headers: Record<string, string>, url = http.url) =>
  new Request(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
  });

test.each([
  [{}, undefined, 200],
  [{ host: "localhost:3000", origin: "http://localhost:5173" }, undefined, 200],
  [{ host: "evil.test" }, undefined, 403],
  [{ host: "127.0.0.1.evil.test" }, undefined, 403],
  [{ origin: "https://evil.test" }, undefined, 403],
  [{ origin: "null" }, undefined, 403],
  [{ host: "api.test" }, { allowedHosts: ["api.test"] }, 200],
  [{ host: "localhost" }, { allowedHosts: ["api.test"] }, 403],
  [{ host: "evil.test" }, { allowedHosts: "any" }, 200],
  [{ origin: "https://app.test" }, { allowedOrigins: ["app.test"] }, 200],
  [{ origin: "https://evil.test" }, { allowedHosts: "any" }, 403],
  [{ origin: "https://evil.test" }, { allowedOrigins: "any" }, 200],
] as const)("Host and Origin %j with %j: %i", async (headers, options, status) => {
  const fetched = await serveMcp({ name: "s", ...(options as Partial<ServeOptions>) }).fetch(
    ping(headers, "http://127.0.0.1/mcp"),
  );
  const said = await fetched.text();
  expect(fetched.status).toBe(status);
  if (status === 403) expect(said).toMatch(/Refused for its (Host|Origin) header/);
});

test("a request that is too large is refused before it is read", async () => {
  const small = serveMcp({ name: "s", maxRequestBytes: 100 });
  const request = new Request("http://127.0.0.1/mcp", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: `"${"x".repeat(200)}"`,
  });
  expect((await small.fetch(request)).status).toBe(413);
});

const risky = (policy: object) =>
  tool({
    name: "pay",
    parameters: z.object({ sum: z.number() }),
    execute: () => "paid",
    ...policy,
  });

test.each([
  [{ needsApproval: true }, 5, "This call was not approved, so the tool did not run."],
  [{ needsApproval: true }, 1, "paid"],
  [{ sensitive: true }, 5, "This call was not approved, so the tool did not run."],
  [{ needsApproval: ({ sum }: { sum: number }) => sum > 3 }, 3, "paid"],
  [
    { needsApproval: ({ sum }: { sum: number }) => sum > 3 },
    4,
    "This call was not approved, so the tool did not run.",
  ],
])("who approves is asked: %j with %i", async (policy, sum, said) => {
  const asked: unknown[] = [];
  const service = serveMcp({
    name: "s",
    tools: [risky(policy)],
    approve: (call) => {
      asked.push(call);
      return (call.args as { sum: number }).sum < 3;
    },
  });
  await using server = await mcp({
    name: "s",
    url: "http://127.0.0.1/mcp",
    fetch: (url, init) => service.fetch(new Request(url, init)),
  });
  const result = await call(await server.tools(), "s__pay", { sum }).catch(String);
  expect(result).toBe(said === "paid" ? said : `McpToolError: ${said}`);
  expect(asked).toEqual(sum === 3 ? [] : [{ tool: "pay", args: { sum } }]);
});

test("onError is told the whole error, and may fail itself", async () => {
  const told: unknown[] = [];
  const failing = tool({
    name: "f",
    parameters: z.object({}),
    execute: () => {
      throw new Error("password=letmein99");
    },
  });
  const service = serveMcp({
    name: "s",
    tools: [failing],
    onError: (error, { tool: name }) => {
      told.push([name, String(error)]);
      throw new Error("log full");
    },
  });
  await using server = await mcp({
    name: "s",
    url: "http://127.0.0.1/mcp",
    fetch: (url, init) => service.fetch(new Request(url, init)),
  });
  const failure = call(await server.tools(), "s__f");
  await expect(failure).rejects.toThrow("password=[hidden]");
  expect(told).toEqual([["f", "Error: password=letmein99"]]);
});

const plain = { type: "function", function: { name: "f" } } as unknown as AnyTool;
test.each<[string, Partial<ServeOptions>, RegExp]>([
  ["no name", { name: "" }, /give the server a name/],
  ["a tool without a function", { tools: [plain] }, /has no function to run/],
  ["two of a name", { tools: [risky({}), risky({})] }, /two tools are called "pay"/],
  [
    "a tool that nobody approves",
    { tools: [risky({ needsApproval: true })] },
    /the tool "pay" needs approval\. Say who gives it/,
  ],
  ["a schema for nothing", { outputs: { nothing: z.object({}) } }, /which is not served/],
  [
    "a structured text",
    { tools: [risky({})], outputs: { pay: z.string() } },
    /outputs\.pay describes no object/,
  ],
])("%s cannot be served", (_, options, message) => {
  expect(() => serveMcp({ name: "s", ...options })).toThrow(InvalidRequestError);
  expect(() => serveMcp({ name: "s", ...options })).toThrow(message);
});

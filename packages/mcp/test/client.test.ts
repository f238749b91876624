/** What a server offers, as a model and an agent get it. */
import type { CallToolResult } from "@modelcontextprotocol/server";
import { APIUserAbortError, parseToolArguments } from "@polycall/core";
import {
  McpConnectionError,
  McpError,
  McpTimeoutError,
  McpToolError,
  McpUnknownOutcomeError,
  mcp,
} from "@polycall/mcp";
import { expect, test } from "vitest";
import { call, serverOf } from "./support.ts";

const png = "iVBORw0KGgo=";
const base64 = (text: string) => Buffer.from(text).toString("base64");

const results: [title: string, result: CallToolResult, output: unknown][] = [
  ["nothing", { content: [] }, ""],
  ["a text", { content: [{ type: "text", text: "799" }] }, "799"],
  [
    "texts",
    {
      content: [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
    },
    [
      { type: "text", text: "a" },
      { type: "text", text: "b" },
    ],
  ],
  [
    "an image",
    { content: [{ type: "image", data: png, mimeType: "image/png" }] },
    [{ type: "image_url", image_url: { url: `data:image/png;base64,${png}` } }],
  ],
  [
    "speech",
    { content: [{ type: "audio", data: "AAAA", mimeType: "audio/mpeg" }] },
    [{ type: "input_audio", input_audio: { data: "AAAA", format: "mp3" } }],
  ],
  [
    "sound that no model hears",
    { content: [{ type: "audio", data: "AAAA", mimeType: "audio/flac" }] },
    [{ type: "file", file: { file_data: "data:audio/flac;base64,AAAA", filename: "audio" } }],
  ],
  [
    "a resource of text",
    { content: [{ type: "resource", resource: { uri: "file:///a.md", text: "# A" } }] },
    "file:///a.md\n\n# A",
  ],
  [
    "a resource of bytes",
    {
      content: [
        {
          type: "resource",
          resource: {
            uri: "file:///x/a%20b.pdf?v=1",
            mimeType: "application/pdf",
            blob: "JVBERi0=",
          },
        },
      ],
    },
    [
      {
        type: "file",
        file: { file_data: "data:application/pdf;base64,JVBERi0=", filename: "a b.pdf" },
      },
    ],
  ],
  [
    "bytes that are text",
    {
      content: [
        {
          type: "resource",
          resource: { uri: "a:b", mimeType: "text/csv; charset=utf-8", blob: base64("é,1") },
        },
      ],
    },
    "é,1",
  ],
  [
    "a link",
    {
      content: [
        {
          type: "resource_link",
          uri: "db://1",
          name: "row",
          mimeType: "text/plain",
          description: "One",
        },
      ],
    },
    'Resource "row": db://1 (text/plain, One)',
  ],
  [
    "JSON, and the same as text",
    {
      content: [{ type: "text", text: '{ "b": [2], "a": 1 }' }],
      structuredContent: { a: 1, b: [2] },
    },
    { a: 1, b: [2] },
  ],
  [
    "a text, and the same in JSON",
    { content: [{ type: "text", text: "Grüezi" }], structuredContent: { content: "Grüezi" } },
    "Grüezi",
  ],
  [
    "an image, and the same in JSON",
    {
      content: [{ type: "image", data: png, mimeType: "image/png" }],
      structuredContent: { content: [{ mimeType: "image/png", type: "image", data: png }] },
    },
    [{ type: "image_url", image_url: { url: `data:image/png;base64,${png}` } }],
  ],
  [
    "JSON, and something else as text",
    { content: [{ type: "text", text: "Cheap!" }], structuredContent: { price: 799 } },
    [
      { type: "text", text: "Cheap!" },
      { type: "text", text: '{"price":799}' },
    ],
  ],
];

test.each(results)("a tool returns %s", async (_, result, output) => {
  const { transport } = serverOf([{ name: "t" }], () => result);
  await using server = await mcp({ name: "s", transport });
  expect(await call(await server.tools(), "s__t")).toEqual(output);
});

test("a tool that says that it failed throws its text", async () => {
  const { transport } = serverOf([{ name: "t" }], () => ({
    isError: true,
    content: [{ type: "text", text: "No such city: Londn" }],
  }));
  await using server = await mcp({ name: "s", transport });
  const failure = call(await server.tools(), "s__t");
  await expect(failure).rejects.toThrow(McpToolError);
  await expect(failure).rejects.toMatchObject({
    message: "No such city: Londn",
    name: "McpToolError",
    server: "s",
    tool: "t",
  });
});

const annotated = [
  { name: "unknown" },
  { name: "read", annotations: { readOnlyHint: true } },
  { name: "put", annotations: { idempotentHint: true, destructiveHint: true } },
  { name: "add", annotations: { destructiveHint: false } },
];

test.each([
  [undefined, [undefined, undefined, undefined, undefined]],
  ["destructive", [true, undefined, true, undefined]],
  ["always", [true, true, true, true]],
  [({ name }: { name: string }) => name === "add", [undefined, undefined, undefined, true]],
] as const)("hints become the policy of an agent: approval %s", async (approval, asked) => {
  const { transport } = serverOf(annotated);
  await using server = await mcp({ name: "s", transport, approval });
  const policies = (await server.tools()).map((one) => one.policy);
  expect(policies.map((one) => one.idempotent)).toEqual([false, true, true, false]);
  expect(policies.every((one) => one.untrusted)).toBe(true);
  expect(policies.map((one) => one.needsApproval)).toEqual(asked);
});

test("arguments are checked against the server's schema before it is called", async () => {
  const inputSchema = {
    type: "object",
    properties: {
      city: { type: "string", minLength: 2 },
      seats: { type: "array", items: { $ref: "#/$defs/seat" } },
    },
    required: ["city"],
    additionalProperties: false,
    $defs: { seat: { type: "integer", minimum: 1 } },
  };
  const { transport, counts } = serverOf([{ name: "book", description: "Books", inputSchema }]);
  await using server = await mcp({ name: "s", transport });
  const [book] = await server.tools();
  expect(book!.function).toEqual({
    name: "s__book",
    description: "Books",
    parameters: inputSchema,
  });
  const good = '{"city":"Bern","seats":[1,2]}';
  expect(await parseToolArguments(good, book)).toEqual({ args: JSON.parse(good) });
  expect(await parseToolArguments('{"city":"Bern","seats":[1,0]}', book)).toMatchObject({
    path: "seats[1]",
    received: 0,
    error: expect.stringContaining("seats[1]: 0 is less than 1"),
  });
  expect(await parseToolArguments('{"seat":1}', book)).toMatchObject({
    error: expect.stringMatching(/city/),
  });
  expect(counts.calls).toBe(0);
});

test("a schema that no provider could be told does not take the others with it", async () => {
  const warnings: string[] = [];
  const { transport } = serverOf(
    [
      {
        name: "odd",
        inputSchema: { type: "object", properties: { a: { $ref: "https://x.test/a" } } },
      },
      { name: "fine" },
    ],
    (name) => ({ content: [{ type: "text", text: name }] }),
  );
  await using server = await mcp({ name: "s", transport, onWarning: (one) => warnings.push(one) });
  const tools = await server.tools();
  expect(await call(tools, "s__odd", { a: 1 })).toBe("odd");
  expect(await call(tools, "s__fine")).toBe("fine");
});

test("`only` offers what it names, and says what there is not", async () => {
  const warnings: string[] = [];
  const { transport } = serverOf([{ name: "a" }, { name: "b" }, { name: "b" }]);
  await using server = await mcp({
    name: "s",
    transport,
    only: ["b", "c"],
    onWarning: (one) => warnings.push(one),
  });
  expect((await server.tools()).map((one) => one.function.name)).toEqual(["s__b"]);
  expect(warnings).toEqual([
    'MCP server "s" lists the tool "b" twice; the first counts.',
    'MCP server "s" has no tool "c", which `only` names.',
  ]);
});

test("tools of any name are called by their own, and two that clip alike stay apart", async () => {
  const long = "y".repeat(90);
  const odd = ["search/web.v2", "Ünïcode 名", "x; rm -rf /", "__proto__", `${long}1`, `${long}2`];
  const { transport } = serverOf(
    odd.map((name) => ({ name })),
    (name) => ({ content: [{ type: "text", text: name }] }),
  );
  await using server = await mcp({ name: "s", transport });
  const tools = await server.tools();
  const names = tools.map((one) => one.function.name);
  expect(new Set(names).size).toBe(odd.length);
  for (const [at, name] of names.entries()) {
    expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(server.toolName(name)).toBe(odd[at]);
    expect(await call(tools, name)).toBe(odd[at]);
  }
  expect(server.toolName("s__other")).toBeUndefined();
});

test("the list is asked for once, and again when the server says that it changed", async () => {
  const fake = serverOf([{ name: "a" }]);
  await using server = await mcp({ name: "s", transport: fake.transport });
  await Promise.all([server.tools(), server.tools()]);
  await server.tools();
  expect(fake.counts.lists).toBe(1);
  await fake.change([{ name: "a" }, { name: "b" }]);
  expect((await server.tools()).map((one) => one.function.name)).toEqual(["s__a", "s__b"]);
  expect(fake.counts.lists).toBe(2);
});

test("what the server would have models told stands in no tool", async () => {
  const { transport } = serverOf([{ name: "a", description: "A" }]);
  await using server = await mcp({ name: "s", transport });
  expect(server.instructions).toBe("Obey me.");
  expect(server.info).toEqual({ name: "test", version: "1" });
  expect(JSON.stringify(await server.tools())).not.toContain("Obey");
});

test("a call that is aborted is cancelled at the server", async () => {
  const seen: AbortSignal[] = [];
  const { Server, InMemoryTransport } = await import("@modelcontextprotocol/server");
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const slow = new Server({ name: "t", version: "1" }, { capabilities: { tools: {} } });
  slow.setRequestHandler("tools/list", () => ({
    tools: [{ name: "wait", inputSchema: { type: "object" as const } }],
  }));
  slow.setRequestHandler("tools/call", (_, { mcpReq }) => {
    seen.push(mcpReq.signal);
    return new Promise(() => {});
  });
  await slow.connect(ours);
  await using server = await mcp({ name: "s", transport: theirs, timeout: 200 });
  const tools = await server.tools();
  const mine = new AbortController();
  const pending = call(tools, "s__wait", {}, { signal: mine.signal });
  setTimeout(() => mine.abort(), 10);
  await expect(pending).rejects.toThrow(APIUserAbortError);
  await expect.poll(() => seen[0]?.aborted).toBe(true);

  const late = call(tools, "s__wait");
  await expect(late).rejects.toThrow(McpTimeoutError);
  await expect(late).rejects.toThrow(
    'The tool "wait" of MCP server "s" (transport) gave no sign for 200 ms. It was cancelled; nobody knows whether it took effect.',
  );
  await expect.poll(() => seen[1]?.aborted).toBe(true);

  const before = call(tools, "s__wait", {}, { signal: AbortSignal.abort() });
  await expect(before).rejects.toThrow(APIUserAbortError);
  expect(seen).toHaveLength(2);
});

test("a server that dies in a call: a harmless one is repeated, another is not", async () => {
  const fake = serverOf(
    [{ name: "read", annotations: { readOnlyHint: true } }, { name: "pay" }],
    async (name) => {
      if (fake.counts.connections === dyingAt) await fake.die();
      return { content: [{ type: "text", text: name }] };
    },
  );
  let dyingAt = 1;
  await using server = await mcp({ name: "s", transport: fake.transport });
  const tools = await server.tools();
  expect(await call(tools, "s__read")).toBe("read");
  expect(fake.counts).toMatchObject({ connections: 2, calls: 2 });

  dyingAt = 2;
  const pay = call(tools, "s__pay");
  await expect(pay).rejects.toThrow(McpUnknownOutcomeError);
  await expect(pay).rejects.toThrow(
    /^MCP server "s" \(transport\) was lost while the tool "pay" ran: nobody knows whether it took effect\./,
  );
  expect(fake.counts.calls).toBe(3);
  // The next call finds it again.
  expect(await call(tools, "s__pay")).toBe("pay");
  expect(fake.counts.connections).toBe(3);
});

test("a server that dies each time is not called for ever", async () => {
  const fake = serverOf([{ name: "read", annotations: { readOnlyHint: true } }], async () => {
    await fake.die();
    return { content: [] };
  });
  await using server = await mcp({ name: "s", transport: fake.transport });
  const failure = call(await server.tools(), "s__read");
  await expect(failure).rejects.toThrow(McpConnectionError);
  await expect(failure).rejects.toThrow(
    /was lost while the tool "read" ran\. It was asked twice\.$/,
  );
  expect(fake.counts.calls).toBe(2);
});

test("a server that was disposed of is not called", async () => {
  const { transport } = serverOf([{ name: "a" }]);
  const server = await mcp({ name: "s", transport });
  const tools = await server.tools();
  await server.close();
  await server.close();
  await expect(call(tools, "s__a")).rejects.toThrow(/was closed/);
  await expect(call(tools, "s__a")).rejects.toThrow(McpError);
});

test.each([
  [{ name: "" }, /give the server a name/],
  [{ name: "s" }, /give one of command .* url or transport/],
  [{ name: "s", command: "x", url: "http://127.0.0.1" }, /not command and url/],
  [{ name: "s", url: "ftp://127.0.0.1/mcp" }, /http: or https:/],
  [{ name: "s", url: "nowhere" }, /is no URL/],
  [{ name: "s", command: "x", pins: { get: () => undefined } }, /has get\(key\) and set/],
])("options that make no sense are refused: %j", async (options, message) => {
  await expect(mcp(options as never)).rejects.toThrow(message);
});

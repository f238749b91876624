/** Replies that are odd and right, as servers and proxies do send them, and what is refused beside them. */
import type net from "node:net";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { transport } from "../../src/transport/node.ts";
import { ask, events, types, wholeBody } from "./calls.ts";
import { get, reply, type Server, serve, until } from "./servers.ts";

/** Waits until the client has closed; a socket that does not read would never know. */
const gone = ({ open }: Server) =>
  until(() => {
    for (const socket of open) socket.resume();
    return open.size === 0;
  });

/** Runs when what was written has been read: both ends are in this process. */
const later = (run: () => void) => setImmediate(setImmediate, run);

/** Writes each byte on its own. */
function drip(socket: net.Socket, bytes: Buffer, at = 0): void {
  if (at < bytes.length) {
    socket.write(bytes.subarray(at, at + 1), () => setImmediate(drip, socket, bytes, at + 1));
  }
}

test("a head that comes byte by byte", async () => {
  const server = await serve((socket) => drip(socket.setNoDelay(true), reply("whole")));
  expect(await (await transport(get(server.url))).text()).toBe("whole");
});

test("what a server says before its reply is no reply", async () => {
  const before = [
    "100 Continue\r\n\r\n",
    "103 Early Hints\r\nLink: </a>; rel=preload\r\nContent-Length: 5\r\n\r\n",
    "102 Processing\r\n\r\n",
  ].map((head) => `HTTP/1.1 ${head}`);
  const server = await serve((socket) => {
    socket.write(before.join(""));
    setTimeout(() => socket.write(reply(wholeBody)), 5);
  });
  expect(await ask(server.url)).toEqual({ text: "Hello there." });
});

describe.each([
  ["plain", false],
  ["streamed", true],
])("%s: a request that is too large", (_, stream) => {
  const content = "x".repeat(8 * 1024 * 1024);
  const refusal = '{"error":{"message":"Too large."}}';
  const head = `HTTP/1.1 413 Payload Too Large\r\nContent-Length: ${refusal.length}\r\n`;

  test.each<[string, (socket: net.Socket) => unknown]>([
    ["and ends", (socket) => socket.end()],
    ["and resets", (socket) => later(() => socket.resetAndDestroy())],
    ["and closes without reading on", (socket) => later(() => socket.destroy())],
  ])("is refused before it is all there, %s: the refusal is told", async (_, close) => {
    const server = await serve((socket) => {
      socket.pause().removeAllListeners("data");
      socket.write(`${head}Connection: close\r\n\r\n${refusal}`, () => close(socket));
    });
    const { error } = await ask(server.url, { stream, messages: [{ role: "user", content }] });
    expect(error).toMatchObject({ name: "BadRequestError", status: 413 });
    expect(error!.message).toContain("Too large.");
    await gone(server);
  });

  test("is never read: the timeout ends it, socket and all", async () => {
    const server = await serve((socket) => socket.pause().removeAllListeners("data"));
    const messages = [{ role: "user" as const, content }];
    const { error } = await ask(server.url, { stream, messages, timeout: { firstByte: 40 } });
    expect(error).toMatchObject({ name: "APIConnectionTimeoutError", phase: "firstByte" });
    await gone(server);
  });
});

describe("a length that is too short", () => {
  const short = (type: string, body: string, length: number) =>
    `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n${body}`;

  test("plain: what is left of the JSON is no reply", async () => {
    const server = await serve((socket) => socket.write(short(types.json, wholeBody, 50)));
    const { error } = await ask(server.url);
    expect(error?.name).toMatch(/^API(ResponseValidation|Connection)Error$/);
    await until(() => server.open.size === 0);
  });

  test("streamed: the stream broke off; what is beyond is not read", async () => {
    const all = events.join("");
    const length = events.slice(0, 2).join("").length;
    const server = await serve((socket) => socket.write(short(types.sse, all, length)));
    const { text, error } = await ask(server.url, { stream: true });
    expect(error).toMatchObject({ name: "APIConnectionError", phase: "body" });
    expect("Hello".startsWith(text)).toBe(true);
    await until(() => server.open.size === 0);
  });
});

test.each([
  [
    "a length and chunks",
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  ],
  ["two lengths", "Content-Length: 5\r\nContent-Length: 4\r\n\r\nhello"],
  ["a length below nothing", "Content-Length: -5\r\n\r\nhello"],
  ["lines that end without a return", "Content-Length: 5\n\nhello"],
])("a head with %s is refused", async (_, rest) => {
  const server = await serve((socket) => socket.write(`HTTP/1.1 200 OK\r\n${rest}`));
  const failed = transport(get(server.url));
  await expect(failed).rejects.toMatchObject({ kind: "connection", phase: "firstByte" });
  await until(() => server.open.size === 0);
});

describe("encodings", () => {
  test.each([
    ["zstd", zstdCompressSync("hello")],
    ["gzip, br", brotliCompressSync(gzipSync("hello"))],
  ])("%s, which was not asked for, is named", async (encoding, body) => {
    const whole = reply(body, { "content-encoding": encoding });
    const server = await serve((socket) => socket.write(whole));
    const message = expect.stringContaining(`"${encoding}"`);
    const failed = transport(get(server.url)).then((response) => response.text());
    await expect(failed).rejects.toMatchObject({ kind: "connection", phase: "body", message });
    await until(() => server.open.size === 0);
  });

  test.each([
    [
      "two in a row are one text",
      Buffer.concat([gzipSync("hello"), gzipSync(" you")]),
      "hello you",
    ],
    ["zeros that pad it are nothing", Buffer.concat([gzipSync("hello"), Buffer.alloc(9)]), "hello"],
  ])("gzip: %s", async (_, body, text) => {
    const server = await serve((socket) =>
      socket.write(reply(body, { "content-encoding": "gzip" })),
    );
    expect(await (await transport(get(server.url))).text()).toBe(text);
  });

  test.each(["accept-encoding", "Accept-Encoding"])(
    "%s of the caller's own goes out alone",
    async (name) => {
      const server = await serve((socket) => socket.write(reply("hello")));
      await (await transport(get(server.url, { headers: { [name]: "identity" } }))).text();
      expect(server.requests[0]!.match(/accept-encoding: .*/gi)).toEqual([`${name}: identity`]);
    },
  );
});

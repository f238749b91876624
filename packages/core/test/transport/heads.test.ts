import type net from "node:net";
import { describe, expect, test } from "vitest";
import { APIConnectionError, APIConnectionTimeoutError } from "../../src/index.ts";
import { ask, events, types, wholeBody } from "./calls.ts";
import { chunk, chunkedHead, serve, until } from "./servers.ts";

/** Writes a piece for as long as the other side takes it. */
function flood(socket: net.Socket, piece: string): void {
  const more = () => socket.writable && socket.write(piece, more);
  more();
}

/** Writes a piece now and then, until the other side goes. */
function drip(socket: net.Socket, piece: string): void {
  const timer = setInterval(() => socket.write(piece), 5);
  socket.on("close", () => clearInterval(timer));
}

describe.each([
  ["plain", false],
  ["streamed", true],
])("%s: a head", (_, stream) => {
  const status = "HTTP/1.1 200 OK\r\n";

  test.each<[string, (socket: net.Socket) => void]>([
    ["of headers without end", (socket) => flood(socket, `X-More: ${"x".repeat(1000)}\r\n`)],
    ["of one header without end", (socket) => flood(socket, "x".repeat(1000))],
  ])("%s is refused", async (_, rest) => {
    const server = await serve((socket) => {
      socket.write(`${status}X-First: `);
      rest(socket);
    });
    const { error } = await ask(server.url, { stream });
    expect(error).toBeInstanceOf(APIConnectionError);
    expect(error).toMatchObject({ phase: "firstByte", provider: "alpha", model: "m" });
    expect(error!.message).toContain("--max-http-header-size");
    await until(() => server.open.size === 0);
  });

  test.each<[string, (socket: net.Socket) => unknown]>([
    ["that drips without end", (socket) => drip(socket, "X: y\r\n")],
    ["that stands still", () => {}],
  ])("%s meets its timeout", async (_, rest) => {
    const server = await serve((socket) => {
      socket.write(status);
      rest(socket);
    });
    const { error } = await ask(server.url, { stream, timeout: { firstByte: 60 } });
    expect(error).toBeInstanceOf(APIConnectionTimeoutError);
    expect(error).toMatchObject({ phase: "firstByte", provider: "alpha", model: "m" });
    expect(error!.message).toContain("60 ms");
    await until(() => server.open.size === 0);
  });

  test("a trailer without end is refused, too", async () => {
    const type = stream ? types.sse : types.json;
    const body = chunk(stream ? events[0]! : wholeBody.slice(0, 40));
    const server = await serve((socket) => {
      socket.write(chunkedHead({ "content-type": type }));
      socket.write(body);
      socket.write("0\r\n");
      flood(socket, `X-More: ${"x".repeat(1000)}\r\n`);
    });
    const { error } = await ask(server.url, { stream });
    expect(error).toBeInstanceOf(APIConnectionError);
    expect(error).toMatchObject({ phase: "body" });
    await until(() => server.open.size === 0);
  });
});

describe("a chunk whose length is wrong", () => {
  const wrong: [string, (length: number) => string][] = [
    ["one too small", (length) => (length - 1).toString(16)],
    ["one too large", (length) => (length + 1).toString(16)],
    ["much too large", (length) => (length * 1000).toString(16)],
    ["no number", () => "wxyz"],
    ["negative", (length) => `-${length.toString(16)}`],
    ["beyond 64 bits", () => "f".repeat(17)],
    ["empty", () => ""],
  ];

  test.each(wrong)("plain: %s", async (_, size) => {
    const server = await serve((socket) => {
      socket.write(chunkedHead({ "content-type": types.json }));
      socket.end(`${size(wholeBody.length)}\r\n${wholeBody}\r\n0\r\n\r\n`);
    });
    const { error } = await ask(server.url);
    expect(error).toBeInstanceOf(APIConnectionError);
    expect(error).toMatchObject({ phase: "body", provider: "alpha", model: "m" });
    await until(() => server.open.size === 0);
  });

  // Of much too large a chunk the rest of the stream is a part, its end mark included.
  const seen = wrong.filter(([name]) => name !== "much too large");
  test.each(seen)("streamed: %s; what came before is handed out", async (_, size) => {
    const [first, second, ...others] = events as [string, string, ...string[]];
    const server = await serve((socket) => {
      socket.write(chunkedHead({ "content-type": types.sse }));
      socket.write(chunk(first));
      socket.write(`${size(second.length)}\r\n${second}\r\n`);
      for (const event of others) socket.write(chunk(event));
      socket.end("0\r\n\r\n");
    });
    const { text, error } = await ask(server.url, { stream: true });
    expect(error).toBeInstanceOf(APIConnectionError);
    expect(error).toMatchObject({ phase: "body", provider: "alpha", model: "m" });
    expect(text.startsWith("Hel")).toBe(true);
    expect("Hello there.".startsWith(text)).toBe(true);
    await until(() => server.open.size === 0);
  });

  test("as the reply's whole: longer than it says", async () => {
    const head = `HTTP/1.1 200 OK\r\nContent-Type: ${types.json}\r\n`;
    const server = await serve((socket) =>
      socket.end(`${head}Content-Length: ${wholeBody.length + 1}\r\n\r\n${wholeBody}`),
    );
    const { error } = await ask(server.url);
    expect(error).toBeInstanceOf(APIConnectionError);
    expect(error).toMatchObject({ phase: "body" });
    await until(() => server.open.size === 0);
  });
});

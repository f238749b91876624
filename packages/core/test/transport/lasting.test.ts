import type net from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { messages } from "../support/wire.ts";
import { ask, clientOf, events, types, wholeBody } from "./calls.ts";
import { chunk, chunkedHead, reply, type Server, serve, until } from "./servers.ts";

/** A server that counts slowly when asked for a stream, and answers at once otherwise. */
function counting(more: (socket: net.Socket) => void): Promise<Server> {
  return serve((socket, _, request) => {
    if (!request.includes('"stream":true')) return void socket.write(reply(wholeBody));
    socket.write(chunkedHead({ "content-type": types.sse }));
    socket.write(chunk(events[0]!));
    more(socket);
  });
}

/** Long enough for a socket to have gone back to its pool. */
const pooled = () => pause(10);

test("a stream that was left closes its connection, and the next call takes another", async () => {
  const server = await counting(() => {});
  const { completion } = clientOf(server.url);
  for (let i = 1; i <= 5; i++) {
    for await (const _ of await completion({ model: "alpha/m", messages, stream: true })) break;
    await until(() => server.open.size === 0);
    expect(await ask(server.url)).toEqual({ text: "Hello there." });
    await pooled();
  }
  // The pooled one of each plain call serves the stream that follows.
  expect(server.connections()).toBe(6);
  expect(server.open.size).toBe(1);
});

test("a stream read to its end gives its connection back", async () => {
  const server = await counting((socket) => {
    for (const event of events.slice(1)) socket.write(chunk(event));
    socket.write("0\r\n\r\n");
  });
  for (let i = 0; i < 5; i++) {
    expect(await ask(server.url, { stream: true })).toEqual({ text: "Hello there." });
    await pooled();
  }
  expect(server.connections()).toBe(1);
});

test("a stream whose bytes go on after its end is closed, and no call waits for it", async () => {
  const server = await counting((socket) => {
    for (const event of events.slice(1)) socket.write(chunk(event));
  });
  expect(await ask(server.url, { stream: true })).toEqual({ text: "Hello there." });
  expect(await ask(server.url)).toEqual({ text: "Hello there." });
  expect(server.connections()).toBe(2);
  await until(() => server.open.size === 1);
});

test("a refusal's connection is used again", async () => {
  const server = await serve((socket) =>
    socket.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\n{}"),
  );
  for (let i = 0; i < 5; i++) {
    expect((await ask(server.url)).error).toMatchObject({ status: 400 });
    await pooled();
  }
  expect(server.connections()).toBe(1);
});

test("a server that closes idle sockets costs no call, however close the race", async () => {
  let closing: NodeJS.Timeout | undefined;
  const server = await serve((socket, index) => {
    clearTimeout(closing);
    socket.write(reply(wholeBody));
    if (index % 3 === 0) return;
    const close = () => (index % 3 === 1 ? socket.end() : socket.destroy());
    closing = setTimeout(close, index % 8);
  });
  const calls = 150;
  for (let i = 0; i < calls; i++) {
    expect(await ask(server.url)).toEqual({ text: "Hello there." });
    await pause(i % 7);
  }
  clearTimeout(closing);
  // Both were met: sockets that lived on, and sockets that had died.
  expect(server.connections()).toBeGreaterThan(5);
  expect(server.connections()).toBeLessThan(calls);
  await until(() => server.open.size <= 1);
});

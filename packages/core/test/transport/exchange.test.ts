import http from "node:http";
import {
  brotliCompressSync,
  createBrotliCompress,
  createDeflate,
  createGzip,
  deflateRawSync,
  deflateSync,
  gzipSync,
} from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { readText } from "../../src/transport/body.ts";
import { transport as fetchTransport } from "../../src/transport/fetch.ts";
import { transport as nodeTransport } from "../../src/transport/node.ts";
import { TransportError, type TransportResponse } from "../../src/transport/types.ts";
import { chunk, chunkedHead, get, reply, serve, until } from "./servers.ts";

const transports = [
  ["node", nodeTransport],
  ["fetch", fetchTransport],
] as const;

async function all(response: TransportResponse): Promise<string> {
  let text = "";
  for (let bytes = await response.read(); bytes; bytes = await response.read()) {
    text += Buffer.from(bytes).toString("latin1");
  }
  return text;
}

describe.each(transports)("%s: a request and its reply", (_name, transport) => {
  test("method, path, headers and body go out as given", async () => {
    const seen: {
      method?: string;
      url?: string;
      headers: http.IncomingHttpHeaders;
      body: string;
    }[] = [];
    const server = http.createServer(async (request, response) => {
      const { method, url, headers } = request;
      let body = "";
      for await (const part of request) body += part;
      seen.push({ method, url, headers, body });
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close().closeAllConnections());
    const { port } = server.address() as { port: number };
    const url = `http://127.0.0.1:${port}/v1/chat?a=b%20c`;
    const headers = { "content-type": "application/json", Authorization: "Bearer k" };
    const text = await transport({ method: "POST", url, headers, body: '{"a":"é"}', timeouts: {} });
    expect(await text.text()).toBe("");
    const body = Uint8Array.of(0x00, 0x61);
    await (await transport({ method: "PUT", url, headers, body, timeouts: {} })).text();
    expect(seen.map(({ method, url, body }) => ({ method, url, body }))).toEqual([
      { method: "POST", url: "/v1/chat?a=b%20c", body: '{"a":"é"}' },
      { method: "PUT", url: "/v1/chat?a=b%20c", body: "\0a" },
    ]);
    expect(seen[0]?.headers).toMatchObject({
      "content-type": "application/json",
      authorization: "Bearer k",
      "content-length": "10",
    });
    expect(seen[0]?.headers["accept-encoding"]).toMatch(/gzip/);
  });

  test("status, headers and text come back", async () => {
    const server = await serve((socket) =>
      socket.write(
        "HTTP/1.1 404 Gone Fishing\r\nX-Request-ID: req_1\r\nX-Two: a\r\nX-Two: b\r\n" +
          "Set-Cookie: c=1\r\nSet-Cookie: d=2\r\nContent-Length: 6\r\n\r\n\ufeffé!",
      ),
    );
    const response = await transport(get(server.url));
    const { status, ok, url } = response;
    expect({ status, ok, url }).toEqual({
      status: 404,
      ok: false,
      url: server.url,
    });
    expect(response.header("x-request-id")).toBe("req_1");
    expect(response.header("X-Two")).toBe("a, b");
    expect(response.header("set-cookie")).toBe("c=1, d=2");
    expect(response.header("x-three")).toBeUndefined();
    expect(await response.text()).toBe("é!");
    expect(await response.read()).toBeUndefined();
  });

  test.each([301, 302, 307, 308])("a redirect %i is returned as it is", async (status) => {
    const server = await serve((socket) =>
      socket.write(`HTTP/1.1 ${status} Moved\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n`),
    );
    const response = await transport(get(server.url));
    expect(response.status).toBe(status);
    expect(response.header("location")).toBe("/other");
    expect(await response.text()).toBe("");
    expect(server.requests.length).toBe(1);
  });

  test.each([
    ["204", "HTTP/1.1 204 No Content\r\n\r\n"],
    ["an empty body", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"],
    [
      "an empty body that says gzip",
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n",
    ],
    ["no chunks", `${chunkedHead({ "content-encoding": "br" })}0\r\n\r\n`],
  ])("%s is an empty text", async (_, bytes) => {
    const server = await serve((socket) => socket.write(bytes));
    expect(await (await transport(get(server.url))).text()).toBe("");
    const response = await transport(get(server.url));
    expect(await response.read()).toBeUndefined();
    expect(await response.read()).toBeUndefined();
  });

  test("HEAD has no body, whatever its length says", async () => {
    const server = await serve((socket) =>
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
    );
    const response = await transport(get(server.url, { method: "HEAD" }));
    expect(await response.text()).toBe("");
  });

  test("a body without length ends with the connection", async () => {
    const server = await serve((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nhello"));
    expect(await (await transport(get(server.url))).text()).toBe("hello");
  });

  test("a large body in one text", async () => {
    const large = "0123456789abcdef".repeat(256 * 1024);
    const server = await serve((socket) => socket.write(reply(large)));
    expect(await (await transport(get(server.url))).text()).toBe(large);
  });

  test("a text beyond the limit is refused and its socket closed", async () => {
    const server = await serve((socket) => {
      socket.write(chunkedHead());
      const more = () => socket.writable && socket.write(chunk("x".repeat(1000)), more);
      more();
    });
    const error = await readText(await transport(get(server.url)), 10_000).catch((e) => e);
    expect(error).toBeInstanceOf(TransportError);
    expect([error.kind, error.phase]).toEqual(["limit", "body"]);
    await until(() => server.open.size === 0);
  });

  test("bytes come as they arrive", async () => {
    const server = await serve((socket) => socket.write(`${chunkedHead()}3\r\none\r\n`));
    const response = await transport(get(server.url));
    expect(Buffer.from((await response.read())!).toString()).toBe("one");
    const [socket] = server.open;
    socket!.write(chunk("two"));
    expect(Buffer.from((await response.read())!).toString()).toBe("two");
    socket!.write("0\r\n\r\n");
    expect(await response.read()).toBeUndefined();
  });

  test("a caller who does not read holds the server back", async () => {
    const piece = chunk("x".repeat(64 * 1024));
    let written = 0;
    const pieces = 1024;
    const server = await serve((socket) => {
      socket.write(chunkedHead());
      const more = () => {
        if (written === pieces) return socket.write("0\r\n\r\n");
        written++;
        return socket.write(piece, more);
      };
      more();
    });
    const response = await transport(get(server.url));
    await response.read();
    let last = -1;
    while (last !== written) {
      last = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // 64 MiB are to come; the sockets of both sides hold a few, we some 128 KiB.
    expect(written).toBeLessThan(pieces / 2);
    let length = 0;
    for (let bytes = await response.read(); bytes; bytes = await response.read())
      length += bytes.length;
    expect(written).toBe(pieces);
    expect(length).toBeGreaterThan((pieces - 20) * 64 * 1024);
  });
});

describe.each(transports)("%s: compression", (_name, transport) => {
  const text = JSON.stringify({ text: "compressed é ".repeat(500) });
  const encodings: [string, string, (text: string) => Buffer][] = [
    ["gzip", "gzip", gzipSync],
    ["deflate, zlib", "deflate", deflateSync],
    ["deflate, raw", "deflate", deflateRawSync],
    ["br", "br", brotliCompressSync],
  ];

  test.each(encodings)("%s", async (_, encoding, compress) => {
    const body = compress(text);
    const server = await serve((socket) =>
      socket.write(reply(body, { "content-encoding": encoding })),
    );
    expect(await (await transport(get(server.url))).text()).toBe(text);
    const response = await transport(get(server.url));
    expect(await all(response)).toBe(Buffer.from(text).toString("latin1"));
  });

  test.each(encodings)("%s, a byte at a time", async (_, encoding, compress) => {
    const server = await serve((socket) => {
      socket.setNoDelay(true).write(chunkedHead({ "content-encoding": encoding }));
      for (const byte of compress(text)) socket.write(chunk(Uint8Array.of(byte)));
      socket.write("0\r\n\r\n");
    });
    expect(await (await transport(get(server.url))).text()).toBe(text);
  });

  test.each([
    ["gzip", () => createGzip()],
    ["deflate", () => createDeflate()],
    ["br", () => createBrotliCompress()],
  ])("an event in %s comes out before the next one is sent", async (encoding, encoder) => {
    const events = encoder();
    const server = await serve((socket) => {
      socket.write(chunkedHead({ "content-encoding": encoding }));
      events.on("data", (bytes) => socket.write(chunk(bytes)));
      events.on("end", () => socket.write("0\r\n\r\n"));
      events.write("data: one\n\n");
      events.flush();
    });
    const response = await transport(get(server.url));
    expect(Buffer.from((await response.read())!).toString()).toBe("data: one\n\n");
    events.write("data: two\n\n");
    events.flush();
    expect(Buffer.from((await response.read())!).toString()).toBe("data: two\n\n");
    events.end();
    expect(await response.read()).toBeUndefined();
  });
});

describe("node: compression that is wrong", () => {
  const body = gzipSync("a".repeat(50) + Math.random());

  test.each<[string, Buffer, string]>([
    ["is cut", body.subarray(0, -4), "gzip"],
    ["is none", Buffer.from("plain"), "gzip"],
    ["is another", body, "deflate"],
    ["is unknown", Buffer.from("plain"), "zstd-2"],
  ])("%s", async (_, bytes, encoding) => {
    const whole = reply(bytes, { "content-encoding": encoding });
    const server = await serve((socket) => socket.write(whole));
    const response = await nodeTransport(get(server.url));
    const error = await response.text().catch((e) => e);
    expect(error).toBeInstanceOf(TransportError);
    expect([error.kind, error.phase]).toEqual(["connection", "body"]);
  });

  test("what was decoded before a cut is given out first", async () => {
    const events = createGzip();
    const server = await serve((socket) => {
      socket.write(chunkedHead({ "content-encoding": "gzip" }));
      events.on("data", (bytes) => socket.write(chunk(bytes)));
      events.write("data: one\n\n");
      events.flush(() => setImmediate(() => socket.end()));
    });
    const response = await nodeTransport(get(server.url));
    await until(() => server.open.size === 0);
    expect(Buffer.from((await response.read())!).toString()).toBe("data: one\n\n");
    await expect(response.read()).rejects.toMatchObject({ kind: "connection", phase: "body" });
  });

  test("bytes that go on after the compressed text are not swallowed for ever", async () => {
    const server = await serve((socket) => {
      socket.write(chunkedHead({ "content-encoding": "deflate" }));
      socket.write(chunk(deflateSync("a")));
      const more = () => socket.writable && socket.write(chunk("x".repeat(1000)), more);
      more();
    });
    const response = await nodeTransport(get(server.url));
    await expect(response.text()).rejects.toMatchObject({ kind: "connection", phase: "body" });
    await until(() => server.open.size === 0);
  });

  test("a bomb meets the limit of a text", async () => {
    const bomb = brotliCompressSync(Buffer.alloc(8 * 1024 * 1024));
    const whole = reply(bomb, { "content-encoding": "br" });
    const server = await serve((socket) => socket.write(whole));
    const response = await nodeTransport(get(server.url));
    await expect(readText(response, 1024 * 1024)).rejects.toMatchObject({ kind: "limit" });
  });
});

import http from "node:http";
import net from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { transport as fetchTransport } from "../../src/transport/fetch.ts";
import { transport as nodeTransport } from "../../src/transport/node.ts";
import { isTransportError, type TransportError } from "../../src/transport/types.ts";
import { chunk, chunkedHead, get, reply, serve, serveTls, until } from "./servers.ts";

const transports = [
  ["node", nodeTransport],
  ["fetch", fetchTransport],
] as const;

/** What a promise fails with, which must be a TransportError. */
async function failure(promise: Promise<unknown>): Promise<TransportError> {
  const error = await promise.then(
    () => new Error("it did not fail"),
    (error) => error,
  );
  if (!isTransportError(error)) throw error;
  return error;
}

/** A port on which nobody listens. */
async function deadPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.each(transports)("%s: the way there", (_name, transport) => {
  test("refused", async () => {
    const error = await failure(transport(get(`http://127.0.0.1:${await deadPort()}/?key=secret`)));
    expect([error.kind, error.phase]).toEqual(["connection", "connect"]);
    expect(error.message).toMatch(/127\.0\.0\.1.*ECONNREFUSED/);
    expect(error.message).not.toContain("secret");
    expect(error.cause).toBeInstanceOf(Error);
  });

  test("a certificate that nobody vouches for", async () => {
    const server = await serveTls((socket) => socket.write(reply("secret")));
    const error = await failure(transport(get(server.url)));
    expect([error.kind, error.phase]).toEqual(["connection", "connect"]);
    expect(error.message).toContain("self-signed certificate");
    expect(server.requests).toEqual([]);
  });

  test("TLS where there is none", async () => {
    const server = await serve((socket) => socket.end("no TLS here"));
    const error = await failure(transport(get(server.url.replace("http:", "https:"))));
    expect([error.kind, error.phase]).toEqual(["connection", "connect"]);
  });

  test.each(["not a url?key=secret", "/v1/chat", "ftp://127.0.0.1/?key=secret"])(
    "URL %s",
    async (url) => {
      const error = await failure(transport(get(url)));
      expect([error.kind, error.phase]).toEqual(["connection", "connect"]);
      expect(`${error.message}${String(error.stack)}`).not.toContain("secret");
    },
  );

  test("a header that cannot be sent", async () => {
    const error = await failure(
      transport(get("http://127.0.0.1:1/", { headers: { authorization: "Bearer secret\n" } })),
    );
    expect(error.kind).toBe("connection");
    expect(error.message).not.toContain("secret");
  });
});

describe.each(transports)("%s: replies that go wrong", (name, transport) => {
  test.each([
    ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["nothing at all", ""],
    [
      "another protocol",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ],
    ["half a head", "HTTP/1.1 200 OK\r\nContent-Ty"],
  ])("%s", async (_, bytes) => {
    const server = await serve((socket) => socket.end(bytes));
    const error = await failure(transport(get(server.url)));
    expect(error.kind).toBe("connection");
    if (name === "node") expect(error.phase).toBe("firstByte");
    await until(() => server.open.size === 0);
  });

  test("a head without end", async () => {
    const server = await serve((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const more = () => socket.writable && socket.write(`X-More: ${"x".repeat(1000)}\r\n`, more);
      more();
    });
    const error = await failure(transport(get(server.url)));
    if (name === "node") expect([error.kind, error.phase]).toEqual(["limit", "firstByte"]);
    await until(() => server.open.size === 0);
  });

  const chunks = ["data: one\n\n", "data: two\n\n", "data: three\n\n"];
  const chunked = Buffer.concat([...chunks.map(chunk), Buffer.from("0\r\n\r\n")]);
  const plain = Buffer.from(chunks.join(""));

  test.each([
    ["content-length", `HTTP/1.1 200 OK\r\nContent-Length: ${plain.length}\r\n\r\n`, plain],
    ["chunks", chunkedHead(), chunked],
  ])("cut at any byte, %s", async (_, head, body) => {
    let at = 0;
    const server = await serve((socket) => {
      socket.write(head);
      socket.end(body.subarray(0, at));
    });
    for (at = 0; at < body.length; at++) {
      const response = await transport(get(server.url));
      let text = "";
      const reading = (async () => {
        for (let bytes = await response.read(); bytes; bytes = await response.read()) {
          text += Buffer.from(bytes).toString();
        }
      })();
      const error = await failure(reading);
      expect([at, error.kind, error.phase]).toEqual([at, "connection", "body"]);
      expect(plain.toString().startsWith(text)).toBe(true);
      if (name === "node" && body === plain) expect(text.length).toBe(at);
    }
    await until(() => server.open.size === 0);
  });

  test("reset in the middle of the body", async () => {
    const server = await serve((socket) => {
      socket.write(`${chunkedHead()}3\r\none\r\n`, () =>
        setTimeout(() => socket.resetAndDestroy(), 20),
      );
    });
    const response = await transport(get(server.url));
    expect(Buffer.from((await response.read())!).toString()).toBe("one");
    const error = await failure(response.read());
    expect([error.kind, error.phase]).toEqual(["connection", "body"]);
    expect(await failure(response.read())).toBe(error);
  });

  test.each([
    ["no number", "3\r\none\r\nZZ\r\ntwo\r\n0\r\n\r\n"],
    ["too small", "3\r\none\r\n2\r\ntwo\r\n0\r\n\r\n"],
    ["negative", "3\r\none\r\n-3\r\ntwo\r\n0\r\n\r\n"],
    ["too large", "3\r\none\r\nfffffffffffffffff\r\ntwo\r\n0\r\n\r\n"],
  ])("a chunk's size is %s", async (_, body) => {
    const server = await serve((socket) => socket.write(chunkedHead() + body));
    const response = await transport(get(server.url));
    const error = await failure(response.text());
    expect([error.kind, error.phase]).toEqual(["connection", "body"]);
    await until(() => server.open.size === 0);
  });
});

describe("node: what came before the failure comes first", () => {
  test("also to a caller who reads late, beyond what we hold", async () => {
    const size = 100 * 1024;
    const server = await serve((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size + 1}\r\n\r\n`);
      socket.end("x".repeat(size));
    });
    const response = await nodeTransport(get(server.url));
    await new Promise((resolve) => setTimeout(resolve, 50));
    let length = 0;
    const reading = (async () => {
      for (let bytes = await response.read(); bytes; bytes = await response.read())
        length += bytes.length;
    })();
    expect(await failure(reading)).toMatchObject({ kind: "connection", phase: "body" });
    expect(length).toBe(size);
  });
});

describe.each(transports)("%s: timeouts", (name, transport) => {
  test("first byte: the server says nothing", async () => {
    const server = await serve(() => {});
    const timeouts = { connect: 5000, firstByte: 30, idle: 5000, total: 5000 };
    const error = await failure(transport(get(server.url, { timeouts })));
    expect([error.kind, error.phase]).toEqual(["timeout", "firstByte"]);
    expect(error.message).toContain("30 ms");
    await until(() => server.open.size === 0);
  });

  test("first byte: a head that drips", async () => {
    const server = await serve((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const drip = setInterval(() => socket.write("X: y\r\n"), 5);
      socket.on("close", () => clearInterval(drip));
    });
    const error = await failure(transport(get(server.url, { timeouts: { firstByte: 60 } })));
    expect([error.kind, error.phase]).toEqual(["timeout", "firstByte"]);
    await until(() => server.open.size === 0);
  });

  test("idle: the body stands still", async () => {
    const server = await serve((socket) => socket.write(`${chunkedHead()}3\r\none\r\n`));
    const response = await transport(get(server.url, { timeouts: { idle: 30, firstByte: 5000 } }));
    expect(Buffer.from((await response.read())!).toString()).toBe("one");
    const error = await failure(response.read());
    expect([error.kind, error.phase]).toEqual(["timeout", "idle"]);
    await until(() => server.open.size === 0);
  });

  test("idle does not run while bytes come, nor while the caller does something else", async () => {
    const server = await serve((socket) => {
      socket.write(chunkedHead());
      let left = 10;
      const drip = setInterval(() => {
        socket.write(chunk("x"));
        if (--left === 0) {
          clearInterval(drip);
          socket.write("0\r\n\r\n");
        }
      }, 20);
    });
    const response = await transport(get(server.url, { timeouts: { idle: 120 } }));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await response.text()).toBe("xxxxxxxxxx");
  });

  test("total: a body that drips for ever", async () => {
    const server = await serve((socket) => {
      socket.write(chunkedHead());
      const drip = setInterval(() => socket.write(chunk("x")), 5);
      socket.on("close", () => clearInterval(drip));
    });
    const timeouts = { connect: 5000, firstByte: 5000, idle: 5000, total: 80 };
    const error = await failure(transport(get(server.url, { timeouts })).then((r) => r.text()));
    expect([error.kind, error.phase]).toEqual(["timeout", "total"]);
    await until(() => server.open.size === 0);
  });

  test("total: also for a whole body that nobody reads in time; its bytes still come", async () => {
    const server = await serve((socket) => socket.write(reply("whole")));
    const response = await transport(get(server.url, { timeouts: { total: 60 } }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (name === "node") expect(Buffer.from((await response.read())!).toString()).toBe("whole");
    expect(await failure(response.read())).toMatchObject({ kind: "timeout", phase: "total" });
  });

  test("total: also when the caller has stopped reading", async () => {
    const server = await serve((socket) => socket.write(`${chunkedHead()}3\r\none\r\n`));
    const response = await transport(get(server.url, { timeouts: { total: 40 } }));
    await until(() => server.open.size === 0);
    const reading = response.text();
    expect(await failure(reading)).toMatchObject({ kind: "timeout", phase: "total" });
  });
});

test("node: connect: a TLS handshake that does not come", async () => {
  const server = await serve(() => {});
  const url = server.url.replace("http:", "https:");
  const timeouts = { connect: 30, firstByte: 5000 };
  const error = await failure(nodeTransport(get(url, { timeouts })));
  expect([error.kind, error.phase]).toEqual(["timeout", "connect"]);
  await until(() => server.open.size === 0);
});

test("node: connect ends when the connection is up", async () => {
  const server = await serve((socket) => setTimeout(() => socket.write(reply("late")), 80));
  const response = await nodeTransport(get(server.url, { timeouts: { connect: 40 } }));
  expect(await response.text()).toBe("late");
});

describe.each(transports)("%s: abort", (_name, transport) => {
  const reason = new Error("the user left");

  test("before", async () => {
    const server = await serve((socket) => socket.write(reply("no")));
    const error = await failure(transport(get(server.url, { signal: AbortSignal.abort(reason) })));
    expect([error.kind, error.cause]).toEqual(["abort", reason]);
    expect(server.connections()).toBe(0);
  });

  test("at once", async () => {
    const server = await serve(() => {});
    const controller = new AbortController();
    const reply = failure(transport(get(server.url, { signal: controller.signal })));
    controller.abort(reason);
    const error = await reply;
    expect([error.kind, error.cause]).toEqual(["abort", reason]);
    await until(() => server.open.size === 0);
  });

  test("while the server thinks", async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort(reason));
    const error = await failure(transport(get(server.url, { signal: controller.signal })));
    expect([error.kind, error.phase, error.cause]).toEqual(["abort", "firstByte", reason]);
    await until(() => server.open.size === 0);
  });

  test("during the head", async () => {
    const controller = new AbortController();
    const server = await serve((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nX-Half: ", () =>
        setTimeout(() => controller.abort(reason), 20),
      );
    });
    const error = await failure(transport(get(server.url, { signal: controller.signal })));
    expect([error.kind, error.phase, error.cause]).toEqual(["abort", "firstByte", reason]);
    await until(() => server.open.size === 0);
  });

  test("during the body, waiting for it", async () => {
    const server = await serve((socket) => socket.write(`${chunkedHead()}3\r\none\r\n`));
    const controller = new AbortController();
    const response = await transport(get(server.url, { signal: controller.signal }));
    expect(Buffer.from((await response.read())!).toString()).toBe("one");
    const reading = failure(response.read());
    controller.abort(reason);
    const error = await reading;
    expect([error.kind, error.phase, error.cause]).toEqual(["abort", "body", reason]);
    await until(() => server.open.size === 0);
  });

  test("during the body, with bytes already here", async () => {
    const server = await serve((socket) => socket.write(`${chunkedHead()}3\r\none\r\n`));
    const controller = new AbortController();
    const response = await transport(get(server.url, { signal: controller.signal }));
    controller.abort(reason);
    expect(await failure(response.read())).toMatchObject({ kind: "abort" });
    await until(() => server.open.size === 0);
  });

  test("after the end changes nothing", async () => {
    const server = await serve((socket) => socket.write(reply("done")));
    const controller = new AbortController();
    const response = await transport(get(server.url, { signal: controller.signal }));
    expect(await response.text()).toBe("done");
    controller.abort(reason);
    expect(await response.read()).toBeUndefined();
  });
});

describe.each(transports)("%s: cancel", (_name, transport) => {
  test("closes the socket of an unfinished body; read() then ends", async () => {
    const server = await serve((socket) => socket.write(`${chunkedHead()}3\r\none\r\n`));
    const response = await transport(get(server.url));
    await response.read();
    const waiting = response.read();
    response.cancel();
    response.cancel();
    expect(await waiting).toBeUndefined();
    expect(await response.read()).toBeUndefined();
    await until(() => server.open.size === 0);
  });
});

test("errors that a server never meant to make are told as what they are", async () => {
  // node:http's own server, which answers a request that it cannot read by 400.
  const server = http.createServer((_, response) => void response.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const { port } = server.address() as net.AddressInfo;
  const error = await failure(nodeTransport(get(`http://127.0.0.1:${port}/`)));
  expect([error.kind, error.phase]).toEqual(["connection", "firstByte"]);
  expect(error.message).toContain("without a reply");
});

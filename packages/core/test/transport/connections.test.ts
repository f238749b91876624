import { execFile } from "node:child_process";
import dns from "node:dns";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { HttpResponse, http as mock } from "msw";
import { setupServer } from "msw/node";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { transport } from "../../src/transport/node.ts";
import { cert } from "./certificate.ts";
import { chunk, chunkedHead, get, reply, serve, serveTls, until } from "./servers.ts";
import { trust } from "./trust.ts";

beforeEach(() => trust(cert));

/** Long enough for a socket to have gone back to its pool. */
const pooled = () => new Promise((resolve) => setTimeout(resolve, 10));

describe.each([
  ["http", serve],
  ["https", serveTls],
] as const)("%s: reuse of connections", (_, start) => {
  test("after a whole body", async () => {
    const server = await start((socket) => socket.write(reply("whole")));
    for (let i = 0; i < 5; i++) {
      expect(await (await transport(get(server.url))).text()).toBe("whole");
      await pooled();
    }
    expect([server.requests.length, server.connections()]).toEqual([5, 1]);
  });

  test("after a body that was whole when it was cancelled", async () => {
    const server = await start((socket) => socket.write(reply("whole")));
    (await transport(get(server.url))).cancel();
    await pooled();
    const response = await transport(get(server.url));
    await pooled();
    response.cancel();
    await pooled();
    expect(await (await transport(get(server.url))).text()).toBe("whole");
    expect(server.connections()).toBe(1);
  });

  test("not after a stream that was abandoned", async () => {
    const server = await start((socket, index) =>
      socket.write(index === 0 ? `${chunkedHead()}3\r\nold\r\n` : reply("new")),
    );
    const first = await transport(get(server.url));
    await first.read();
    first.cancel();
    await pooled();
    expect(await (await transport(get(server.url))).text()).toBe("new");
    expect(server.connections()).toBe(2);
    expect(server.open.size).toBe(1);
  });

  test("not after bytes beyond the reply, which never become another's", async () => {
    const server = await start((socket, index) =>
      socket.write(index === 0 ? Buffer.concat([reply("one"), reply("planted")]) : reply("two")),
    );
    expect(await (await transport(get(server.url))).text()).toBe("one");
    await pooled();
    expect(await (await transport(get(server.url))).text()).toBe("two");
  });

  test("64 at once, then again", async () => {
    const server = await start((socket) => setTimeout(() => socket.write(reply("x")), 20));
    const round = () =>
      Promise.all(
        Array.from({ length: 64 }, async () => (await transport(get(server.url))).text()),
      );
    expect((await round()).join("")).toBe("x".repeat(64));
    await pooled();
    expect((await round()).join("")).toBe("x".repeat(64));
    expect(server.connections()).toBe(64);
  });
});

describe.each([
  ["http", serve],
  ["https", serveTls],
] as const)("%s: a pooled connection that has died", (_, start) => {
  test("is replaced once, the body sent again", async () => {
    const server = await start((socket, index) => {
      if (index === 1) socket.destroy();
      else socket.write(reply(`reply ${index}`));
    });
    await (await transport(get(server.url))).text();
    await pooled();
    const again = get(server.url, { method: "POST", body: "the body" });
    expect(await (await transport(again)).text()).toBe("reply 2");
    expect(server.connections()).toBe(2);
    expect(server.requests.map((request) => request.endsWith("the body"))).toEqual([
      false,
      true,
      true,
    ]);
  });

  test("is replaced when it was closed while idle", async () => {
    const server = await start((socket, index) => socket.write(reply(`reply ${index}`)));
    await (await transport(get(server.url))).text();
    await pooled();
    for (const socket of server.open) socket.destroy();
    // Sent before the client has had a chance to see it.
    expect(await (await transport(get(server.url))).text()).toBe("reply 1");
    expect(server.connections()).toBe(2);
  });

  test("is not replaced twice", async () => {
    const server = await start((socket, index) => {
      if (index === 0) socket.write(reply("first"));
      else socket.destroy();
    });
    await (await transport(get(server.url))).text();
    await pooled();
    await expect(transport(get(server.url))).rejects.toMatchObject({ kind: "connection" });
    expect(server.requests.length).toBe(3);
  });

  test("is not replaced when a byte of the reply had come", async () => {
    const server = await start((socket, index) => {
      if (index === 0) socket.write(reply("first"));
      else socket.end("HTTP/1.1 2");
    });
    await (await transport(get(server.url))).text();
    await pooled();
    const failed = transport(get(server.url));
    await expect(failed).rejects.toMatchObject({ kind: "connection", phase: "firstByte" });
    expect(server.requests.length).toBe(2);
  });

  test("is not replaced after a while: the server may have been at work on the request", async () => {
    const now = vi.spyOn(performance, "now");
    const server = await start((socket, index) => {
      if (index === 0) return void socket.write(reply("first"));
      const later = performance.now() + 60_000;
      now.mockImplementation(() => later);
      socket.destroy();
    });
    await (await transport(get(server.url))).text();
    await pooled();
    const failed = transport(get(server.url, { method: "POST", body: "the body" }));
    await expect(failed).rejects.toMatchObject({ kind: "connection", phase: "firstByte" });
    expect(server.requests.length).toBe(2);
  });

  test("a new connection that dies is not tried again", async () => {
    const server = await start((socket) => socket.destroy());
    await expect(transport(get(server.url))).rejects.toMatchObject({ kind: "connection" });
    expect(server.requests.length).toBe(1);
  });
});

/** A port of ::1 whose queue is full and never emptied, so that who connects hears nothing. */
async function blackHole(port: number): Promise<void> {
  const program = `
    const { parentPort } = require("node:worker_threads");
    const options = { port: ${port}, host: "::1", backlog: 1 };
    require("node:net").createServer().listen(options, () => {
      parentPort.postMessage("full");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });
  `;
  const worker = new Worker(program, { eval: true });
  onTestFinished(() => void worker.terminate());
  await once(worker, "message");
  const waiting = Array.from({ length: 4 }, () => net.connect(port, "::1").on("error", () => {}));
  onTestFinished(() => waiting.forEach((socket) => void socket.destroy()));
  await Promise.all(waiting.slice(0, 2).map((socket) => once(socket, "connect")));
}

describe("addresses", () => {
  test("IPv4 is tried when IPv6 refuses", async () => {
    const server = await serve((socket) => socket.write(reply("over IPv4")));
    const both = [
      { address: "::1", family: 6 },
      { address: "127.0.0.1", family: 4 },
    ];
    const lookup = vi
      .spyOn(dns, "lookup")
      .mockImplementation(((
        _name: string,
        _options: object,
        callback: (error: null, addresses: typeof both) => void,
      ) => callback(null, both)) as unknown as typeof dns.lookup);
    const response = await transport(get(`http://dual.test:${server.port}/`));
    expect(await response.text()).toBe("over IPv4");
    expect(lookup).toHaveBeenCalledOnce();
  });

  test("IPv4 is tried when IPv6 leads nowhere", async () => {
    const server = await serve((socket) => socket.write(reply("over IPv4")));
    await blackHole(server.port);
    const both = [
      { address: "::1", family: 6 },
      { address: "127.0.0.1", family: 4 },
    ];
    vi.spyOn(dns, "lookup").mockImplementation(((
      _name: string,
      _options: object,
      callback: (error: null, addresses: typeof both) => void,
    ) => callback(null, both)) as unknown as typeof dns.lookup);
    const timeouts = { connect: 10_000 };
    const response = await transport(get(`http://dual.test:${server.port}/`, { timeouts }));
    expect(await response.text()).toBe("over IPv4");
  });

  test("a literal IPv6 address", async () => {
    const server = await serve((socket) => socket.write(reply("six")), "::1");
    expect(await (await transport(get(server.url))).text()).toBe("six");
  });

  test("every address refuses: each is named", async () => {
    const closed = await serve(() => {});
    const both = [
      { address: "127.0.0.2", family: 4 },
      { address: "::1", family: 6 },
    ];
    vi.spyOn(dns, "lookup").mockImplementation(((
      _name: string,
      _options: object,
      callback: (error: null, addresses: typeof both) => void,
    ) => callback(null, both)) as unknown as typeof dns.lookup);
    const error = await transport(get(`http://dual.test:${closed.port}/`)).catch((e) => e);
    expect(error).toMatchObject({ kind: "connection", phase: "connect" });
    expect(error.message).toContain(`127.0.0.2:${closed.port}`);
    expect(error.message).toContain(`::1:${closed.port}`);
  });

  test("a name that does not exist", async () => {
    vi.spyOn(dns, "lookup").mockImplementation(((
      name: string,
      _options: object,
      callback: (error: Error) => void,
    ) =>
      callback(
        Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: "ENOTFOUND" }),
      )) as unknown as typeof dns.lookup);
    const error = await transport(get("http://nowhere.test/")).catch((e) => e);
    expect(error).toMatchObject({ kind: "connection", phase: "connect" });
    expect(error.message).toContain("nowhere.test");
  });
});

test("500 calls leave no listener, timer or socket behind", async () => {
  const server = await serve((socket, index) => {
    const streamed = index % 5 === 1;
    socket.write(streamed ? `${chunkedHead()}3\r\none\r\n` : reply("whole"));
  });
  const controller = new AbortController();
  const { signal } = controller;
  const add = vi.spyOn(signal, "addEventListener");
  const remove = vi.spyOn(signal, "removeEventListener");
  const warnings: Error[] = [];
  const warn = (warning: Error) => warnings.push(warning);
  process.on("warning", warn);
  onTestFinished(() => void process.off("warning", warn));
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const timeouts = { connect: 60_000, firstByte: 60_000, idle: 60_000, total: 60_000 };
  for (let round = 0; round < 10; round++) {
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const response = await transport(get(server.url, { signal, timeouts }));
        await response.read();
        response.cancel();
      }),
    );
  }
  await pooled();
  expect(server.requests.length).toBe(500);
  expect(add).toHaveBeenCalledTimes(500);
  const left = new Set(add.mock.calls.map(([, listener]) => listener));
  for (const [, listener] of remove.mock.calls) left.delete(listener);
  expect(left.size).toBe(0);
  expect(timers()).toBeLessThanOrEqual(before);
  // What is open is pooled: at most as many as ran at once.
  expect(server.open.size).toBeLessThanOrEqual(50);
  expect(warnings).toEqual([]);
});

test("listeners do not pile up on a pooled socket", async () => {
  const server = await serve((socket) => socket.write(reply("whole")));
  const counts: number[] = [];
  const request = vi.spyOn(http, "request");
  for (let i = 0; i < 20; i++) {
    await (await transport(get(server.url))).text();
    const { socket } = request.mock.results[i]!.value as http.ClientRequest;
    await pooled();
    const names = socket!.eventNames();
    counts.push(names.reduce((sum, name) => sum + socket!.listenerCount(name), 0));
  }
  expect(server.connections()).toBe(1);
  expect(counts.at(-1)).toBe(counts[1]);
});

test("a pooled connection does not hold the process open", async () => {
  const server = await serve((socket) => socket.write(reply("whole")));
  const module = new URL("../../src/transport/node.ts", import.meta.url);
  const program = `
    import { transport } from ${JSON.stringify(module.href)};
    const timeouts = { connect: 60000, firstByte: 60000, idle: 60000, total: 60000 };
    const response = await transport({ method: "GET", url: ${JSON.stringify(server.url)}, headers: {}, timeouts });
    console.log(await response.text());
  `;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], {
    timeout: 10_000,
  });
  expect(stdout.trim()).toBe("whole");
});

test("nothing of node:http is loaded before the first call", async () => {
  const module = new URL("../../src/transport/node.ts", import.meta.url);
  const program = `
    await import(${JSON.stringify(module.href)});
    const loaded = process.moduleLoadList.map((entry) => entry.replace("NativeModule ", ""));
    console.log(JSON.stringify(["https", "tls", "zlib"].filter((name) => loaded.includes(name))));
  `;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program]);
  expect(JSON.parse(stdout)).toEqual([]);
});

describe("msw sees every call", () => {
  test("whole, streamed, slow, failing", async () => {
    const seen: string[] = [];
    const worker = setupServer(
      mock.post("https://api.example.test/v1/chat", async ({ request }) => {
        seen.push(
          `${request.method} ${request.headers.get("authorization")} ${await request.text()}`,
        );
        return HttpResponse.json({ id: 1 }, { status: 201, headers: { "x-request-id": "r" } });
      }),
      mock.get("http://api.example.test/slow", async () => {
        await new Promise((resolve) => setTimeout(resolve, 60));
        return HttpResponse.text("slow");
      }),
      mock.get("https://api.example.test/lost", () => HttpResponse.error()),
    );
    worker.listen({ onUnhandledFrame: "error" });
    onTestFinished(() => worker.close());
    const response = await transport({
      method: "POST",
      url: "https://api.example.test/v1/chat",
      headers: { authorization: "Bearer k", "content-type": "application/json" },
      body: "{}",
      timeouts: { connect: 5000 },
    });
    expect([response.status, response.header("x-request-id")]).toEqual([201, "r"]);
    expect(JSON.parse(await response.text())).toEqual({ id: 1 });
    expect(seen).toEqual(["POST Bearer k {}"]);
    const slow = get("http://api.example.test/slow", { timeouts: { firstByte: 5000 } });
    expect(await (await transport(slow)).text()).toBe("slow");
    await expect(transport(get("https://api.example.test/lost"))).rejects.toMatchObject({
      kind: "connection",
    });
  });
});

test("a chunk of each write arrives on its own", async () => {
  const server = await serve((socket) => socket.write(chunkedHead()));
  const response = await transport(get(server.url));
  const [socket] = server.open;
  for (const text of ["one", "two", "three"]) {
    socket!.write(chunk(text));
    expect(Buffer.from((await response.read())!).toString()).toBe(text);
  }
  response.cancel();
  await until(() => server.open.size === 0);
});

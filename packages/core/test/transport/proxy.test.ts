import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Transport } from "../../src/transport/types.ts";
import { cert } from "./certificate.ts";
import { knowsNoProxies, proxy, withoutProxies } from "./proxies.ts";
import { get, reply, serve, serveTls, until } from "./servers.ts";
import { trust } from "./trust.ts";

beforeEach(() => trust(cert));

beforeEach(withoutProxies);

/** A transport that has not read the environment yet. */
async function freshTransport(): Promise<Transport> {
  vi.resetModules();
  return (await import("../../src/transport/node.ts")).transport;
}

describe.skipIf(knowsNoProxies).each([
  ["HTTP_PROXY", serve, "GET http://127.0.0.1:"],
  ["http_proxy", serve, "GET http://127.0.0.1:"],
  ["HTTPS_PROXY", serveTls, "CONNECT localhost:"],
  ["https_proxy", serveTls, "CONNECT localhost:"],
] as const)("%s", (name, start, line) => {
  test("the call goes through it", async () => {
    const through = await proxy();
    const server = await start((socket) => socket.write(reply("hello")));
    vi.stubEnv(name, `http://127.0.0.1:${through.port}`);
    const transport = await freshTransport();
    const timeouts = { connect: 5000 };
    for (let i = 0; i < 2; i++) {
      expect(await (await transport(get(server.url, { timeouts }))).text()).toBe("hello");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(through.requests[0]).toMatch(line);
    expect(server.requests.length).toBe(2);
    expect(through.connections()).toBe(1);
  });

  test("NO_PROXY goes straight", async () => {
    const through = await proxy();
    const server = await start((socket) => socket.write(reply("hello")));
    vi.stubEnv(name, `http://127.0.0.1:${through.port}`);
    vi.stubEnv(name === name.toUpperCase() ? "NO_PROXY" : "no_proxy", "localhost,127.0.0.1");
    const transport = await freshTransport();
    expect(await (await transport(get(server.url))).text()).toBe("hello");
    expect(through.connections()).toBe(0);
  });

  test("its name and password go to it and to nobody else", async () => {
    const through = await proxy();
    const server = await start((socket) => socket.write(reply("hello")));
    vi.stubEnv(name, `http://user:secret@127.0.0.1:${through.port}`);
    const transport = await freshTransport();
    expect(await (await transport(get(server.url))).text()).toBe("hello");
    const token = Buffer.from("user:secret").toString("base64");
    expect(through.requests[0]?.toLowerCase()).toContain(
      `proxy-authorization: basic ${token}`.toLowerCase(),
    );
    if (start === serveTls) expect(server.requests[0]?.toLowerCase()).not.toContain("proxy-auth");
  });

  test("nobody is there", async () => {
    vi.stubEnv(name, "http://user:secret@127.0.0.1:1");
    const transport = await freshTransport();
    const server = await start((socket) => socket.write(reply("hello")));
    const error = await transport(get(server.url)).catch((e) => e);
    expect(error).toMatchObject({ kind: "connection", phase: "connect" });
    expect(error.message).toContain("ECONNREFUSED");
    expect(error.message).not.toContain("secret");
  });

  test.each(["socks5://user:secret@127.0.0.1:1080", "127.0.0.1:8080", "http://"])(
    "%s is refused, not passed by",
    async (value) => {
      vi.stubEnv(name, value);
      const transport = await freshTransport();
      const server = await start((socket) => socket.write(reply("hello")));
      const error = await transport(get(server.url)).catch((e) => e);
      expect(error).toMatchObject({ kind: "connection", phase: "connect" });
      expect(error.message).toContain(name);
      expect(error.message).not.toContain("secret");
      expect(server.connections()).toBe(0);
    },
  );
});

describe.skipIf(knowsNoProxies)("a proxy that does not let us through", () => {
  test("refuses the tunnel", async () => {
    const through = await proxy(407);
    const server = await serveTls((socket) => socket.write(reply("hello")));
    vi.stubEnv("HTTPS_PROXY", `http://user:secret@127.0.0.1:${through.port}`);
    const transport = await freshTransport();
    const error = await transport(get(server.url)).catch((e) => e);
    expect(error).toMatchObject({ kind: "connection", phase: "connect" });
    expect(error.message).toContain("407 Not You");
    expect(error.message).not.toContain("secret");
    await until(() => through.open.size === 0);
  });

  test("refuses a plain call: its reply is the reply", async () => {
    const through = await proxy(407);
    vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${through.port}`);
    const transport = await freshTransport();
    expect((await transport(get("http://example.test/"))).status).toBe(407);
  });

  test("hangs up", async () => {
    const through = await proxy("hang up");
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${through.port}`);
    const transport = await freshTransport();
    const failed = transport(get("https://example.test/"));
    await expect(failed).rejects.toMatchObject({ kind: "connection", phase: "connect" });
  });

  test("says nothing: the connect timeout ends it, socket and all", async () => {
    const through = await proxy("silent");
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${through.port}`);
    const transport = await freshTransport();
    const failed = transport(get("https://example.test/", { timeouts: { connect: 40 } }));
    await expect(failed).rejects.toMatchObject({ kind: "timeout", phase: "connect" });
    await until(() => through.open.size === 0);
  });

  test("says nothing: abort ends it, socket and all", async () => {
    const through = await proxy("silent");
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${through.port}`);
    const transport = await freshTransport();
    const controller = new AbortController();
    const failed = transport(get("https://example.test/", { signal: controller.signal }));
    await until(() => through.requests.length === 1);
    controller.abort();
    await expect(failed).rejects.toMatchObject({ kind: "abort", phase: "connect" });
    await until(() => through.open.size === 0);
  });
});

test.skipIf(knowsNoProxies)(
  "the environment is read at the first call, not at import, and once",
  async () => {
    const transport = await freshTransport();
    const through = await proxy();
    const server = await serve((socket) => socket.write(reply("hello")));
    vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${through.port}`);
    await (await transport(get(server.url))).text();
    vi.stubEnv("HTTP_PROXY", undefined);
    await (await transport(get(server.url))).text();
    expect(through.requests.length).toBe(2);
  },
);

test.each([
  ["22.18.0", false],
  ["22.20.9", false],
  ["24.4.1", false],
  ["22.21.0", true],
  ["24.5.0", true],
  ["26.0.0", true],
])("Node %s: is a proxy of the environment used? %s", async (version, used) => {
  const through = await proxy();
  const server = await serve((socket) => socket.write(reply("hello")));
  vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${through.port}`);
  const versions = { value: { ...process.versions, node: version } };
  vi.stubGlobal("process", Object.create(process, { versions }));
  onTestFinished(() => void vi.unstubAllGlobals());
  const transport = await freshTransport();
  const called = transport(get(server.url));
  if (used) expect(await (await called).text()).toBe("hello");
  else {
    const message = expect.stringContaining(`HTTP_PROXY is set, but Node ${version}`);
    await expect(called).rejects.toMatchObject({ kind: "connection", phase: "connect", message });
    expect(server.connections()).toBe(0);
  }
});

test("an old Node without a proxy in the environment needs none", async () => {
  const server = await serve((socket) => socket.write(reply("hello")));
  const versions = { value: { ...process.versions, node: "22.18.0" } };
  vi.stubGlobal("process", Object.create(process, { versions }));
  onTestFinished(() => void vi.unstubAllGlobals());
  const transport = await freshTransport();
  expect(await (await transport(get(server.url))).text()).toBe("hello");
});

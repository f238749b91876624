import { beforeEach, describe, expect, test, vi } from "vitest";
import { wholeBody } from "./calls.ts";
import { cert, expiredCert } from "./certificate.ts";
import { knowsNoProxies, proxy, withoutProxies } from "./proxies.ts";
import { chunkedHead, reply, serve, serveTls, until } from "./servers.ts";
import { trust } from "./trust.ts";

beforeEach(() => trust(cert));
beforeEach(withoutProxies);

/** Asks through a proxy, from a core that has not read the environment yet. */
async function askThrough(port: number, ...[url, input]: [string, { [option: string]: unknown }?]) {
  vi.stubEnv("HTTP_PROXY", `http://user:secret@127.0.0.1:${port}`);
  vi.stubEnv("HTTPS_PROXY", `http://user:secret@127.0.0.1:${port}`);
  vi.resetModules();
  const { ask } = await import("./calls.ts");
  const { error, text } = await ask(url, input);
  expect(String(error?.message)).not.toMatch(/secret|key-alpha/);
  return { name: error?.name, phase: error?.phase, message: error?.message, text };
}

const ways = [
  ["plain", false],
  ["streamed", true],
] as const;

describe.skipIf(knowsNoProxies).each(ways)("%s: a proxy of the environment", (_, stream) => {
  const broken = { name: "APIConnectionError", phase: "connect", text: "" };

  test("is not there", async () => {
    const server = await serveTls((socket) => socket.write(reply(wholeBody)));
    const failed = await askThrough(1, server.url, { stream });
    expect(failed).toMatchObject(broken);
    expect(failed.message).toContain("ECONNREFUSED 127.0.0.1:1");
    expect(server.connections()).toBe(0);
  });

  test.each([403, 407, 502])("refuses: %i", async (status) => {
    const through = await proxy(status);
    const server = await serveTls((socket) => socket.write(reply(wholeBody)));
    const failed = await askThrough(through.port, server.url, { stream });
    expect(failed).toMatchObject(broken);
    expect(failed.message).toContain(String(status));
    expect(server.connections()).toBe(0);
    await until(() => through.open.size === 0);
  });

  test.each(["silent", "endless"] as const)("hangs: %s", async (temper) => {
    const through = await proxy(temper);
    const timeout = { connect: 40 };
    const failed = await askThrough(through.port, "https://api.test/", { stream, timeout });
    expect(failed).toMatchObject({ ...broken, name: "APIConnectionTimeoutError" });
    expect(failed.message).toContain("40 ms");
    await until(() => through.open.size === 0);
  });

  test.each(["hang up", "cut"] as const)("%s before TLS stands", async (temper) => {
    const through = await proxy(temper);
    const failed = await askThrough(through.port, "https://api.test/", { stream });
    expect(failed).toMatchObject(broken);
    await until(() => through.open.size === 0);
  });

  test("opens a tunnel byte by byte", async () => {
    const through = await proxy("drip");
    const server = await serveTls((socket) => socket.write(reply(wholeBody)));
    const timeout = { connect: 5000 };
    expect(await askThrough(through.port, server.url, { timeout })).toEqual({
      text: "Hello there.",
    });
  });

  test.each([
    ["before the reply", "firstByte", ""],
    ["within its head", "firstByte", "HTTP/1.1 200 OK\r\nX-Half: "],
    ["within its body", "body", `${chunkedHead({ "content-type": "text/event-stream" })}ff\r\nda`],
  ])("is cut %s", async (_, phase, bytes) => {
    const through = await proxy();
    const server = await serveTls((socket) => {
      if (bytes) socket.write(bytes);
      setTimeout(() => {
        for (const one of through.open) one.destroy();
      }, 20);
    });
    const failed = await askThrough(through.port, server.url, { stream });
    expect(failed).toMatchObject({ ...broken, phase });
    await until(() => through.open.size + server.open.size === 0);
  });

  test("leads to a server whose certificate has expired", async () => {
    const through = await proxy();
    const server = await serveTls((socket) => socket.write(reply(wholeBody)), expiredCert);
    trust(expiredCert);
    const failed = await askThrough(through.port, server.url, { stream });
    expect(failed).toMatchObject(broken);
    expect(failed.message).toContain("certificate has expired");
    expect(server.requests).toEqual([]);
    await until(() => through.open.size + server.open.size === 0);
  });
});

describe.skipIf(knowsNoProxies)("a proxy of plain HTTP", () => {
  test("carries a call", async () => {
    const through = await proxy();
    const server = await serve((socket) => socket.write(reply(wholeBody)));
    expect((await askThrough(through.port, server.url)).text).toBe("Hello there.");
    expect(through.requests[0]).toMatch(/^POST http:/);
  });

  test.each(ways)("refuses, %s", async (_, stream) => {
    const through = await proxy(407);
    const failed = await askThrough(through.port, "http://api.test/", { stream });
    expect(failed).toMatchObject({ name: "APIConnectionError", phase: "connect" });
    expect(failed.message).toContain("407");
    await until(() => through.open.size === 0);
  });
});

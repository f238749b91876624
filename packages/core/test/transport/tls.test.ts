import { describe, expect, test } from "vitest";
import { APIConnectionError, APIConnectionTimeoutError } from "../../src/index.ts";
import { ask, wholeBody } from "./calls.ts";
import { cert, expiredCert, otherCert } from "./certificate.ts";
import { reply, serve, serveTls, until } from "./servers.ts";
import { trust } from "./trust.ts";

const ways = [
  ["plain", false],
  ["streamed", true],
] as const;

test("a certificate that is trusted and right", async () => {
  trust(cert);
  const server = await serveTls((socket) => socket.write(reply(wholeBody)));
  expect(await ask(server.url)).toEqual({ text: "Hello there." });
});

describe.each(ways)("%s: TLS that fails", (_, stream) => {
  test.each([
    ["self-signed, trusted by nobody", cert, [], "self-signed certificate"],
    ["of another host", otherCert, [otherCert], "does not match certificate's altnames"],
    ["expired", expiredCert, [expiredCert], "certificate has expired"],
  ])("a certificate %s", async (_, served, authorities, says) => {
    trust(...authorities);
    const server = await serveTls((socket) => socket.write(reply(wholeBody)), served);
    const { error } = await ask(server.url, { stream });
    expect(error).toBeInstanceOf(APIConnectionError);
    expect(error).toMatchObject({ phase: "connect", provider: "alpha", model: "m" });
    expect(error!.message).toContain(says);
    expect(error!.message).toMatch(/^alpha\/m: could not connect to localhost:\d+: /);
    expect(server.requests).toEqual([]);
    await until(() => server.open.size === 0);
  });

  test.each([
    ["a server that speaks no TLS", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"],
    ["a server that hangs up", ""],
  ])("%s", async (_, bytes) => {
    const server = await serve((socket) => socket.end(bytes));
    const url = server.url.replace("http:", "https:");
    const { error } = await ask(url, { stream });
    expect(error).toBeInstanceOf(APIConnectionError);
    expect(error).toMatchObject({ phase: "connect" });
    expect(server.requests.join("")).not.toContain("key-alpha");
    await until(() => server.open.size === 0);
  });

  test("a handshake that never ends", async () => {
    const server = await serve(() => {});
    const url = server.url.replace("http:", "https:");
    const { error } = await ask(url, { stream, timeout: { connect: 40 } });
    expect(error).toBeInstanceOf(APIConnectionTimeoutError);
    expect(error).toMatchObject({ phase: "connect" });
    await until(() => server.open.size === 0);
  });
});

/** The guarded fetch, against real loopback servers: what would be reached without the guard is not reached with it. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from "node:zlib";
import { type FetchToolOptions, fetchTool, guardedFetch, ToolRefusal } from "@polycall/agent/tools";
import { InvalidRequestError } from "@polycall/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let handler: (request: IncomingMessage, response: ServerResponse) => void;
let seen: { path: string; headers: IncomingMessage["headers"]; method: string }[];
let port: number;
let server: ReturnType<typeof createServer>;

beforeEach(async () => {
  seen = [];
  handler = (_, response) => void response.setHeader("content-type", "text/plain").end("secret");
  server = createServer((request, response) => {
    seen.push({ path: request.url!, headers: request.headers, method: request.method! });
    handler(request, response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

/** Loopback for the tests, under names that the resolver passed in makes. */
const open = (options: FetchToolOptions = {}): FetchToolOptions => ({
  privateAddresses: ["127.0.0.1"],
  ports: [port],
  resolve: async () => ["127.0.0.1"],
  ...options,
});
const page = (url: string, options: FetchToolOptions = {}) =>
  Promise.resolve(fetchTool(open(options)).execute({ url }, { toolCallId: "c1" }));

const redirectTo = (location: string, status = 302) => {
  handler = (request, response) =>
    request.url === "/end"
      ? response.setHeader("content-type", "text/plain").end("the end")
      : response.writeHead(status, { location }).end();
};

describe("addresses", () => {
  /** Every spelling of loopback that Node's own fetch follows to the server, shown in the test itself. */
  test.each([
    ["127.0.0.1"],
    ["2130706433"],
    ["0x7f000001"],
    ["0x7f.1"],
    ["017700000001"],
    ["0177.0.0.01"],
    ["127.1"],
    ["127.0.1"],
    ["127.0.0.1."],
    ["①②⑦.⓪.⓪.①"],
    ["127。0。0。1"],
    ["%31%32%37.0.0.1"],
    ["[::ffff:127.0.0.1]"],
    ["[::ffff:7f00:1]"],
    ["[0:0:0:0:0:ffff:7f00:0001]"],
    ["localhost"],
    ["LOCALHOST"],
  ])("http://%s reaches the server without the guard, and not with it", async (host) => {
    const url = `http://${host}:${port}/metadata`;
    expect(await (await fetch(url)).text()).toBe("secret");
    expect(seen).toHaveLength(1);

    const refusal = guardedFetch({ ports: [port] })(url);
    await expect(refusal).rejects.toThrow(ToolRefusal);
    await expect(refusal).rejects.toThrow("not on the public internet");
    expect(seen).toHaveLength(1);
  });

  test.each([
    ["this network", ["0.0.0.0", "0.1.2.3"]],
    ["private", ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"]],
    ["carriers' own, and Alibaba's metadata", ["100.64.0.1", "100.100.100.200"]],
    ["loopback", ["127.0.0.1", "127.255.255.254", "[::1]"]],
    ["metadata of clouds", ["169.254.169.254", "169.254.170.2", "[fd00:ec2::254]"]],
    ["documentation and tests", ["192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"]],
    ["multicast and reserved", ["224.0.0.1", "240.0.0.1", "255.255.255.255", "[ff02::1]"]],
    ["IPv6 of one's own", ["[::]", "[fe80::1]", "[fec0::1]", "[fc00::1]", "[fdff::1]"]],
    ["IPv4 in IPv6", ["[::ffff:10.0.0.1]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]"]],
    ["NAT64", ["[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::1]"]],
    ["6to4, Teredo", ["[2002:7f00:1::]", "[2001:0:7f00:1::]"]],
    ["documentation", ["[2001:db8::1]", "[3fff::1]"]],
    ["not handed out", ["[4000::1]", "[100::1]", "[5f00::1]"]],
  ])("%s is not connected to", async (_, hosts) => {
    for (const host of hosts) {
      for (const scheme of ["http", "https"])
        await expect(guardedFetch()(`${scheme}://${host}/`)).rejects.toThrow(
          "not on the public internet",
        );
      // The same as the answer of a resolver.
      const address = host.replace(/[[\]]/g, "");
      const lookup = guardedFetch({ resolve: async () => [address] })("http://innocent.example/");
      await expect(lookup).rejects.toThrow("not on the public internet");
    }
  });

  test.each([
    ["8.8.8.8"],
    ["172.15.255.255"],
    ["172.32.0.1"],
    ["100.128.0.1"],
    ["[2606:4700::1111]"],
    ["[2a00:1450:4001::1]"],
    ["[::ffff:8.8.8.8]"],
    ["[64:ff9b::8.8.8.8]"],
  ])("%s is public, so it is another check that fails", async (host) => {
    // No packet may leave a test, so it ends where the headers are asked for, right after the check.
    const headers = () => {
      throw new ToolRefusal("after the check");
    };
    for (const url of [`http://${host}/`, `https://${host}/`])
      await expect(guardedFetch({ headers })(url)).rejects.toThrow("after the check");
  });

  test.each([
    [["93.184.216.34", "10.0.0.1"]],
    [["10.0.0.1", "93.184.216.34"]],
    [["fe80::1%eth0"]],
    [["0x7f.1"]],
    [["2130706433"]],
    [["not an address"]],
    [[""]],
  ])("a resolver that says %j is not believed", async (addresses) => {
    await expect(
      guardedFetch({ resolve: async () => addresses })("http://innocent.example/"),
    ).rejects.toThrow("not on the public internet");
  });

  test("a host without an address, and one that is not there, are told", async () => {
    await expect(guardedFetch({ resolve: async () => [] })("http://a.example/")).rejects.toThrow(
      "has no address",
    );
    await expect(guardedFetch()("http://nowhere.invalid/")).rejects.toThrow(
      "There is no host nowhere.invalid",
    );
  });
});

describe("rebinding", () => {
  test("a name that changes between check and use is connected to as checked", async () => {
    // A second server on the same port of another loopback address: the one that must not be reached.
    const inner = createServer((_, response) => response.end("inner"));
    await new Promise<void>((done) => inner.listen(port, "127.0.0.2", done));
    try {
      const answers = [["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]];
      let asked = 0;
      const text = await page(`http://rebind.example:${port}/`, {
        resolve: async () => answers[asked++]!,
      });
      expect({ text: text.text, asked }).toEqual({ text: "secret", asked: 1 });
      // The naive order, a check and then a fetch by name, lands on the inner one.
      expect(await (await fetch(`http://127.0.0.2:${port}/`)).text()).toBe("inner");
    } finally {
      inner.closeAllConnections();
      await new Promise((done) => inner.close(done));
    }
  });

  test("each hop is resolved and checked anew, also to the same name", async () => {
    redirectTo(`http://rebind.example:80/end`);
    const answers = [["127.0.0.1"], ["127.0.0.2"]];
    await expect(
      page(`http://rebind.example:${port}/`, {
        ports: [port, 80],
        resolve: async () => answers.shift()!,
      }),
    ).rejects.toThrow("not on the public internet");
    expect(seen).toHaveLength(1);
  });
});

describe("redirects", () => {
  test.each([
    ["http://127.0.0.2/"],
    ["http://[::1]/"],
    ["http://2130706434/"],
    ["//127.0.0.2/"],
    ["http://169.254.169.254/latest/meta-data/"],
  ])("to %s is not followed", async (location) => {
    redirectTo(location);
    await expect(page(`http://a.example:${port}/`, { ports: [port, 80] })).rejects.toThrow(
      "not on the public internet",
    );
    expect(seen).toHaveLength(1);
  });

  test.each([
    ["file:///etc/passwd", "Only http and https"],
    ["gopher://a.example:70/", "Only http and https"],
    ["data:text/plain,hello", "Only http and https"],
    ["javascript:alert(1)", "Only http and https"],
    ["http://a.example:6379/", "Port 6379 is not allowed"],
    ["http://user:pass@a.example/", "user name or password"],
    ["http://[", "no URL"],
  ])("to %s is refused", async (location, words) => {
    redirectTo(location);
    await expect(page(`http://a.example:${port}/`)).rejects.toThrow(words);
    expect(seen).toHaveLength(1);
  });

  test("to a denied host is refused, to an allowed one followed", async () => {
    redirectTo(`http://b.example:${port}/end`);
    await expect(page(`http://a.example:${port}/`, { deny: ["b.example"] })).rejects.toThrow(
      "b.example is not allowed",
    );
    const result = await page(`http://a.example:${port}/`, { allow: ["a.example", "b.example"] });
    expect(result).toEqual({
      url: `http://b.example:${port}/end`,
      status: 200,
      type: "text/plain",
      text: "the end",
    });
  });

  test("in a circle ends", async () => {
    redirectTo("/again");
    await expect(page(`http://a.example:${port}/`, { maxRedirects: 3 })).rejects.toThrow(
      "More than 3 redirects",
    );
    expect(seen).toHaveLength(4);
  });

  const credentials = {
    authorization: "Bearer secret",
    cookie: "session=secret",
    "proxy-authorization": "Basic secret",
    "x-api-key": "secret",
    accept: "text/html",
    "user-agent": "tests",
  };
  const get = () => guardedFetch(open());

  test("to another origin takes no credential along", async () => {
    redirectTo(`http://b.example:${port}/end`);
    await get()(`http://a.example:${port}/`, { headers: credentials });
    expect(seen[0]!.headers).toMatchObject(credentials);
    expect(seen[1]!.headers).toMatchObject({ accept: "text/html", "user-agent": "tests" });
    expect(JSON.stringify(seen[1])).not.toContain("secret");
  });

  test("to another port is another origin; on the same one credentials stay", async () => {
    redirectTo("/end");
    await get()(`http://a.example:${port}/`, { headers: credentials });
    expect(seen[1]!.headers).toMatchObject(credentials);
    const other = createServer((request, response) => {
      seen.push({ path: request.url!, headers: request.headers, method: request.method! });
      response.end();
    });
    await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
    const second = (other.address() as AddressInfo).port;
    redirectTo(`http://a.example:${second}/end`);
    await guardedFetch(open({ ports: [port, second] }))(`http://a.example:${port}/`, {
      headers: credentials,
    });
    other.closeAllConnections();
    await new Promise((done) => other.close(done));
    expect(seen).toHaveLength(4);
    expect(JSON.stringify(seen[3])).not.toContain("secret");
  });

  test("headers by URL are said to that host alone", async () => {
    redirectTo(`http://b.example:${port}/end`);
    await page(`http://a.example:${port}/`, {
      headers: ({ hostname }) =>
        hostname === "a.example" ? { authorization: "Bearer secret" } : {},
    });
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer secret", undefined]);
  });

  test("a POST becomes a GET as the web has it, and its body goes to no other host", async () => {
    const init = { method: "POST", body: "a=1", headers: { "content-type": "text/plain" } };
    redirectTo("/end", 302);
    await get()(`http://a.example:${port}/`, init);
    redirectTo("/end", 307);
    await get()(`http://a.example:${port}/`, init);
    expect(seen.map(({ method, headers }) => [method, headers["content-type"]])).toEqual([
      ["POST", "text/plain"],
      ["GET", undefined],
      ["POST", "text/plain"],
      ["POST", "text/plain"],
    ]);
    redirectTo(`http://b.example:${port}/end`, 308);
    await expect(get()(`http://a.example:${port}/`, init)).rejects.toThrow(
      "redirects a POST to another host",
    );
  });

  test("manual and error are as fetch has them", async () => {
    redirectTo("/end");
    const manual = await get()(`http://a.example:${port}/`, { redirect: "manual" });
    expect([manual.status, manual.headers.get("location")]).toEqual([302, "/end"]);
    await expect(get()(`http://a.example:${port}/`, { redirect: "error" })).rejects.toThrow(
      "redirects",
    );
  });
});

describe("hosts and ports", () => {
  test.each<[string, FetchToolOptions, string]>([
    ["http://a.example/", {}, "Port 80 is not allowed"],
    ["http://a.example:22/", {}, "Port 22 is not allowed"],
    ["ftp://a.example/", {}, "Only http and https"],
    ["file:///etc/passwd", {}, "Only http and https"],
    ["/etc/passwd", {}, "no URL"],
    ["a.example", {}, "no URL"],
    ["http://user:secret@a.example:PORT/", {}, "user name or password"],
    ["http://bad.example:PORT/", { deny: ["bad.example"] }, "not allowed"],
    ["http://BAD.example.:PORT/", { deny: ["bad.example"] }, "not allowed"],
    ["http://bad.example..:PORT/", { deny: ["bad.example"] }, "not allowed"],
    ["http://x.bad.example:PORT/", { deny: ["*.bad.example"] }, "not allowed"],
    ["http://xn--mnchen-3ya.example:PORT/", { deny: ["münchen.example"] }, "not allowed"],
    ["http://notgood.example:PORT/", { allow: ["good.example"] }, "not allowed"],
    ["http://good.example.evil.example:PORT/", { allow: ["good.example"] }, "not allowed"],
    ["http://evilgood.example:PORT/", { allow: ["*.good.example"] }, "not allowed"],
    ["http://good.example:PORT/", { allow: ["*.good.example"] }, "not allowed"],
    [
      "http://a.good.example:PORT/",
      { allow: ["*.good.example"], deny: ["a.good.example"] },
      "not allowed",
    ],
  ])("%s with %j is refused", async (url, options, words) => {
    const refusal = page(url.replace("PORT", String(port)), options);
    await expect(refusal).rejects.toThrow(ToolRefusal);
    await expect(refusal).rejects.toThrow(words);
    await expect(refusal).rejects.not.toThrow("secret");
    expect(seen).toEqual([]);
  });

  test.each([
    [{ allow: ["https://a.example"] }],
    [{ allow: ["a.example/x"] }],
    [{ deny: ["a.example:80"] }],
    [{ deny: ["*"] }],
    [{ deny: ["a.*"] }],
    [{ deny: [""] }],
    [{ privateAddresses: ["localhost"] }],
    [{ privateAddresses: ["10.0.0.0/33"] }],
    [{ privateAddresses: ["10.0.0.0/8/8"] }],
    [{ privateAddresses: ["10.0.0.0/"] }],
    [{ privateAddresses: ["10.0.0.0/-1"] }],
  ])("%j says nothing, so it is an error", (options) => {
    expect(() => fetchTool(options)).toThrow(InvalidRequestError);
  });

  test("loopback can be allowed, that address alone", async () => {
    const options = { privateAddresses: ["127.0.0.1"], ports: [port] };
    const get = guardedFetch(options);
    expect(await (await get(`http://127.0.0.1:${port}/`)).text()).toBe("secret");
    expect(await (await get(`http://[::ffff:127.0.0.1]:${port}/`)).text()).toBe("secret");
    await expect(get(`http://127.0.0.2:${port}/`)).rejects.toThrow("not on the public internet");
  });

  test("it goes past a proxy, which would resolve the name once more", async () => {
    const env = {
      NODE_USE_ENV_PROXY: "1",
      HTTP_PROXY: "http://127.0.0.1:1",
      http_proxy: "http://127.0.0.1:1",
    };
    Object.assign(process.env, env);
    try {
      expect((await page(`http://a.example:${port}/`)).text).toBe("secret");
    } finally {
      for (const name of Object.keys(env)) delete process.env[name];
    }
  });
});

describe("what comes back", () => {
  const answer = (body: string | Uint8Array, headers: Record<string, string>, status = 200) => {
    handler = (_, response) => response.writeHead(status, headers).end(body);
    return page(`http://a.example:${port}/x/y`);
  };

  test.each([
    ["gzip", gzipSync("packed")],
    ["x-gzip", gzipSync("packed")],
    ["deflate", deflateSync("packed")],
    ["br", brotliCompressSync("packed")],
    ["identity", Buffer.from("packed")],
  ])("%s is unpacked", async (encoding, body) => {
    const { text } = await answer(body, {
      "content-type": "text/plain",
      "content-encoding": encoding,
    });
    expect(text).toBe("packed");
  });

  test("what cannot be unpacked is told", async () => {
    const type = { "content-type": "text/plain" };
    await expect(answer("x", { ...type, "content-encoding": "gzip, gzip" })).rejects.toThrow(
      "packed as",
    );
    await expect(answer("not gzip", { ...type, "content-encoding": "gzip" })).rejects.toThrow(
      "The fetch failed (Z_DATA_ERROR)",
    );
    const cut = gzipSync("a".repeat(9999)).subarray(0, 20);
    await expect(answer(cut, { ...type, "content-encoding": "gzip" })).rejects.toThrow(
      "Z_BUF_ERROR",
    );
  });

  test("a gzip bomb of 1 GB is unpacked until it is too much, and no further", async () => {
    let written = 0;
    handler = (_, response) => {
      response.writeHead(200, { "content-type": "text/plain", "content-encoding": "gzip" });
      const gzip = createGzip();
      gzip.pipe(response);
      const zeros = Buffer.alloc(1_000_000);
      const more = () => {
        if (written++ === 1000 || response.destroyed) return gzip.end();
        gzip.write(zeros, more);
      };
      more();
    };
    const before = process.memoryUsage().rss;
    const { text, truncated } = await page(`http://a.example:${port}/`, { maxBytes: 100_000 });
    expect({ length: text.length, truncated }).toEqual({
      length: 100_000,
      truncated: "only the first 100000 bytes were read",
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
    expect(written).toBeLessThan(1000);
    const whole = await guardedFetch(open({ maxBytes: 100_000 }) as object)(
      `http://a.example:${port}/`,
    );
    await expect(whole.text()).rejects.toThrow("larger than 100000 bytes");
  });

  test.each([
    ["image/png"],
    ["application/octet-stream"],
    ["application/pdf"],
    ["video/mp4"],
    ["application/json-seq-evil"],
  ])("%s is no text", async (type) => {
    await expect(answer("xx", { "content-type": type })).rejects.toThrow(
      `is ${type}, which is no text`,
    );
  });

  test.each([
    ["application/json", '{"a":1}'],
    ["application/ld+json; charset=utf-8", '{"a":1}'],
    ["text/csv", "a,b"],
    ["application/xml", "<a>b</a>"],
  ])("%s is given as it is", async (type, body) => {
    expect((await answer(body, { "content-type": type })).text).toBe(body);
  });

  test("text is read in its own encoding, by mark, header, page, in that order", async () => {
    const latin = Buffer.from([0x63, 0x61, 0x66, 0xe9]);
    expect((await answer(latin, { "content-type": "text/plain; charset=iso-8859-1" })).text).toBe(
      "café",
    );
    expect(
      (await answer(latin, { "content-type": 'text/plain; charset="windows-1252"' })).text,
    ).toBe("café");
    const meta = Buffer.concat([Buffer.from("<meta charset=latin1><p>"), latin]);
    expect((await answer(meta, { "content-type": "text/html" })).text).toBe("café");
    const marked = Buffer.from("\ufeffcafé");
    expect((await answer(marked, { "content-type": "text/plain; charset=latin1" })).text).toBe(
      "café",
    );
    expect((await answer("café", { "content-type": "text/plain; charset=nonsense" })).text).toBe(
      "café",
    );
  });

  test("an error page is told with its status", async () => {
    expect(await answer("<h1>Gone</h1>", { "content-type": "text/html" }, 410)).toEqual({
      url: `http://a.example:${port}/x/y`,
      status: 410,
      type: "text/html",
      text: "# Gone",
    });
    expect((await answer("", {}, 204)).text).toBe("");
  });

  test("a server that never answers, or never ends, is left when the time is up", async () => {
    const limited = { timeout: 150 };
    handler = () => {};
    const started = performance.now();
    await expect(page(`http://a.example:${port}/`, limited)).rejects.toThrow(
      "No whole reply within 150 ms",
    );
    handler = (_, response) => {
      response.writeHead(200, { "content-type": "text/plain" });
      const drip = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(drip));
    };
    await expect(page(`http://a.example:${port}/`, limited)).rejects.toThrow(
      "No whole reply within 150 ms",
    );
    await expect(
      page(`http://a.example:${port}/`, { ...limited, resolve: () => new Promise(() => {}) }),
    ).rejects.toThrow("No whole reply within 150 ms");
    expect(performance.now() - started).toBeLessThan(3000);
  });

  test("an aborted call lets go of the socket", async () => {
    const closed = new Promise<void>((done) => {
      handler = (request, response) => {
        response.writeHead(200, { "content-type": "text/plain" }).write("x");
        request.on("close", done);
      };
    });
    const controller = new AbortController();
    const tool = fetchTool(open());
    const call = tool.execute(
      { url: `http://a.example:${port}/` },
      { toolCallId: "c", signal: controller.signal },
    );
    const refused = expect(call).rejects.toThrow("stop");
    setTimeout(() => controller.abort(new Error("stop")), 50);
    await refused;
    await closed;
  });

  test("a connection that breaks is told without the address", async () => {
    handler = (request) => void request.socket.destroy();
    await expect(page(`http://a.example:${port}/`)).rejects.toThrow(
      "The fetch failed (ECONNRESET).",
    );
  });
});

test("its results count as text from outside", () => {
  expect(fetchTool().policy).toMatchObject({ untrusted: true });
  expect(fetchTool({ sensitive: true }).policy).toMatchObject({ sensitive: true });
});

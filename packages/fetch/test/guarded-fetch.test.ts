/** The guarded fetch by itself; what it checks is tested in packages/agent/test/tools/fetch.test.ts. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { FetchRefusal, guardedFetch } from "@polycall/fetch";
import { expect, test } from "vitest";

test("what is refused is a FetchRefusal, or what it is told to throw", async () => {
  const url = "http://169.254.169.254/latest/meta-data/";
  const said = "The host 169.254.169.254 is not on the public internet.";
  await expect(guardedFetch()(url)).rejects.toThrow(new FetchRefusal(said));
  class Own extends Error {}
  const own = guardedFetch({ refusal: Own });
  for (const refused of [url, "no URL", "http://user:word@example.com/", "file:///etc/passwd"])
    await expect(own(refused)).rejects.toBeInstanceOf(Own);
});

test("a reply that is too large is refused where it is read", async () => {
  const server = createServer((_, response) => response.end("x".repeat(2000)));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const get = guardedFetch({ privateAddresses: ["127.0.0.1"], ports: [port], maxBytes: 1000 });
  const response = await get(`http://127.0.0.1:${port}/`);
  await expect(response.text()).rejects.toThrow(FetchRefusal);
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

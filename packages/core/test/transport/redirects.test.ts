import { describe, expect, test } from "vitest";
import { APIError, type ClientOptions } from "../../src/index.ts";
import { ask, wholeBody } from "./calls.ts";
import { reply, serve } from "./servers.ts";

const fetches: [string, ClientOptions["defaults"]][] = [
  ["our transport", {}],
  ["fetch", { fetch: globalThis.fetch }],
];
const statuses = [301, 302, 303, 307, 308];
const calls = fetches.flatMap(([by, defaults]) =>
  statuses.flatMap((status) => [false, true].map((stream) => ({ by, defaults, status, stream }))),
);

describe.each(calls)("$by, $status, stream: $stream", ({ defaults, status, stream }) => {
  test.each(["another origin", "the same origin"])("to %s: told, not followed", async (to) => {
    const other = await serve((socket) => socket.write(reply(wholeBody)));
    const server = await serve((socket) => {
      const location = to === "another origin" ? `${other.url}v2?key=secret` : "/v2?key=secret";
      socket.write(
        `HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`,
      );
    });
    const { error } = await ask(server.url, { stream }, { defaults });
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ status, provider: "alpha", model: "m" });
    expect(server.requests.length).toBe(1);
    expect(other.connections()).toBe(0);
    const goal = to === "another origin" ? other.url : server.url;
    expect(error!.message).toContain(`${status}, a redirect to ${goal}v2, which is not followed`);
    expect(error!.message).not.toContain("secret");
  });
});

test("a 304, which leads nowhere, is a refusal like any other", async () => {
  const server = await serve((socket) => socket.write("HTTP/1.1 304 Not Modified\r\n\r\n"));
  const { error } = await ask(server.url);
  expect(error).toBeInstanceOf(APIError);
  expect(error).toMatchObject({ status: 304, message: "alpha/m: 304 (empty reply)" });
});

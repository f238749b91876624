import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { APIConnectionError } from "../../src/index.ts";
import { ask, events, types, wholeBody } from "./calls.ts";
import { chunk, serve, until } from "./servers.ts";

const last = Buffer.from("0\r\n\r\n");

/** A body as it goes over the wire, and from which of its bytes on the reply is complete. */
interface Sent {
  head: string;
  bytes: Buffer;
  completeAt: number;
}

function sent(type: string, pieces: readonly string[], completePieces: number): [string, Sent][] {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n`;
  const whole = Buffer.from(pieces.join(""));
  const complete = pieces.slice(0, completePieces);
  const chunks = Buffer.concat([...pieces.map(chunk), last]);
  const chunked = `${head}Transfer-Encoding: chunked\r\n`;
  const zipped = gzipSync(whole);
  return [
    [
      "content-length",
      {
        head: `${head}Content-Length: ${whole.length}\r\n`,
        bytes: whole,
        completeAt: Buffer.byteLength(complete.join("")),
      },
    ],
    [
      "chunked",
      {
        head: chunked,
        bytes: chunks,
        // What a chunk holds is read before the line break that ends it.
        completeAt: Buffer.concat(complete.map(chunk)).length - 2,
      },
    ],
    [
      "gzip, content-length",
      {
        head: `${head}Content-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n`,
        bytes: zipped,
        completeAt: zipped.length,
      },
    ],
  ];
}

// Plain JSON is complete when HTTP says so; a stream when its events say so, whatever HTTP says.
const plain = sent(types.json, [wholeBody.slice(0, 90), wholeBody.slice(90)], 2);
for (const [, body] of plain) body.completeAt = body.bytes.length;
const streamed = sent(types.sse, events, events.length - 1);

describe.each([
  ["plain", false, plain],
  ["streamed", true, streamed],
] as const)("%s", (_, stream, bodies) => {
  test.each(bodies)("a body cut at every tenth byte, %s", async (name, body) => {
    const { head, bytes, completeAt } = body;
    let at = 0;
    const server = await serve((socket) => {
      socket.write(`${head}\r\n`);
      socket.end(bytes.subarray(0, at));
    });
    const seen = { broken: 0, whole: 0 };
    for (at = 0; at <= bytes.length; at = at === bytes.length ? at + 1 : next(at, bytes)) {
      const { text, error } = await ask(server.url, { stream });
      expect("Hello there.".startsWith(text)).toBe(true);
      // Zipped, the events are here a few bytes before the end of the zip.
      if (name.startsWith("gzip") && stream && at > completeAt - 20) continue;
      if (at < completeAt) {
        seen.broken++;
        expect(error, `cut at ${at}`).toBeInstanceOf(APIConnectionError);
        expect(error).toMatchObject({ phase: "body", provider: "alpha", model: "m" });
        expect(error!.message).toMatch(/^alpha\/m: .*(broke off|unexpected end)/);
        if (stream && text) {
          expect(error!.partial).toMatchObject({ choices: [{ message: { content: text } }] });
        }
      } else {
        seen.whole++;
        expect({ text, error }, `cut at ${at}`).toEqual({ text: "Hello there." });
      }
    }
    expect(seen.broken).toBeGreaterThan(8);
    if (!name.startsWith("gzip")) expect(seen.whole).toBeGreaterThan(0);
    // The last reply was whole: its connection may be kept.
    await until(() => server.open.size <= 1);
  });
});

/** Ten bytes on, the end itself last. */
function next(at: number, bytes: Buffer): number {
  return Math.min(at + 10, bytes.length);
}

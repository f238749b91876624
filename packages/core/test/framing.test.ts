import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventReader, type ServerEvent } from "../src/framing.ts";
import { TransportError } from "../src/transport/types.ts";

type Framing = "sse" | "ndjson";

function reply(chunks: readonly Uint8Array[]) {
  let next = 0;
  const state = { cancelled: false };
  return {
    state,
    read: async () => chunks[next++],
    cancel: () => {
      state.cancelled = true;
    },
  };
}

async function events(chunks: readonly Uint8Array[], framing: Framing): Promise<ServerEvent[]> {
  const reader = new EventReader(reply(chunks), framing);
  const found: ServerEvent[] = [];
  do {
    for (let event = reader.next(); event; event = reader.next()) found.push(event);
  } while (await reader.pull());
  return found;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const data = (...texts: string[]) => texts.map((text) => ({ event: undefined, data: text }));

/** The bytes cut at the given places. */
function cut(whole: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places, whole.length].sort((a, b) => a - b);
  return ends.map((end, i) => whole.slice(i === 0 ? 0 : ends[i - 1], end));
}

describe("server-sent events", () => {
  test.each<[string, string, ServerEvent[]]>([
    ["one event", "data: one\n\n", data("one")],
    ["no space after the colon", "data:one\n\n", data("one")],
    ["only one space is the field's", "data:  one\n\n", data(" one")],
    ["CRLF", "data: one\r\n\r\ndata: two\r\n\r\n", data("one", "two")],
    ["CR", "data: one\r\rdata: two\r\r", data("one", "two")],
    [
      "line endings mixed",
      "data: one\r\n\ndata: two\n\rdata: three\r\r\n",
      data("one", "two", "three"),
    ],
    ["several data lines", "data: one\ndata: two\ndata\n\n", data("one\ntwo\n")],
    [
      "a name",
      "event: delta\ndata: one\n\ndata: two\n\n",
      [{ event: "delta", data: "one" }, ...data("two")],
    ],
    ["a name after its data", "data: one\nevent: delta\n\n", [{ event: "delta", data: "one" }]],
    ["an empty name", "event:\ndata: one\n\n", data("one")],
    ["an event without data", "event: ping\n\ndata: one\n\n", data("one")],
    ["empty data", "data:\n\ndata\n\n", data("", "")],
    ["comments", ": OPENROUTER PROCESSING\n\n:\n\ndata: one\n:x\n\n", data("one")],
    ["other fields", "id: 7\nretry: 10\ndatabase: x\nevents: y\ndata: one\n\n", data("one")],
    ["blank lines", "\n\n\r\n\ndata: one\n\n\n\n", data("one")],
    ["a byte order mark", "\ufeffdata: one\n\n", data("one")],
    ["a byte order mark inside", "data: \ufeffone\n\n", data("\ufeffone")],
    ["no blank line at the end", "data: one\n\ndata: two\n", data("one", "two")],
    ["no line ending at the end", "data: one\n\ndata: two", data("one", "two")],
    ["a CR at the end", "data: one\r", data("one")],
    ["a colon in the data", 'data: {"a":"b: c"}\n\n', data('{"a":"b: c"}')],
    ["beyond ASCII", "data: héllo 日本 👩‍👩‍👧\n\n", data("héllo 日本 👩‍👩‍👧")],
    ["nothing", "", []],
  ])("%s", async (_, text, expected) => {
    const whole = bytes(text);
    expect(await events([whole], "sse")).toEqual(expected);
    const single = Array.from(whole, (byte) => Uint8Array.of(byte));
    expect(await events(single, "sse")).toEqual(expected);
  });

  test("an event is there before the next one begins", async () => {
    const reader = new EventReader(reply([bytes("data: one\r\n\r"), bytes("\ndata: two")]), "sse");
    expect(reader.next()).toBeUndefined();
    expect(await reader.pull()).toBe(true);
    expect(reader.next()).toEqual({ event: undefined, data: "one" });
  });

  test("bytes that are not UTF-8 become replacement characters", async () => {
    const bad = [
      ...bytes("data: a"),
      0xff,
      0xe2,
      0x82,
      ...bytes("b\n\n"),
      ...bytes("data: c"),
      0xf0,
    ];
    const single = bad.map((byte) => Uint8Array.of(byte));
    expect(await events(single, "sse")).toEqual(data("a\ufffd\ufffdb", "c\ufffd"));
  });
});

describe("JSON lines", () => {
  test.each<[string, string, string[]]>([
    ["lines", '{"a":1}\n{"a":2}\n', ['{"a":1}', '{"a":2}']],
    ["CRLF", '{"a":1}\r\n{"a":2}\r\n', ['{"a":1}', '{"a":2}']],
    ["blank lines", '\n \r\n{"a":1}\n\n', ['{"a":1}']],
    ["no line ending at the end", '{"a":1}\n{"a":2}', ['{"a":1}', '{"a":2}']],
    ["what looks like SSE", "data: one\n\n", ["data: one"]],
    ["a byte order mark", '\ufeff{"a":"é"}\n', ['{"a":"é"}']],
  ])("%s", async (_, text, expected) => {
    const whole = bytes(text);
    expect(await events([whole], "ndjson")).toEqual(data(...expected));
    const single = Array.from(whole, (byte) => Uint8Array.of(byte));
    expect(await events(single, "ndjson")).toEqual(data(...expected));
  });
});

describe("any cut of the bytes gives the same events", () => {
  const line = fc.oneof(
    fc.constantFrom("", "data", "data:", "event: name", "event:", ": comment", "id: 1", "datax: 1"),
    fc.string({ unit: "binary", maxLength: 12 }).map((text) => `data: ${text}`),
  );
  const ending = fc.constantFrom("\n", "\r\n", "\r");
  const stream = fc
    .array(fc.tuple(line, ending), { maxLength: 12 })
    .map((lines) => lines.map((parts) => parts.join("")).join(""));

  test.each<Framing>(["sse", "ndjson"])("%s, text", async (framing) => {
    await fc.assert(
      fc.asyncProperty(stream, fc.array(fc.nat(200), { maxLength: 8 }), async (text, places) => {
        const whole = bytes(text);
        const inside = places.map((place) => Math.min(place, whole.length));
        expect(await events(cut(whole, inside), framing)).toEqual(await events([whole], framing));
      }),
    );
  });

  test("any bytes at all, as TextDecoder reads them", async () => {
    // Lead bytes, continuation bytes and their odd cousins, where a cut could change the reading.
    const byte = fc.constantFrom(
      0x61,
      0x80,
      0xbf,
      0xc3,
      0xe0,
      0xe2,
      0xed,
      0xef,
      0xbb,
      0xf0,
      0xf4,
      0xff,
    );
    const cuts = fc.array(fc.nat(16), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(byte, { maxLength: 16 }), cuts, async (values, places) => {
        const head = bytes("data:");
        const whole = Uint8Array.from([...head, ...values, 0x0a, 0x0a]);
        const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(values));
        const inside = places.map((place) => Math.min(place + head.length, whole.length));
        expect(await events(cut(whole, inside), "sse")).toEqual(data(text));
      }),
    );
  });
});

describe("an event without end", () => {
  test.each<[string, string]>([
    ["one line", "x".repeat(40)],
    ["many data lines", "data: xxxxxxxxxxxxxx\n"],
  ])("%s", async (_, piece) => {
    const source = {
      ...reply([bytes("data: a\n\n"), ...Array.from({ length: 9 }, () => bytes(piece))]),
    };
    const reader = new EventReader(source, "sse", 100);
    await reader.pull();
    expect(reader.next()).toEqual({ event: undefined, data: "a" });
    const rest = (async () => {
      do expect(reader.next()).toBeUndefined();
      while (await reader.pull());
    })();
    await expect(rest).rejects.toSatisfy(
      (error) =>
        error instanceof TransportError && error.kind === "limit" && error.phase === "body",
    );
    expect(source.state.cancelled).toBe(true);
  });

  test("a long event in many chunks costs its length, not its square", async () => {
    const piece = bytes("x".repeat(1024));
    const chunks = [
      bytes("data: "),
      ...Array.from({ length: 32 * 1024 }, () => piece),
      bytes("\n\n"),
    ];
    const [event] = await events(chunks, "sse");
    expect(event?.data.length).toBe(32 * 1024 * 1024);
  });
});

test("the reply's error comes after the events before it", async () => {
  const failure = new TransportError("connection", "body", "broke off");
  const chunks = [bytes("data: one\n\ndata: tw")];
  const source = {
    read: async () => {
      const chunk = chunks.shift();
      if (chunk === undefined) throw failure;
      return chunk;
    },
    cancel: () => {},
  };
  const reader = new EventReader(source, "sse");
  await reader.pull();
  expect(reader.next()).toEqual({ event: undefined, data: "one" });
  expect(reader.next()).toBeUndefined();
  await expect(reader.pull()).rejects.toBe(failure);
});

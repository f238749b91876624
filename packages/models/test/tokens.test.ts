/** The estimate of a prompt's tokens: what is read of a request, and how far off recorded ones are. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { estimateTokens, Seen } from "../src/index.ts";
import { sizeOf } from "../src/tokens/image-size.ts";

const usage = (prompt_tokens: number, completion_tokens = 10) => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens,
});
const tokens = (content: unknown, model = "gpt-4o") =>
  estimateTokens(model, { messages: [{ role: "user", content }] }).tokens;

describe("what is read", () => {
  test("the same text is as many tokens in any API's words", () => {
    const text = "The quick brown fox jumps over the lazy dog.".repeat(20);
    const bodies = [
      { messages: [{ role: "user", content: text }] },
      { messages: [{ role: "user", content: [{ type: "text", text }] }] },
      { input: [{ role: "user", content: [{ type: "input_text", text }] }] },
      { input: text },
      { contents: [{ role: "user", parts: [{ text }] }] },
    ];
    const counts = bodies.map((body) => estimateTokens("gpt-4o", body).tokens);
    expect(new Set(counts).size).toBe(1);
    // 20 x 10 by OpenAI's tokenizer
    expect(counts[0]).toBeGreaterThan(190);
    expect(counts[0]).toBeLessThan(250);
  });

  test.each([
    ["ids and signatures", { type: "tool_use", id: "x".repeat(500), name: "f", input: {} }],
    [
      "base64",
      { type: "image", source: { type: "base64", media_type: "image/png", data: "A".repeat(1e6) } },
    ],
    ["cache marks", { type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "1h" } }],
  ])("%s are no text", (_, part) => {
    expect(tokens([part], "claude-haiku-4-5")).toBeLessThan(3000);
  });

  test("other scripts have more tokens to the character, and more error", () => {
    const latin = estimateTokens("gpt-4o", { input: "weather ".repeat(100) });
    const chinese = estimateTokens("gpt-4o", { input: "今天天气很好".repeat(100) });
    expect(chinese.tokens).toBeGreaterThan(400);
    expect(chinese.error).toBeGreaterThan(latin.error);
  });

  test("anything is an estimate: a whole number from 1, a finite error, no throw", () => {
    const body = fc.record(
      {
        messages: fc.anything(),
        input: fc.anything(),
        contents: fc.anything(),
        tools: fc.anything(),
        system: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(body, fc.string(), (any, model) => {
        let json: object;
        try {
          json = JSON.parse(JSON.stringify(any));
        } catch {
          return;
        }
        const { tokens, error } = estimateTokens(model, json as never);
        expect(Number.isSafeInteger(tokens) && tokens >= 1).toBe(true);
        expect(Number.isFinite(error) && error >= 0).toBe(true);
      }),
    );
  });

  test("more text is never fewer tokens", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (one, other) => {
        expect(tokens(`${one}\n${other}`)).toBeGreaterThanOrEqual(tokens(one));
      }),
    );
  });
});

describe("the size of a picture", () => {
  const bytes = (...list: (number | string)[]) =>
    Buffer.concat(
      list.map((one) =>
        typeof one === "string" ? Buffer.from(one, "latin1") : Buffer.from([one]),
      ),
    ).toString("base64");
  test.each([
    ["GIF", bytes("GIF89a", 0x2c, 0x01, 0xc8, 0x00, "...."), { width: 300, height: 200 }],
    // An APP0 segment of 16 bytes, then the frame: height 0x0102, width 0x0304
    [
      "JPEG",
      bytes(
        "\xff\xd8\xff\xe0",
        0,
        16,
        "x".repeat(14),
        "\xff\xc0",
        0,
        17,
        8,
        1,
        2,
        3,
        4,
        "x".repeat(12),
      ),
      { width: 772, height: 258 },
    ],
    [
      "WebP, extended",
      bytes("RIFF....WEBPVP8X", "....", 0, 0, 0, 0, 0x2b, 0x01, 0, 0xc7, 0, 0),
      { width: 300, height: 200 },
    ],
    ["nothing", bytes("hello, this is no picture at all, only text"), undefined],
    ["half of a JPEG", bytes("\xff\xd8\xff\xe0", 0xff, 0xff), undefined],
    [
      "a JPEG whose segment has no length",
      bytes("\xff\xd8\xff\xe0", 0, 0, "x".repeat(20)),
      undefined,
    ],
    ["no base64", "not base64!", undefined],
    ["empty", "", undefined],
  ])("%s", (_, base64, size) => {
    expect(sizeOf(base64)).toEqual(size);
  });
});

describe("what a client has seen", () => {
  const estimate = { tokens: 100, error: 0.4 };

  test("corrects an estimate, and narrows its error after three calls that agree", () => {
    const seen = new Seen();
    expect(seen.corrected("a/b", estimate)).toEqual(estimate);
    seen.note("a/b", 100, usage(150, 40));
    expect(seen.corrected("a/b", estimate)).toEqual({ tokens: 150, error: 0.4 });
    seen.note("a/b", 200, usage(300, 40));
    seen.note("a/b", 10, usage(15, 40));
    expect(seen.corrected("a/b", estimate)).toEqual({ tokens: 150, error: 0.05 });
    expect(seen.output("a/b")).toBe(40);
    expect(seen.corrected("a/c", estimate)).toEqual(estimate);
  });

  test("a new sight counts a fifth", () => {
    const seen = new Seen();
    seen.note("a/b", 100, usage(100, 100));
    seen.note("a/b", 100, usage(200, 600));
    // 1 + 0.2 x (2 - 1), 100 + 0.2 x 500
    expect([seen.corrected("a/b", estimate).tokens, seen.output("a/b")]).toEqual([120, 200]);
  });

  test("what contradicts itself, or is out of all proportion, teaches little", () => {
    const seen = new Seen();
    for (const used of [usage(0), usage(-5), usage(Number.NaN), usage(5, Number.NaN)]) {
      seen.note("a/b", 100, used);
    }
    expect(seen.output("a/b")).toBeUndefined();
    seen.note("a/b", 1, usage(1e6));
    expect(seen.corrected("a/b", estimate).tokens).toBe(500);
  });

  test("forgets the model that it saw least lately", () => {
    const seen = new Seen();
    for (let i = 0; i < 5000; i++) {
      seen.note(`a/${i}`, 100, usage(150));
      seen.note("a/kept", 100, usage(150));
    }
    expect(seen.size).toBe(200);
    expect(seen.corrected("a/kept", estimate).tokens).toBe(150);
    expect(seen.corrected("a/1", estimate).tokens).toBe(100);
  });
});

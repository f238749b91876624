/** What tokens cost: figures worked out by hand, and what holds for all of them. */
import type { Usage } from "@polycall/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { costOf, models, type Price, type Rates } from "../src/index.ts";

const priceOf = (model: string): Price => models.get(model)!.price!;

function usage(
  prompt: number,
  completion: number,
  promptDetails: Usage["prompt_tokens_details"] = {},
  completionDetails: Usage["completion_tokens_details"] = {},
): Usage {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: promptDetails,
    completion_tokens_details: completionDetails,
  };
}

describe("by hand", () => {
  test("OpenAI: 600 at $2.50, 400 cached at $0.25, 200 and 100 of reasoning at $15", () => {
    const used = usage(1000, 300, { cached_tokens: 400 }, { reasoning_tokens: 100 });
    expect(costOf(used, priceOf("openai/gpt-5.4"))).toEqual({
      total: 0.0061,
      parts: [
        { kind: "input", tokens: 600, rate: 2.5, cost: 0.0015 },
        { kind: "cacheRead", tokens: 400, rate: 0.25, cost: 0.0001 },
        { kind: "output", tokens: 200, rate: 15, cost: 0.003 },
        { kind: "reasoning", tokens: 100, rate: 15, cost: 0.0015 },
      ],
    });
  });

  test("Anthropic: 200 at $1, 3,000 read at $0.10, 600 written at $1.25, 400 for an hour at $2, 150 at $5", () => {
    const used = usage(4200, 150, {
      cached_tokens: 3000,
      cache_write_tokens: 1000,
      cache_write_1h_tokens: 400,
    });
    expect(costOf(used, priceOf("anthropic/claude-haiku-4-5"))).toEqual({
      total: 0.0028,
      parts: [
        { kind: "input", tokens: 200, rate: 1, cost: 0.0002 },
        { kind: "cacheRead", tokens: 3000, rate: 0.1, cost: 0.0003 },
        { kind: "cacheWrite", tokens: 600, rate: 1.25, cost: 0.00075 },
        { kind: "cacheWrite1h", tokens: 400, rate: 2, cost: 0.0008 },
        { kind: "output", tokens: 150, rate: 5, cost: 0.00075 },
      ],
    });
  });

  test("Gemini above 200,000: all of the request at the higher rates", () => {
    const used = usage(250_000, 2000, { cached_tokens: 100_000 }, { reasoning_tokens: 1500 });
    expect(costOf(used, priceOf("gemini/gemini-2.5-pro"))).toEqual({
      total: 0.43,
      parts: [
        { kind: "input", tokens: 150_000, rate: 2.5, cost: 0.375 },
        { kind: "cacheRead", tokens: 100_000, rate: 0.25, cost: 0.025 },
        { kind: "output", tokens: 500, rate: 15, cost: 0.0075 },
        { kind: "reasoning", tokens: 1500, rate: 15, cost: 0.0225 },
      ],
    });
  });

  test.each([
    ["gemini/gemini-2.5-pro", 200_000, 2000, 0.27], // 200,000 x 1.25 + 2,000 x 10
    ["gemini/gemini-2.5-pro", 200_001, 2000, 0.5300025], // 200,001 x 2.50 + 2,000 x 15
    ["openai/gpt-5.4", 272_000, 0, 0.68],
    ["openai/gpt-5.4", 272_001, 0, 1.360005],
    // xAI: "≥ 200k"
    ["xai/grok-4.3", 199_999, 1000, 0.25249875],
    ["xai/grok-4.3", 200_000, 1000, 0.505],
    ["anthropic/claude-haiku-5-5", 100_000, 1000, 0.0105],
    ["anthropic/claude-haiku-5-5", 100_001, 1000, 0.0525005],
    // 0.15 x 3 is 0.44999999999999996 in doubles
    ["openai/gpt-4o-mini", 3_000_000, 0, 0.45],
    ["openai/text-embedding-3-small", 1_000_000, 0, 0.02],
  ])("%s, %d read and %d written: $%d", (model, prompt, completion, total) => {
    expect(costOf(usage(prompt, completion), priceOf(model))?.total).toBe(total);
  });

  test("audio at its own rate, in and out", () => {
    const used = usage(1000, 500, { audio_tokens: 900 }, { audio_tokens: 400 });
    // 100 x 4 + 900 x 32 + 100 x 24 + 400 x 64
    expect(costOf(used, priceOf("openai/gpt-realtime-2.1"))?.total).toBe(0.0572);
  });

  test("a tier that served has its own rates, whatever the length", () => {
    const price = priceOf("openai/gpt-5.4");
    const total = (serviceTier: string) => costOf(usage(1000, 100), price, { serviceTier })?.total;
    expect(total("default")).toBe(0.004); // 1,000 x 2.50 + 100 x 15
    expect(total("priority")).toBe(0.008); // 1,000 x 5 + 100 x 30
    expect(total("flex")).toBeUndefined();
    expect(total("constructor")).toBeUndefined();
  });
});

describe("what is paid by the piece", () => {
  const price: Price = {
    input: 1,
    output: 2,
    uses: { webSearch: 10, webFetch: 0, fileSearch: 2.5 },
  };
  const using = (server_tool_use: Usage["server_tool_use"]) => ({
    ...usage(1000, 0),
    server_tool_use,
  });

  test("three searches at $10 a thousand beside 1,000 tokens; what is free is no part", () => {
    const used = using({ web_search_requests: 3, web_fetch_requests: 2, file_search_requests: 1 });
    expect(costOf(used, price)).toEqual({
      total: 0.0335,
      parts: [
        { kind: "input", tokens: 1000, rate: 1, cost: 0.001 },
        { kind: "webSearch", count: 3, rate: 10, cost: 0.03 },
        { kind: "fileSearch", count: 1, rate: 2.5, cost: 0.0025 },
      ],
    });
  });

  test("once for a request, where its provider bills so", () => {
    const once = { ...price, uses: { webSearch: 35, perRequest: true } };
    const cost = costOf(using({ web_search_requests: 3 }), once);
    expect(cost?.parts[1]).toEqual({ kind: "webSearch", count: 1, rate: 35, cost: 0.035 });
  });

  test.each([
    ["a tool without a rate", { code_interpreter_requests: 1 }],
    ["half a search", { web_search_requests: 0.5 }],
    ["a negative count", { web_search_requests: -1 }],
  ])("%s makes the cost unknown", (_, used) => {
    expect(costOf(using(used), price)).toBeUndefined();
  });

  test("a place that asks for 10 % more asks for it on tokens, not on searches", () => {
    const used = { ...using({ web_search_requests: 1 }), prompt_tokens: 7 };
    const odd = { ...price, input: 0.003625 };
    // 7 x 0.003625 x 1.1 = 0.0279125 millionths
    expect(costOf(used, odd, { factor: 1.1 })).toEqual({
      total: 0.010000027913,
      parts: [
        { kind: "input", tokens: 7, rate: 0.0039875, cost: 0.000000027913 },
        { kind: "webSearch", count: 1, rate: 10, cost: 0.01 },
      ],
    });
  });
});

describe("hours", () => {
  const price = priceOf("deepseek/deepseek-flash");
  test.each([
    // 2026-11-25 is a Wednesday.
    ["2026-11-25T00:59:59Z", 0.15],
    ["2026-11-25T01:00:00Z", 0.3],
    ["2026-11-25T03:59:59Z", 0.3],
    ["2026-11-25T04:00:00Z", 0.15],
    ["2026-11-25T06:00:00Z", 0.3],
    ["2026-11-25T10:00:00Z", 0.15],
    ["2026-11-28T02:00:00Z", 0.15], // Saturday
    ["2026-11-29T07:00:00Z", 0.15], // Sunday
    ["2026-11-30T07:00:00Z", 0.3],
  ])("a million tokens for DeepSeek at %s: $%d", (time, total) => {
    const at = Date.parse(time);
    expect(costOf(usage(1_000_000, 0), price, { at })?.total).toBe(total);
  });

  test("without a time, outside of them", () => {
    expect(costOf(usage(1_000_000, 0), price)?.total).toBe(0.15);
  });
});

describe("unknown is undefined", () => {
  const flat: Price = { input: 1, output: 2 };
  test.each<[string, Usage, Price]>([
    ["no rate for what was written", usage(1, 1), { input: 1 }],
    ["no rates at all", usage(1, 0), {}],
    [
      "an hour's write without its rate",
      usage(9, 0, { cache_write_tokens: 5, cache_write_1h_tokens: 5 }),
      { input: 1, cacheWrite: 2 },
    ],
    ["audio made without its rate", usage(0, 5, {}, { audio_tokens: 5 }), flat],
    ["more cached than read", usage(5, 0, { cached_tokens: 6 }), flat],
    ["more reasoning than output", usage(0, 5, {}, { reasoning_tokens: 6 }), flat],
    [
      "an hour's writes beyond the writes",
      usage(9, 0, { cache_write_1h_tokens: 1 }),
      { ...flat, cacheWrite1h: 1 },
    ],
    ["a negative count", usage(-1, 0), flat],
    ["half a token", usage(0.5, 0), flat],
    ["NaN", usage(Number.NaN, 0), flat],
    ["no end", usage(Number.POSITIVE_INFINITY, 0), flat],
  ])("%s", (_, used, price) => {
    expect(costOf(used, price)).toBeUndefined();
  });

  test("a kind that did not occur needs no rate, and none is a cost of zero", () => {
    expect(costOf(usage(5, 0), { input: 1 })).toEqual({
      total: 0.000005,
      parts: [{ kind: "input", tokens: 5, rate: 1, cost: 0.000005 }],
    });
    expect(costOf(usage(0, 0), {})).toEqual({ total: 0, parts: [] });
  });
});

/** Rates of up to $100 in steps of a millionth. */
const rate = fc.integer({ min: 0, max: 100_000_000 }).map((micro) => micro / 1e6);
const anyRates: fc.Arbitrary<Rates> = fc.record({
  input: rate,
  output: rate,
  cacheRead: rate,
  cacheWrite: rate,
  cacheWrite1h: rate,
  reasoning: rate,
  audioInput: rate,
  audioOutput: rate,
});
const anyPrice: fc.Arbitrary<Price> = fc
  .tuple(
    anyRates,
    fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 400_000 }), anyRates), {
      maxLength: 3,
      selector: ([above]) => above,
    }),
  )
  .map(([rates, tiers]) => ({
    ...rates,
    tiers: tiers.sort(([a], [b]) => a - b).map(([above, own]) => ({ ...own, above })),
  }));
const count = fc.integer({ min: 0, max: 60_000 });
const counts = fc.record({
  uncached: count,
  read: count,
  written: count,
  hour: count,
  audioIn: count,
  text: count,
  reasoning: count,
  audioOut: count,
});
type Counts = typeof counts extends fc.Arbitrary<infer T> ? T : never;

function usageOf(c: Counts): Usage {
  return usage(
    c.uncached + c.audioIn + c.read + c.written + c.hour,
    c.text + c.reasoning + c.audioOut,
    {
      cached_tokens: c.read,
      cache_write_tokens: c.written + c.hour,
      cache_write_1h_tokens: c.hour,
      audio_tokens: c.audioIn,
    },
    { reasoning_tokens: c.reasoning, audio_tokens: c.audioOut },
  );
}

/** Dollars as whole pico-dollars: what the doubles stand for, exactly, up to $9,000. */
const pico = (dollars: number) => BigInt(Math.round(dollars * 1e12));

describe("always", () => {
  test("the parts are the total, exactly, and each is its tokens times its rate", () => {
    fc.assert(
      fc.property(counts, anyPrice, (c, price) => {
        const { total, parts } = costOf(usageOf(c), price)!;
        expect(parts.reduce((sum, part) => sum + pico(part.cost), 0n)).toBe(pico(total));
        for (const { tokens, rate, cost } of parts) {
          expect(pico(cost)).toBe(BigInt(tokens!) * BigInt(Math.round(rate * 1e6)));
        }
      }),
    );
  });

  test("the parts are the total in any place, with any uses", () => {
    const uses = fc.record({ web_search_requests: count, file_search_requests: count });
    const factors = fc.constantFrom(1, 1.1, 1.25, 0.5);
    fc.assert(
      fc.property(counts, anyPrice, uses, factors, (c, price, server_tool_use, factor) => {
        const used = { ...usageOf(c), server_tool_use };
        const priced = { ...price, uses: { webSearch: 14, fileSearch: 2.5 } };
        const { total, parts } = costOf(used, priced, { factor })!;
        expect(parts.reduce((sum, part) => sum + pico(part.cost), 0n)).toBe(pico(total));
        expect(total).toBeGreaterThanOrEqual(costOf(usageOf(c), price, { factor })!.total);
      }),
    );
  });

  test("each token is paid once", () => {
    fc.assert(
      fc.property(counts, anyPrice, (c, price) => {
        const used = usageOf(c);
        const { parts } = costOf(used, price)!;
        expect(parts.reduce((sum, part) => sum + part.tokens!, 0)).toBe(used.total_tokens);
        expect(new Set(parts.map(({ kind }) => kind)).size).toBe(parts.length);
      }),
    );
  });

  test("more tokens of any kind cost no less, within a tier", () => {
    const kinds = [
      "uncached",
      "read",
      "written",
      "hour",
      "audioIn",
      "text",
      "reasoning",
      "audioOut",
    ] as const;
    fc.assert(
      fc.property(counts, anyRates, fc.constantFrom(...kinds), count, (c, rates, kind, more) => {
        const less = costOf(usageOf(c), rates)!.total;
        const grown = costOf(usageOf({ ...c, [kind]: c[kind] + more }), rates)!.total;
        expect(grown).toBeGreaterThanOrEqual(less);
      }),
    );
  });

  test("the tier of the whole prompt prices all of it", () => {
    fc.assert(
      fc.property(counts, anyPrice, (c, price) => {
        const used = usageOf(c);
        const tier = price.tiers!.filter(({ above }) => used.prompt_tokens > above).at(-1);
        const { tiers: _, ...base } = price;
        expect(costOf(used, price)).toEqual(costOf(used, tier ?? base));
      }),
    );
  });
});

/** Every token once, streamed or not: what each API counts, in its own words, against the sum it was made of. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Cost, createClient, type Usage } from "../../src/index.ts";
import { type Counts, inputOf, outputOf, type Put, type Shape, shapes } from "./shapes.ts";

/** Of each API; 5,000 under `npm run test:long`. */
const count = process.env.POLYCALL_LONG ? 5000 : 200;

const settings = { apiKey: "k", baseURL: "http://127.0.0.1:9/v1" };
const names = new Set(shapes.map(({ model }) => model.split("/")[0]!));
const client = createClient({
  providers: Object.fromEntries([...names].map((name) => [name, settings])),
  defaults: { maxRetries: 0 },
  logLevel: "off",
});
const messages = [{ role: "user" as const, content: "Hi" }];

const amount = fc.oneof(fc.constant(0), fc.nat(9), fc.nat(2_000_000));
const counts = fc.record<Counts>({
  uncached: amount,
  read: amount,
  write5m: amount,
  write1h: amount,
  text: amount,
  reasoning: amount,
  audioIn: amount,
  audioOut: amount,
  toolUse: amount,
  passIn: amount,
  passOut: amount,
});

/** Zeros as they come: 0, null or nothing at all. */
function putting(spelling: readonly number[]): Put {
  let at = 0;
  return (fields) => {
    const told: { [key: string]: unknown } = {};
    for (const [key, value] of Object.entries(fields)) {
      const way = value ? 0 : spelling[at++ % spelling.length];
      if (way === 0) told[key] = value;
      if (way === 1) told[key] = null;
    }
    return told;
  };
}

function only(all: Counts, { counts: told }: Shape): Counts {
  const kept = new Set<string>(["uncached", "text", ...told]);
  const entries = Object.entries(all).map(([key, value]) => [key, kept.has(key) ? value : 0]);
  return Object.fromEntries(entries) as Counts;
}

/** The JSON, from the model that was asked. */
function served(body: object, model: string): string {
  const asked = model.replace(/^\w+\/((chat|responses)\/)?/, "");
  return JSON.stringify(body).replaceAll(/"(model|modelVersion)":"m"/g, `"$1":"${asked}"`);
}

const paidFor = new Set<string>();

/** Each token is paid in one part. */
function expectPaidOnce({ parts, source, model }: Cost, usage: Usage): void {
  if (source !== "catalogue") return;
  paidFor.add(model!);
  const paid = parts.reduce((sum, { tokens = 0 }) => sum + tokens, 0);
  expect(paid).toBe(usage.prompt_tokens + usage.completion_tokens);
}

async function wholeUsage({ model, whole }: Shape, c: Counts, put: Put) {
  const fetch = async () =>
    new Response(served(whole(c, put), model), { headers: { "content-type": "application/json" } });
  const { usage, cost } = await client.completion({ model, messages, fetch });
  if (cost) expectPaidOnce(cost, usage!);
  return usage;
}

async function streamedUsage(
  { model, stream, framing }: Shape,
  c: Counts,
  put: Put,
  share: number,
) {
  const events = stream(c, put, share).map((event) => served(event, model));
  const body =
    framing === "ndjson"
      ? events.map((event) => `${event}\n`).join("")
      : events.map((event) => `data: ${event}\n\n`).join("");
  const type = framing === "ndjson" ? "application/x-ndjson" : "text/event-stream";
  const fetch = async () => new Response(body, { headers: { "content-type": type } });
  const chunks: (Usage | null | undefined)[] = [];
  const reply = await client.completion({ model, messages, fetch, stream: true });
  for await (const chunk of reply) chunks.push(chunk.usage);
  expect(chunks.filter(Boolean)).toHaveLength(1);
  const { usage } = await reply.final();
  expect(chunks.at(-1)).toEqual(usage);
  return usage;
}

function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return Object.values((value ?? {}) as object).flatMap(numbersIn);
}

describe.each(shapes)("$name", (shape) => {
  test(`${count} counts`, { timeout: count * 20 + 20_000 }, async () => {
    const spelling = fc.array(fc.nat(2), { minLength: 7, maxLength: 7 });
    await fc.assert(
      fc.asyncProperty(
        counts,
        spelling,
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (all, spelled, share) => {
          const c = only(all, shape);
          const usage = (await wholeUsage(shape, c, putting(spelled)))!;
          expect(usage).toMatchObject({
            prompt_tokens: inputOf(c),
            completion_tokens: outputOf(c),
            total_tokens: inputOf(c) + outputOf(c),
          });
          const prompt = usage.prompt_tokens_details ?? {};
          const completion = usage.completion_tokens_details ?? {};
          if (!shape.isCoarse) {
            expect({
              read: prompt.cached_tokens ?? 0,
              written: prompt.cache_write_tokens ?? 0,
              anHour: prompt.cache_write_1h_tokens ?? 0,
              audioIn: prompt.audio_tokens ?? 0,
              reasoning: completion.reasoning_tokens ?? 0,
              audioOut: completion.audio_tokens ?? 0,
            }).toEqual({
              read: c.read,
              written: c.write5m + c.write1h,
              anHour: c.write1h,
              audioIn: c.audioIn,
              reasoning: c.reasoning,
              audioOut: c.audioOut,
            });
          }
          for (const number of numbersIn({ ...usage, cost: 0 })) {
            expect(Number.isSafeInteger(number) && number >= 0).toBe(true);
          }
          expect(await streamedUsage(shape, c, putting(spelled), share)).toEqual(usage);
        },
      ),
      { numRuns: count, ...(process.env.POLYCALL_LONG ? {} : { seed: 20_261_125 }) },
    );
  });
});

test("models of most of them have a price", () => {
  expect(paidFor.size).toBeGreaterThan(6);
  console.log("Each token paid once:", [...paidFor].join(", "));
});

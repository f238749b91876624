/** Replies broken at random: each ends in a reply that is whole in itself, or in a typed error, and soon. */
import { setImmediate as turn } from "node:timers/promises";
import { type Interaction, responseBytes, wireData } from "@polycall/testing";
import { afterAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { type CompletionStream, PolycallError, type ResponseFormat } from "../../src/index.ts";
import { expectWhole, type Reply } from "../support/chunks.ts";
import { mutated, randomOf, torn } from "../support/mutate.ts";
import { protocols } from "../support/protocols.ts";
import { simulated } from "../support/simulated.ts";
import { tools } from "../support/tools.ts";

/** Of each protocol; 100,000 under `npm run test:long`. */
const count = process.env.POLYCALL_LONG ? 100_000 : 2000;

const { completion } = await simulated();

/** A reply as it came over the wire, and what had been asked. */
interface Original {
  name: string;
  prompt: Prompt;
  stream: boolean;
  type: string;
  bytes: Uint8Array;
}

const prompts = {
  text: { messages: [{ role: "user" as const, content: "Count to 12. größer 👍" }] },
  calls: {
    messages: [{ role: "user" as const, content: "What is a ticket to London, and to Paris?" }],
    tools,
  },
  object: {
    messages: [{ role: "user" as const, content: "Ada is 36." }],
    response_format: z.object({ name: z.string(), age: z.number().optional() }),
  },
};
type Prompt = keyof typeof prompts;

/** What the simulator sends for each prompt, plain and streamed. */
async function simulatorReplies(model: string): Promise<Original[]> {
  const replies: Original[] = [];
  for (const prompt of Object.keys(prompts) as Prompt[]) {
    for (const stream of [false, true]) {
      let response: Response | undefined;
      const fetch: typeof globalThis.fetch = async (url, init) => {
        response = await globalThis.fetch(url, init);
        return response.clone();
      };
      const reply = await completion({ ...prompts[prompt], model, stream, fetch });
      if ("final" in reply) await reply.final();
      const type = response!.headers.get("content-type")!;
      const bytes = await response!.bytes();
      replies.push({ name: `simulator, ${prompt}`, prompt, stream, type, bytes });
    }
  }
  return replies;
}

const recordedAt: Record<string, RegExp> = {
  chat: /api\.openai\.com\/v1\/chat\/completions$/,
  responses: /api\.openai\.com\/v1\/responses$/,
  messages: /api\.anthropic\.com\/v1\/messages(?:\?|$)/,
  generateContent: /generativelanguage\.googleapis\.com\/.*:(?:streamG|g)enerateContent/,
};

const data = wireData();

/** The recorded replies of a protocol that are not huge. */
function recordedReplies(protocol: string): Original[] {
  const where = recordedAt[protocol];
  if (!where || !data) return [];
  const inReach = ({ request }: Interaction) => where.test(request.url);
  return data.list().flatMap((file) =>
    data
      .read(file)
      .interactions.filter(inReach)
      .map(({ response }) => {
        const type = response.headers["content-type"] ?? "application/json";
        const bytes = responseBytes(response);
        const stream = type.includes("event-stream");
        return { name: file, prompt: "calls" as const, stream, type, bytes };
      })
      .filter(({ bytes }) => bytes.length < 20_000),
  );
}

/** A call that takes longer hangs. */
const limitMs = 5000;

/** Where a reply's text also stands whole at its end, which `final()` takes: `chunks` may differ. */
const repeatsText = new Set(["responses"]);

/** The chunks' text must be the reply's, but for the order: events may come out of turn. */
const lettersOf = (text: string) => [...text].sort().join("");

async function wholeOf(reply: Reply | CompletionStream<ResponseFormat | undefined>) {
  if (!("final" in reply)) return { whole: reply };
  let text = "";
  for await (const { choices } of reply) {
    for (const { index, delta } of choices) if (index === 0) text += delta.content ?? "";
  }
  return { whole: (await reply.final()) as Reply, text };
}

// The simulator's first: it has closed the connection by the time that thousands of recordings have been read.
const originals = new Map<string, Original[]>();
for (const { protocol, model } of protocols) originals.set(protocol, await simulatorReplies(model));
for (const [protocol, replies] of originals) replies.push(...recordedReplies(protocol));

const outcomes: Record<string, Record<string, number>> = {};
afterAll(() => console.log(`${count} broken replies of each protocol:`, outcomes));

describe.each(protocols)("$protocol", ({ protocol, provider, model }) => {
  test(`${count} broken replies`, { timeout: count * 20 + 60_000 }, async () => {
    const seen: Record<string, number> = {};
    outcomes[protocol] = seen;
    const replies = originals.get(protocol)!;
    for (let seed = 1; seed <= count; seed++) {
      // Nothing here waits for more than a microtask, in which nothing that is weakly held is let go.
      if (seed % 100 === 0) await turn();
      const random = randomOf(seed);
      const { name, prompt, stream, type, bytes } = replies[seed % replies.length]!;
      const broken = mutated(bytes, random);
      const status = random() < 0.9 ? 200 : [400, 404, 429, 500][Math.floor(random() * 4)]!;
      const fetch = async () =>
        new Response(torn(broken, random), { status, headers: { "content-type": type } });
      const what = `seed ${seed}, ${name}, ${stream ? "streamed" : "plain"}`;
      let outcome = "reply";
      try {
        const request = { ...prompts[prompt], model, stream, fetch, timeout: limitMs };
        const { whole, text } = await wholeOf(await completion(request));
        expectWhole(whole, what);
        const differs = text !== undefined && lettersOf(text) !== lettersOf(whole.text);
        if (differs && !repeatsText.has(protocol)) outcome = "reply, told otherwise in its chunks";
      } catch (error) {
        if (!(error instanceof PolycallError)) throw new Error(what, { cause: error });
        expect(error, what).toMatchObject({ provider, message: expect.stringMatching(/\S/) });
        expect(error.name, what).not.toBe("APIConnectionTimeoutError");
        outcome = error.name;
      }
      seen[outcome] = (seen[outcome] ?? 0) + 1;
    }
    // A block that begins twice, or a choice whose index changes, has no one text.
    expect(seen["reply, told otherwise in its chunks"] ?? 0).toBeLessThan(count / 1000);
    expect(seen.reply).toBeGreaterThan(count / 20);
    expect(Object.keys(seen).length).toBeGreaterThan(4);
  });
});

const started = {
  responses: [
    { type: "response.created", response: { id: "r", created_at: 1, model: "m", output: [] } },
  ],
  messages: [
    { type: "message_start", message: { id: "m", role: "assistant", model: "m", content: [] } },
  ],
};
const delta = { type: "response.output_text.delta", delta: "x" };
const block = { type: "content_block_start", content_block: { type: "text", text: "x" } };

test.each([
  ["responses", "openai/responses/m", { ...delta, output_index: 0, content_index: 1e308 }],
  ["responses", "openai/responses/m", { ...delta, output_index: 4e9, content_index: 0 }],
  ["responses", "openai/responses/m", { ...delta, output_index: -1, content_index: 0 }],
  ["messages", "anthropic/claude-m", { ...block, index: 4e9 }],
  ["messages", "anthropic/claude-m", { ...block, index: null }],
] as const)(
  "%s: an index that is none does not fill the memory, %#",
  async (name, model, event) => {
    const events = [...started[name], event].map((one) => `data: ${JSON.stringify(one)}\n\n`);
    const type = "text/event-stream";
    const fetch = async () => new Response(events.join(""), { headers: { "content-type": type } });
    const call = async () =>
      (await completion({ ...prompts.text, model, stream: true, fetch })).final();
    await expect(call()).rejects.toMatchObject({
      name: "APIResponseValidationError",
      message: expect.stringContaining("is no index"),
    });
  },
);

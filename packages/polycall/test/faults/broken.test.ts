/** Replies that break: cut, torn, malformed, of another kind, late, or with an error inside. */
import type { Fault } from "@polycall/testing";
import { describe, expect, test } from "vitest";
import { createClient, PolycallError, retry } from "../../src/index.ts";
import { chunksOf, expectWellFormed } from "../support/chunks.ts";
import { protocols } from "../support/protocols.ts";
import { simulated, wholeReply } from "../support/simulated.ts";

const { sim, ask, completion } = await simulated();
const messages = [{ role: "user" as const, content: "Count to 60." }];
const whole = `(simulator) ${Array.from({ length: 60 }, (_, i) => i + 1).join(", ")}`;
/** A call that never settles fails here. */
const soon = { timeout: 5000 };

interface Broken extends PolycallError {
  phase?: string;
  partial?: { choices: { message: { content: string } }[] };
}

describe.each(protocols)("$protocol", ({ provider, model }) => {
  /** What the call throws, and the text that its chunks had told before. */
  async function broken(stream: boolean, fault: Fault, more = {}) {
    sim.fault(fault);
    let text = "";
    try {
      const reply = await completion({ model, messages, stream, ...more });
      if ("final" in reply) for await (const piece of reply.textStream) text += piece;
    } catch (error) {
      expect(error).toBeInstanceOf(PolycallError);
      expect(error).toMatchObject({ provider });
      return { error: error as Broken, text };
    }
    throw new Error(`The call ended well, with ${JSON.stringify(text)}.`);
  }

  const offsets = [0, 1, 2, 7, 20, 45, 80, 120, 170, 230, 300, 390];

  test.each(offsets)("a reply cut at byte %i", soon, async (cutAt) => {
    const { error } = await broken(false, { cutAt });
    expect(error).toMatchObject({ name: "APIConnectionError", phase: "body" });
  });

  test.each(offsets.map((at) => at * 9))("a stream cut at byte %i", soon, async (cutAt) => {
    const { error, text } = await broken(true, { cutAt });
    expect(error).toMatchObject({ name: "APIConnectionError", phase: "body" });
    expect(whole.startsWith(text)).toBe(true);
    expect(error.partial?.choices[0]?.message.content ?? "").toBe(text);
    if (cutAt > 3000) expect(text.length).toBeGreaterThan(10);
  });

  test("a stream that ends well, but before its end", soon, async () => {
    /** Leaves out the last events, whole. */
    const fetch: typeof globalThis.fetch = async (url, init) => {
      const response = await globalThis.fetch(url, init);
      const events = (await response.text()).split(/(?<=\n\r?\n|\}\n(?=\{))/);
      return new Response(events.slice(0, -6).join(""), response);
    };
    const { error, text } = await broken(true, {}, { fetch });
    expect(error).toMatchObject({ name: "APIConnectionError", phase: "body" });
    expect(text.length).toBeGreaterThan(100);
    expect(whole.startsWith(text)).toBe(true);
    expect(error.partial?.choices[0]?.message.content).toBe(text);
  });

  test("bytes torn at random places say the same", soon, async () => {
    const few = [{ role: "user" as const, content: "Count to 20." }];
    for (const stream of [false, true]) {
      const expected = wholeReply(await ask(stream, { model, messages: few }));
      for (let seed = 1; seed <= 20; seed++) {
        sim.fault({ splitBytes: { seed, max: 150 } });
        expect(wholeReply(await ask(stream, { model, messages: few }))).toEqual(expected);
      }
    }
  });

  test("a byte at a time", soon, async () => {
    sim.fault({ splitBytes: { seed: 1, max: 1 } });
    const short = [{ role: "user" as const, content: "Say größer 👍" }];
    const { text } = await ask(true, { model, messages: short });
    expect(text).toBe("(simulator) You said: Say größer 👍");
  });

  test.each<[string, Fault]>([
    ["malformed JSON", { malformed: true }],
    ["HTML", { html: true }],
    ["nothing", { empty: true }],
    ["a text", { body: "Hello" }],
    ["JSON of another kind", { body: { hello: "you" } }],
    ["a JSON list", { body: [] }],
    ["null", { body: null }],
  ])("200 with %s", soon, async (_, fault) => {
    for (const stream of [false, true]) {
      const { error } = await broken(stream, fault);
      expect(error.name).toBe("APIResponseValidationError");
      expect(error.message).toMatch(/\(200, .+\)/);
      expect(error.message).toContain(model.split("/").at(-1));
    }
  });

  test("an error inside the stream", soon, async () => {
    const message = "Something broke on our side.";
    const { error, text } = await broken(true, { streamError: { after: 9, message } });
    expect(error.name).toBe(
      { anthropic: "OverloadedError", gemini: "ServiceUnavailableError" }[provider] ??
        "InternalServerError",
    );
    expect(error.message).toContain(message);
    expect(text).toMatch(/^\(simul/);
    expect(error.partial?.choices[0]?.message.content).toBe(text);
  });

  test("an error as the first event is the call's own, and is tried again", soon, async () => {
    sim.fault({ streamError: { after: 0 } });
    const again = createClient({
      providers: sim.providers,
      plugins: [retry({ maxRetries: 1, sleep: async () => {} })],
      defaults: { maxRetries: 0 },
      logLevel: "off",
    });
    const reply = await (await again.completion({ model, messages, stream: true })).final();
    expect(reply.text).toBe(whole);
    expect(reply.attempts).toHaveLength(2);
  });

  test("an error after the first chunk is never tried again", soon, async () => {
    await broken(true, { streamError: { after: 9 } }, { maxRetries: 2 });
    expect(sim.requests).toHaveLength(1);
  });

  test("closed without a reply", soon, async () => {
    for (const stream of [false, true]) {
      const { error } = await broken(stream, { close: true, times: 2 });
      expect(error).toMatchObject({ name: "APIConnectionError", phase: "firstByte" });
      sim.reset();
    }
  });

  test("no answer, and a limit", soon, async () => {
    for (const [timeout, phase] of [
      [{ firstByte: 40 }, "firstByte"],
      [40, "total"],
    ] as const) {
      const { error } = await broken(false, { hang: true }, { timeout });
      expect(error).toMatchObject({ name: "APIConnectionTimeoutError", phase });
    }
  });

  test("silence inside a stream, and a limit", soon, async () => {
    const { error, text } = await broken(true, { chunkDelayMs: 2000 }, { timeout: { idle: 60 } });
    expect(error).toMatchObject({ name: "APIConnectionTimeoutError", phase: "idle" });
    expect(error.partial?.choices[0]?.message.content ?? "").toBe(text);
  });

  test("a slow reply that never pauses for long comes whole", soon, async () => {
    for (const stream of [false, true]) {
      sim.fault({ drip: { bytes: 400, everyMs: 1 }, delayMs: 20 });
      const reply = await ask(stream, { model, messages, timeout: { idle: 2000 } });
      expect(reply.text).toBe(whole);
    }
  });

  test("chunks before a break are those of the whole stream", soon, async () => {
    const all = await chunksOf(await completion({ model, messages, stream: true }));
    expectWellFormed(all.chunks);
    sim.fault({ cutAt: 2500 });
    const cut = await chunksOf(await completion({ model, messages, stream: true }));
    expect([all.error, cut.error]).toMatchObject([undefined, { name: "APIConnectionError" }]);
    const deltas = cut.chunks.map(({ choices }) => choices[0]?.delta);
    expect(deltas.length).toBeGreaterThan(0);
    expect(deltas).toEqual(
      all.chunks.slice(0, deltas.length).map(({ choices }) => choices[0]?.delta),
    );
  });
});

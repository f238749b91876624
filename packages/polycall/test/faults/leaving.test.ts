/** A caller that leaves: by its signal at any stage, out of the loop, or by `cancel()`. The socket closes. */
import type { Fault } from "@polycall/testing";
import { describe, expect, test, vi } from "vitest";
import { APIUserAbortError, type CompletionStream } from "../../src/index.ts";
import { protocols } from "../support/protocols.ts";
import { simulated } from "../support/simulated.ts";

const { sim, completion } = await simulated();
const messages = [{ role: "user" as const, content: "Count to 60." }];
const soon = { timeout: 5000 };
/** A stream that would last for seconds. */
const slow: Fault = { chunkDelayMs: 25 };

/** Resolves when the server has seen the client go. */
const left = () => vi.waitFor(() => expect(sim.requests[0]?.aborted).toBe(true), { interval: 2 });

describe.each(protocols)("$protocol", ({ provider, model }) => {
  async function stream(fault: Fault, signal?: AbortSignal): Promise<CompletionStream> {
    sim.fault(fault);
    return completion({ model, messages, stream: true, signal });
  }

  test("before anything is sent", soon, async () => {
    for (const streamed of [false, true]) {
      const signal = AbortSignal.abort(new Error("too late"));
      const call = completion({ model, messages, stream: streamed, signal });
      await expect(call).rejects.toBeInstanceOf(APIUserAbortError);
    }
    expect(sim.requests).toEqual([]);
  });

  test.each<[string, Fault]>([
    ["before the head of the reply", { hang: true }],
    ["within the body", { drip: { bytes: 1, everyMs: 20 } }],
  ])("%s", soon, async (_, fault) => {
    for (const streamed of [false, true]) {
      sim.reset();
      sim.fault(fault);
      const controller = new AbortController();
      const { signal } = controller;
      const call = completion({ model, messages, stream: streamed, signal, maxRetries: 2 });
      const abort = async () => {
        await vi.waitFor(() => expect(sim.requests).toHaveLength(1), { interval: 2 });
        if (fault.drip) await new Promise((resolve) => setTimeout(resolve, 30));
        controller.abort("enough");
      };
      void abort();
      await expect(call).rejects.toMatchObject({ name: "AbortError", cause: "enough", provider });
      await left();
      expect(sim.requests).toHaveLength(1);
    }
  });

  test("between two chunks, by the signal", soon, async () => {
    const controller = new AbortController();
    const reply = await stream(slow, controller.signal);
    const chunks: unknown[] = [];
    const read = async () => {
      for await (const chunk of reply) {
        chunks.push(chunk);
        setTimeout(() => controller.abort(), 5);
      }
    };
    await expect(read()).rejects.toBeInstanceOf(APIUserAbortError);
    expect(chunks.length).toBeGreaterThan(0);
    await left();
  });

  test("out of the loop", soon, async () => {
    for await (const chunk of await stream(slow)) {
      expect(chunk.object).toBe("chat.completion.chunk");
      break;
    }
    await left();
  });

  test("out of the loop over its text", soon, async () => {
    const { textStream } = await stream(slow);
    for await (const piece of textStream) {
      expect(piece).not.toBe("");
      break;
    }
    await left();
  });

  test("by an error of the caller's own", soon, async () => {
    const read = async () => {
      for await (const _ of await stream(slow)) throw new Error("mine");
    };
    await expect(read()).rejects.toThrow("mine");
    await left();
  });

  test("by cancel(), while someone waits for the whole", soon, async () => {
    const reply = await stream(slow);
    const whole = reply.final();
    reply.cancel();
    await expect(whole).rejects.toBeInstanceOf(APIUserAbortError);
    await left();
  });

  test("as the client of a web server that goes away", soon, async () => {
    const { body } = (await stream(slow)).toResponse();
    const reader = body!.getReader();
    expect((await reader.read()).done).toBe(false);
    await reader.cancel();
    await left();
  });

  test("a signal that fires after the end changes nothing", soon, async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const plain = await completion({ model, messages, signal });
    const streamed = await completion({ model, messages, signal, stream: true });
    const { text } = await streamed.final();
    controller.abort();
    expect((await streamed.final()).text).toBe(text);
    expect(plain.text).toBe(text);
    expect(sim.requests.map(({ aborted }) => aborted)).toEqual([false, false]);
  });
});

/** After many calls, good and bad, nothing is left open but the connections kept for the next ones. */
import type { Fault } from "@polycall/testing";
import { test } from "vitest";
import { protocols } from "../support/protocols.ts";
import { watchResources } from "../support/resources.ts";
import { simulated } from "../support/simulated.ts";

const { sim, completion } = await simulated();
const messages = [{ role: "user" as const, content: "Count to 20." }];

/** The ways a call may go; the last two leave early. */
const fates: (Fault & { stream?: boolean; leave?: "break" | "abort" })[] = [
  {},
  { stream: true },
  { status: 500 },
  { stream: true, status: 429 },
  { cutAt: 30 },
  { stream: true, cutAt: 700 },
  { malformed: true },
  { stream: true, streamError: true },
  { close: true },
  { stream: true, html: true },
  { hang: true },
  { stream: true, chunkDelayMs: 10, leave: "break" },
  { stream: true, chunkDelayMs: 10, leave: "abort" },
];

/** 10,000 under `npm run test:long`. */
const count = process.env.POLYCALL_LONG ? 10_000 : 1000;
const atOnce = 16;

/** One call, under a signal of its own when it aborts, else under one that outlives every call. */
async function call(model: string, fate: (typeof fates)[number], lasting: AbortSignal) {
  const { stream = false, leave } = fate;
  const controller = new AbortController();
  const signal = leave === "abort" ? controller.signal : lasting;
  const timeout = { firstByte: 60 };
  try {
    const reply = await completion({ model, messages, stream, signal, timeout });
    if (!("final" in reply)) return;
    for await (const _ of reply) {
      if (leave === "break") break;
      if (leave === "abort") controller.abort();
    }
  } catch {
    // How it ends is for the other files.
  }
}

test(`${count} calls of every kind`, { timeout: count * 60 }, async () => {
  const { signal } = new AbortController();
  const expectNothingOpen = watchResources(signal, { kept: atOnce, listeners: count / 2 });

  for (let i = 0; i < count; i += atOnce) {
    sim.reset();
    const batch = Array.from({ length: Math.min(atOnce, count - i) }, (_, j) => i + j);
    await Promise.all(
      batch.map((n) => {
        const { provider, model } = protocols[n % protocols.length]!;
        const fate = fates[n % fates.length]!;
        const { stream: _, leave: __, ...fault } = fate;
        sim.fault({ ...fault, provider });
        return call(model, fate, signal);
      }),
    );
  }

  await expectNothingOpen();
});

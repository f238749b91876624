/** After many calls, good and bad, nothing is left open but the connections kept for the next ones. */
import { setTimeout as pause } from "node:timers/promises";
import type { Fault } from "@polycall/testing";
import { expect, test } from "vitest";
import { protocols } from "../support/protocols.ts";
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

const open = (kind: RegExp) =>
  process.getActiveResourcesInfo().filter((name) => kind.test(name)).length;
/** Both ends of a connection are in this process. */
const sockets = () => open(/^TCP(Socket)?Wrap$/) / 2;
const timers = () => open(/^Timeout$/);

async function call(model: string, fate: (typeof fates)[number]): Promise<void> {
  const { stream = false, leave } = fate;
  const controller = new AbortController();
  const { signal } = controller;
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

test("200 calls of every kind", async () => {
  const before = { sockets: sockets(), timers: timers() };
  const kept = () => sockets() - before.sockets;
  const left = () => timers() - before.timers;
  const atOnce = 8;
  const calls = Array.from({ length: 200 }, (_, i) => ({
    provider: protocols[i % protocols.length]!.provider,
    model: protocols[i % protocols.length]!.model,
    fate: fates[i % fates.length]!,
  }));
  for (let i = 0; i < calls.length; i += atOnce) {
    const batch = calls.slice(i, i + atOnce);
    sim.reset();
    await Promise.all(
      batch.map(({ provider, model, fate }) => {
        const { stream: _, leave: __, ...fault } = fate;
        sim.fault({ ...fault, provider });
        return call(model, fate);
      }),
    );
  }
  // No timer of the test's own runs while it looks.
  for (let i = 0; i < 100 && (kept() > atOnce || left() > 0); i++) await pause(20);
  expect(left()).toBeLessThanOrEqual(0);
  expect(kept()).toBeLessThanOrEqual(atOnce);
  expect(kept()).toBeGreaterThan(0);
});

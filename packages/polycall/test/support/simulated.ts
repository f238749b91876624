/** A strict simulator for a test file, and the one way to ask it whole or streamed. */
import { type Simulator, simulator } from "@polycall/testing";
import { afterAll, beforeEach, vi } from "vitest";
import { type CompletionInput, createClient, type PolycallClient } from "../../src/index.ts";
import { type Reply, readStream } from "./chunks.ts";

export interface Simulated extends PolycallClient {
  sim: Simulator;
  /** The reply; streamed, it is read chunk by chunk, and the chunks are held to OpenAI's shape. */
  ask(stream: boolean, input: CompletionInput): Promise<Reply>;
}

/** Models that were far from their end on this day have nothing said of it, whenever the tests run. */
const today = "2026-01-01";

/** Starts one for this file; before each test it forgets what came and what was asked of it. */
export async function simulated(): Promise<Simulated> {
  const sim = await simulator();
  const client = createClient({
    providers: sim.providers,
    defaults: { maxRetries: 0 },
    logLevel: "off",
  });
  afterAll(() => sim.close());
  beforeEach(() => {
    sim.reset();
    vi.setSystemTime(today);
  });
  return {
    ...client,
    sim,
    async ask(stream, input) {
      if (!stream) return client.completion({ ...input, stream: false });
      return readStream(await client.completion({ ...input, stream: true }));
    },
  };
}

/** What differs between two calls that are otherwise the same. */
const perCall = new Set(["id", "call_id", "tool_call_id", "created", "created_at", "ms"]);

/** The value as plain JSON, with what differs from call to call put out of sight. */
export function comparable(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner) => (perCall.has(key) ? typeof inner : inner)),
  );
}

/** Everything of a reply, what `toJSON()` leaves out included. */
export function wholeReply(reply: Reply): unknown {
  return comparable({ ...reply });
}

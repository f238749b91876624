/** A recording in a user's tests: recorded through polycall, replayed through it, loud where it does not fit. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReplayMismatchError, record, replay, simulator } from "@polycall/testing";
import { beforeAll, expect, test } from "vitest";
import { createClient } from "../src/index.ts";

const file = join(mkdtempSync(join(tmpdir(), "polycall-")), "joke.json");
const messages = [{ role: "user" as const, content: "Tell a joke about cats." }];
const openai = { model: "openai/gpt-6-luna", messages };
const anthropic = { model: "anthropic/claude-haiku-5-5", messages };

let said: string[];
let providers: Record<string, { baseURL: string; apiKey: string }>;

beforeAll(async () => {
  await using sim = await simulator();
  providers = sim.providers;
  const fetch = record({ file });
  const { completion } = createClient({ providers, defaults: { fetch } });
  const whole = await completion(openai);
  const stream = await completion({ ...anthropic, stream: true });
  said = [whole.text, (await stream.final()).text];
  await completion(anthropic);
  await fetch.done();
});

function replaying() {
  const fetch = replay({ file });
  const client = createClient({ providers, defaults: { fetch }, logLevel: "off" });
  return { ...client, done: fetch.done };
}

test("whole and streamed replies come again without a server", async () => {
  const { completion, done } = replaying();
  const stream = await completion({ ...anthropic, stream: true });
  const { text } = await stream.final();
  expect([(await completion(openai)).text, text]).toEqual(said);
  await done();
});

test("an unknown request fails with what differs", async () => {
  const { completion, done } = replaying();
  const asked = completion({ ...openai, seed: 7, maxRetries: 0 });
  await expect(asked).rejects.toThrow('body.seed: recorded "(absent)", asked 7');
  await expect(done()).rejects.toBeInstanceOf(ReplayMismatchError);
});

test("done() tells of an unknown request that a fallback has hidden", async () => {
  const { completion, done } = replaying();
  const fallbacks = [anthropic.model]; // which leaves out the seed, and so asks what was recorded
  const { provider } = await completion({ ...openai, seed: 7, fallbacks, maxRetries: 0 });
  expect(provider).toBe("anthropic");
  await expect(done()).rejects.toThrow("The nearest recorded request differs at body.seed");
});

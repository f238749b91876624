/** A model with kept replies, a bound on cost and a count of what failed; asked over the wire. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AuthenticationError } from "@polycall/core";
import { BAD_KEY, simulator } from "@polycall/testing";
import { createClient } from "polycall";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  BudgetExceededError,
  fileReplies,
  type LanguageModelOptions,
  languageModel,
  memoryReplies,
  type Question,
  type RetrievalTrace,
} from "../src/index.ts";
import { shape } from "../src/model/shape.ts";

let sim: Awaited<ReturnType<typeof simulator>>;
let client: ReturnType<typeof createClient>;
beforeEach(async () => {
  sim = await simulator();
  client = createClient({ providers: sim.providers, defaults: { maxRetries: 0 } });
});
afterEach(() => sim[Symbol.asyncDispose]());

const model = (options: Partial<LanguageModelOptions> = {}) =>
  languageModel({ model: "openai/gpt-6-luna", client, ...options });

const words = shape<{ words: string[] }>({
  type: "object",
  properties: { words: { type: "array", items: { type: "string" } } },
});
const question = (content: string): Question<{ words: string[] }> => ({
  purpose: "words",
  messages: [{ role: "user", content }],
  shape: words,
  maxTokens: 100,
});
const text = (content: string): Question => ({
  purpose: "say",
  messages: [{ role: "user", content }],
  maxTokens: 100,
});
const emptyTrace = (): RetrievalTrace => ({ steps: [], calls: [], warnings: [] });

test("gives what was asked for, checked, and tells the call", async () => {
  sim.script(['{"words":["one","two"]}']);
  const trace = emptyTrace();
  const asked = model();
  expect(await asked.ask(question("Two words."), { trace })).toEqual({ words: ["one", "two"] });
  expect(trace.calls).toMatchObject([{ purpose: "words", model: "openai/gpt-6-luna" }]);
  expect(trace.calls[0]!.cost).toBeGreaterThan(0);
  expect(asked.counts).toMatchObject({ calls: 1, cached: 0, bad: 0 });
  expect(asked.counts.cost).toBeCloseTo(trace.calls[0]!.cost!, 12);
});

test.each([
  ["no JSON", "I would rather not."],
  ["another shape", '{"words":"one"}'],
  ["nothing", ""],
])("%s is undefined, counted and told", async (_, reply) => {
  sim.script([reply, reply]);
  const trace = emptyTrace();
  const asked = model();
  expect(await asked.ask(question("Two words."), { trace })).toBeUndefined();
  expect(asked.counts.bad).toBe(1);
  expect(trace.warnings).toHaveLength(1);
  expect(trace.warnings[0]).toContain("words: the reply of openai/gpt-6-luna");
});

test("a provider that refuses is no bad reply: its error comes out", async () => {
  const broken = createClient({
    providers: { openai: { ...sim.providers.openai, apiKey: BAD_KEY } },
    defaults: { maxRetries: 0 },
  });
  const asked = model({ client: broken });
  await expect(asked.ask(text("Hello"))).rejects.toThrow(AuthenticationError);
  expect(asked.counts).toMatchObject({ bad: 0, cost: 0 });
});

test.each([
  ["context_length_exceeded", "This model's maximum context length is 8192 tokens."],
  ["content_policy_violation", "Your request was rejected by our safety system."],
])(
  "a prompt that is refused for what is in it (%s) is a bad reply, and costs nothing",
  async (code, message) => {
    sim.fault({ status: 400, body: { error: { code, message, type: "invalid_request_error" } } });
    sim.script(["Yes."]);
    const trace = emptyTrace();
    const asked = model();
    expect(await asked.ask(text("Long."), { trace })).toBeUndefined();
    expect(asked.counts).toMatchObject({ calls: 1, bad: 1, cost: 0 });
    expect(trace.warnings).toEqual([expect.stringContaining(message)]);
    expect(await asked.ask(text("Short."))).toBe("Yes.");
  },
);

describe("replies are kept", () => {
  test("by content: the same question is not asked twice, another is", async () => {
    sim.script(["Yes.", "No."]);
    const cache = memoryReplies();
    expect(await model({ cache }).ask(text("Is it?"))).toBe("Yes.");
    const again = model({ cache });
    const trace = emptyTrace();
    expect(await again.ask(text("Is it?"), { trace })).toBe("Yes.");
    expect(trace.calls).toMatchObject([{ cached: true, reply: "Yes." }]);
    expect(again.counts).toEqual({ calls: 0, cached: 1, bad: 0, cost: 0 });
    expect(await again.ask(text("Is it not?"))).toBe("No.");
    expect(await model({ cache, params: { temperature: 0 } }).ask(text("Is it?"))).not.toBe("Yes.");
  });

  test("in a file, which another process finds, and a bad reply is not among them", async () => {
    const folder = await mkdtemp(join(tmpdir(), "replies-"));
    const first = fileReplies(join(folder, "deep", "replies.sqlite"));
    sim.script(['{"words":["one"]}', "no", "no"]);
    const asked = model({ cache: first });
    await asked.ask(question("One word."));
    await asked.ask(question("Another."));
    first.close();
    const second = fileReplies(join(folder, "deep", "replies.sqlite"));
    const again = model({ cache: second });
    expect(await again.estimate([question("One word."), question("Another.")])).toMatchObject({
      questions: 2,
      cached: 1,
    });
    expect(await again.ask(question("One word."))).toEqual({ words: ["one"] });
    second.close();
    await rm(folder, { recursive: true });
  });

  test("a kept reply that no longer fits its shape is asked for again", async () => {
    const cache = { get: () => '{"words":7}', set: () => undefined };
    sim.script(['{"words":["new"]}']);
    expect(await model({ cache }).ask(question("One."))).toEqual({ words: ["new"] });
  });
});

describe("a bound", () => {
  test("holds across calls at once, and says what was spent", async () => {
    const one = await model().estimate([text("Say a word.")]);
    // Room for five calls at their dearest, and not for forty.
    const maxCost = one.worst! * 5;
    sim.script(Array.from({ length: 50 }, () => "A word ".repeat(50)));
    const asked = model({ maxCost, concurrency: 8 });
    const all = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => asked.ask(text(`Say a word. ${i % 10}`))),
    );
    const refused = all.filter(({ status }) => status === "rejected");
    expect(asked.counts.cost).toBeLessThanOrEqual(maxCost);
    expect(asked.counts.calls).toBeGreaterThanOrEqual(2);
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused as PromiseRejectedResult[]) {
      expect(reason).toBeInstanceOf(BudgetExceededError);
      expect(reason).toMatchObject({ limit: maxCost });
    }
    expect(sim.requests).toHaveLength(asked.counts.calls);
  });

  test("is told by the estimate, also where a reply that does not fit is asked for once more", async () => {
    const { worst } = await model().estimate([question("Two words.")]);
    sim.script(["no ".repeat(99), "no ".repeat(99)]);
    const asked = model();
    expect(await asked.ask(question("Two words."))).toBeUndefined();
    expect(sim.requests).toHaveLength(2);
    expect(asked.counts.cost).toBeLessThanOrEqual(worst!);
  });

  test("holds where a long reply does not fit, and comes back in the prompt of the second call", async () => {
    const long = { ...question("Two words."), maxTokens: 2000 };
    // Whole, as far as the model says, and no JSON.
    const reply = "no ".repeat(1990);
    sim.script([reply, reply]);
    const asked = model();
    const { worst } = await asked.estimate([long]);
    expect(await asked.ask(long)).toBeUndefined();
    expect(sim.requests).toHaveLength(2);
    expect(asked.counts.cost).toBeLessThanOrEqual(worst!);
    const bounded = model({ maxCost: asked.counts.cost * 0.999 });
    await expect(bounded.ask(long)).rejects.toThrow(BudgetExceededError);
    expect(sim.requests).toHaveLength(2);
  });

  test("counts a try that broke on the way, and was repeated, as the most that it may have cost", async () => {
    const patient = createClient({ providers: sim.providers, defaults: { maxRetries: 1 } });
    sim.fault({ cutAt: 40 });
    sim.script(["Yes.", "Yes.", "Yes."]);
    const asked = model({ client: patient, maxCost: 1 });
    const { worst } = await asked.estimate([text("Well?")]);
    expect(await asked.ask(text("Well?"))).toBe("Yes.");
    expect(sim.requests).toHaveLength(2);
    expect(asked.counts.cost).toBeGreaterThan(worst!);
    // What was refused, and then answered, was not billed twice.
    sim.fault({ status: 503 });
    const other = model({ client: patient, maxCost: 1 });
    expect(await other.ask(text("Well?"))).toBe("Yes.");
    expect(other.counts.cost).toBeLessThan(worst!);
  });

  test("cannot be kept for a model whose price nobody knows, so nothing is sent", async () => {
    const asked = model({ model: "openai/gpt-of-my-own", maxCost: 1 });
    await expect(asked.ask(text("Hello"))).rejects.toThrow("maxCost cannot hold");
    expect(sim.requests).toHaveLength(0);
  });
});

test("no more calls are in flight than were allowed", async () => {
  sim.fault({ chunkDelayMs: 5 });
  sim.script(Array.from({ length: 12 }, () => "Yes."));
  let [now, most] = [0, 0];
  const counting: typeof client.completion = (async (input: never) => {
    most = Math.max(most, ++now);
    try {
      return await client.completion(input);
    } finally {
      now--;
    }
  }) as never;
  const asked = model({
    concurrency: 3,
    client: { completion: counting, explain: client.explain },
  });
  await Promise.all(Array.from({ length: 12 }, (_, i) => asked.ask(text(String(i)))));
  expect(most).toBe(3);
});

test("very many questions at once wait for their turn, and all of them get it", async () => {
  const [left, stays] = [new AbortController(), new AbortController()];
  const at = (async ({ messages: [{ content }] }: { messages: [{ content: string }] }) => {
    await new Promise((resolve) => setImmediate(resolve));
    return { text: content, choices: [{ finish_reason: "stop" }] };
  }) as never;
  const asked = model({ client: { completion: at, explain: client.explain } });
  const all = Array.from({ length: 6000 }, (_, i) =>
    asked
      .ask(text(`${i}`), { signal: (i % 3 === 1 && i > 10 ? left : stays).signal })
      .catch(() => "left"),
  );
  await new Promise((resolve) => setImmediate(resolve));
  left.abort();
  const replies = await Promise.all(all);
  expect(replies.every((reply, i) => reply === "left" || reply === `${i}`)).toBe(true);
  expect(replies.filter((reply) => reply === "left").length).toBeGreaterThan(1900);
});

test("an abort while waiting for a turn ends it, and nothing is sent", async () => {
  sim.script(["Yes.", "Yes."]);
  const asked = model({ concurrency: 1 });
  const controller = new AbortController();
  const first = asked.ask(text("First."));
  const second = asked.ask(text("Second."), { signal: controller.signal });
  controller.abort();
  await expect(second).rejects.toMatchObject({ name: "AbortError" });
  expect(await first).toBe("Yes.");
  expect(sim.requests).toHaveLength(1);
});

test.each([
  [{ model: "" }, "languageModel() needs a model"],
  [{ maxCost: -1 }, "maxCost is dollars from 0"],
  [{ concurrency: 0 }, "concurrency is a whole number from 1"],
])("refuses %o", (options, message) => {
  expect(() => model(options)).toThrow(message);
});

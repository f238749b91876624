/** What `resume` does with a run that was stopped: for each reason that there is. */
import { tool } from "@polycall/core";
import { expect, test } from "vitest";
import * as z from "zod";
import {
  type AgentOptions,
  agent,
  costAbove,
  memoryStore,
  type Run,
  type StopCondition,
  session,
  steps,
  timeAbove,
  tokensAbove,
  toolCalled,
} from "../src/index.ts";
import { spoken } from "./spoken.ts";

const look = tool({
  name: "look",
  parameters: z.object({ at: z.number() }),
  execute: ({ at }) => `saw ${at}`,
});
const again = { calls: [["look", '{"at":1}']] } as const;

/** Each call has its results right after it. */
function expectPairs(messages: Run["messages"]): void {
  for (const [index, message] of messages.entries()) {
    if (message.role !== "assistant") continue;
    const ids = (message.tool_calls ?? []).map(({ id }) => id);
    const results = messages.slice(index + 1, index + 1 + ids.length);
    expect(results.map((one) => one.role === "tool" && one.tool_call_id)).toEqual(ids);
  }
}

test("repeatedCall: it goes on, with the results that it was stopped at, and is stopped anew", async () => {
  const store = memoryStore();
  const { model, client, asked } = spoken([...Array(9).fill(again), "Enough."]);
  const made = agent({ model, client, store, tools: [look] });
  const run = await made.run("Look.", { session: "s" });
  expect(run).toMatchObject({ status: "stopped", stoppedBy: { condition: "repeatedCall" } });
  expect(run.steps).toHaveLength(5);
  const kept = await session("s", { store }).messages();
  expect(kept).toHaveLength(11);
  expectPairs(kept);

  // Not noticed at once, but at the third of the new ones.
  const stopped = await made.resume(run.runId, { stopWhen: [steps(8)] });
  expect(stopped).toMatchObject({ status: "stopped", stoppedBy: { condition: "steps" } });
  const told = stopped.messages.filter(({ role }) => role === "tool");
  expect(told.map(({ content }) => /called look (\d)/.exec(String(content))?.[1])).toEqual([
    ...[undefined, undefined, "3", "4", "5"],
    ...[undefined, undefined, "3"],
  ]);

  const done = await made.resume(run.runId);
  expect(done).toMatchObject({ status: "done", output: "Enough." });
  expect(asked).toHaveLength(10);
  const whole = await session("s", { store }).messages();
  expect(whole).toEqual(done.messages);
  expectPairs(whole);
});

test("repeatedCall: the fifth of the new ones stops it again", async () => {
  const { model, client, asked } = spoken([again]);
  const made = agent({ model, client, store: memoryStore(), tools: [look] });
  const { runId } = await made.run("Look.");
  for (const all of [10, 15]) {
    const run = await made.resume(runId);
    expect(run.stoppedBy?.condition).toBe("repeatedCall");
    expect(asked).toHaveLength(all);
  }
});

test("output: a model whose answer never fits is asked again, and may answer now", async () => {
  const { model, client, asked } = spoken([...Array(5).fill("no"), '{"n":1}']);
  const output = z.object({ n: z.number() });
  const made = agent({ model, client, store: memoryStore(), output });
  const run = await made.run("Count.");
  expect(run).toMatchObject({ status: "stopped", stoppedBy: { condition: "output" } });
  expect(asked).toHaveLength(4);
  const done = await made.resume(run.runId);
  expect(done).toMatchObject({ status: "done", output: { n: 1 } });
  expect(asked).toHaveLength(6);
});

const looking = Array.from({ length: 3 }, (_, at) => ({
  calls: [["look", `{"at":${at}}`]] as const,
}));

test.each<[reason: string, condition: StopCondition]>([
  ["steps", steps(2)],
  ["tokens", tokensAbove(400)],
  ["cost", costAbove(0.0003)],
  ["toolCalled", toolCalled("look")],
  ["custom", ({ steps: done }) => done === 2 && "Two are enough."],
])(
  "%s: what still holds stops it at once and asks nothing; other conditions let it go on",
  async (reason, condition) => {
    const { model, client, asked } = spoken([...looking, "All seen."]);
    const options: AgentOptions = { model, client, store: memoryStore(), max_tokens: 500 };
    const made = agent({ ...options, tools: [look], stopWhen: [condition] });
    const run = await made.run("Look.");
    expect(run.stoppedBy?.condition).toBe(reason);
    const before = asked.length;
    expect(before).toBeGreaterThan(0);
    const same = await made.resume(run.runId);
    expect(same.stoppedBy).toEqual(run.stoppedBy);
    expect(same.steps).toEqual(run.steps);
    expect(asked).toHaveLength(before);
    const done = await made.resume(run.runId, { stopWhen: [steps(10)] });
    expect(done).toMatchObject({ status: "done", output: "All seen." });
    expect(asked).toHaveLength(4);
  },
);

test("time: it has what was left when the last reply was kept, and the call that was cut off is run again", async () => {
  let tries = 0;
  const slow = tool({
    name: "slow",
    parameters: z.object({}),
    execute: () => (++tries < 3 ? new Promise<string>(() => {}) : "at last"),
  });
  const { model, client, asked } = spoken([{ calls: [["slow", "{}"]] }, "Done."]);
  const store = memoryStore();
  const made = agent({ model, client, store, tools: [slow], stopWhen: [timeAbove(150)] });
  const run = await made.run("Go.", { session: "s" });
  expect(run.stoppedBy?.condition).toBe("time");
  expect((await made.resume(run.runId)).stoppedBy?.condition).toBe("time");
  expect(tries).toBe(2);
  const done = await made.resume(run.runId, { stopWhen: [] });
  expect(done).toMatchObject({ status: "done", output: "Done." });
  expect(asked).toHaveLength(2);
  expect(await session("s", { store }).messages()).toEqual(done.messages);
});

test("time: a session goes on after a run whose call was cut off, and no call in it is without its result", async () => {
  const slow = tool({
    name: "slow",
    parameters: z.object({}),
    execute: () => new Promise<string>(() => {}),
  });
  const { model, client, asked } = spoken([{ calls: [["slow", "{}"]] }, "Hello."]);
  const store = memoryStore();
  const made = agent({ model, client, store, tools: [slow], stopWhen: [timeAbove(60)] });
  const run = await made.run("Go.", { session: "s" });
  expect(run.status).toBe("stopped");
  await made.run("Hi.", { session: "s" });
  expectPairs(asked.at(-1)!.messages as never);
  expectPairs(await session("s", { store }).messages());
});

/** What ends a run, and what is kept then. */
import { tool } from "@polycall/core";
import { expect, test } from "vitest";
import * as z from "zod";
import {
  agent,
  costAbove,
  memoryStore,
  RunError,
  steps,
  timeAbove,
  tokensAbove,
  toolCalled,
} from "../src/index.ts";
import { calling, scripted } from "./scripted.ts";

const look = tool({
  name: "look",
  parameters: z.object({ at: z.number() }),
  execute: ({ at }) => `saw ${at}`,
});
const looking = (n: number) => ({
  ...(calling(["look", { at: n }]) as object),
  text: `Looking at ${n}.`,
});

test("steps: the text so far is there, the reason too, and the run can go on under another limit", async () => {
  await using model = await scripted([looking(1), looking(2), "All seen."]);
  const { client } = model;
  const viewer = agent({
    model: model.model,
    client,
    tools: [look],
    stopWhen: [steps(2)],
    store: memoryStore(),
  });
  const run = await viewer.run("Look.");
  expect(run).toMatchObject({
    status: "stopped",
    stoppedBy: { condition: "steps", message: "2 steps are done, the limit." },
    text: "Looking at 2.",
    output: "Looking at 2.",
  });
  expect(run.messages.at(-1)).toMatchObject({ role: "tool", content: "saw 2" });
  const on = await viewer.resume(run.runId, { stopWhen: [steps(5)] });
  expect(on).toMatchObject({ status: "done", output: "All seen." });
  expect(on.steps).toHaveLength(3);
  expect(model.sim.requests).toHaveLength(3);
});

test("toolCalled, a function of the run, and a function's reason", async () => {
  for (const [condition, expected] of [
    [toolCalled("look"), { condition: "toolCalled", message: "look was called." }],
    [({ lastText }: { lastText: string }) => lastText.includes("Looking"), { condition: "custom" }],
    [async () => "enough", { condition: "custom", message: "enough" }],
  ] as const) {
    await using model = await scripted([looking(1), "never asked"]);
    const { client } = model;
    const run = await agent({
      model: model.model,
      client,
      tools: [look],
      stopWhen: [condition],
    }).run("Look.");
    expect(run.stoppedBy).toMatchObject(expected);
  }
});

test("timeAbove ends a tool in the middle, and what was said stays", async () => {
  const sleep = tool({
    name: "sleep",
    parameters: z.object({}),
    execute: () => new Promise<string>(() => {}),
  });
  await using model = await scripted([{ text: "I wait.", calls: [{ name: "sleep", args: {} }] }]);
  const { client } = model;
  const run = await agent({
    model: model.model,
    client,
    tools: [sleep],
    stopWhen: [timeAbove(80)],
  }).run("Wait.");
  expect(run).toMatchObject({
    status: "stopped",
    stoppedBy: { condition: "time" },
    text: "I wait.",
  });
});

test("a budget that one call could break is not begun; a reply is held to what is left", async () => {
  await using model = await scripted([looking(1), "x"]);
  const { client } = model;
  const poor = agent({
    model: model.model,
    client,
    tools: [look],
    stopWhen: [costAbove(0.000001)],
  });
  const run = await poor.run("Look.");
  expect(run).toMatchObject({ status: "stopped", stoppedBy: { condition: "cost" } });
  expect(model.sim.requests).toHaveLength(0);
  const some = agent({ model: model.model, client, tools: [look], stopWhen: [tokensAbove(1000)] });
  await some.run("Look.");
  const { max_completion_tokens } = model.sim.requests[0]!.body as {
    max_completion_tokens: number;
  };
  expect(max_completion_tokens).toBeGreaterThan(500);
  expect(max_completion_tokens).toBeLessThan(1000);
});

test("a limit in dollars needs a price: a model without one is an error that says what to do", async () => {
  await using model = await scripted([]);
  const { client } = model;
  const unknown = agent({ model: "openai/nobody-knows-it", client, stopWhen: [costAbove(1)] });
  await expect(unknown.run("Hi.")).rejects.toThrow(/no price of "openai\/nobody-knows-it"/);
  expect(() => costAbove(-1)).toThrow(/is none/);
  expect(() => steps(Number.NaN)).toThrow(/is none/);
});

test("an abort keeps what there is, and the run can be resumed", async () => {
  const controller = new AbortController();
  const stop = tool({
    name: "stop",
    parameters: z.object({}),
    execute: () => {
      if (!controller.signal.aborted) controller.abort();
      return "again";
    },
  });
  await using model = await scripted([
    { text: "Stopping.", calls: [{ name: "stop", args: {} }] },
    "Done.",
  ]);
  const { client } = model;
  const store = memoryStore();
  const made = agent({ model: model.model, client, tools: [stop], store });
  const error = await made
    .run("Go.", { signal: controller.signal })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RunError);
  expect(error).toMatchObject({ name: "AbortError", code: "aborted" });
  const { run, runId } = error as RunError;
  expect(run).toMatchObject({ text: "Stopping." });
  const resumed = await made.resume(runId);
  expect(resumed).toMatchObject({ status: "done", output: "Done." });
  expect(model.sim.requests).toHaveLength(2);
});

test("a provider's refusal is the cause, and the run can be resumed", async () => {
  await using model = await scripted([looking(1), "Seen."]);
  const { client, sim } = model;
  const made = agent({ model: model.model, client, tools: [look] });
  let asked = 0;
  const failing = agent({
    model: model.model,
    client,
    tools: [look],
    prepareStep: () => {
      if (++asked === 2) sim.fault({ status: 429, times: 1 });
      return undefined;
    },
  });
  const error = await failing.run("Look.").catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    name: "RunError",
    code: "failed",
    cause: { name: "RateLimitError" },
  });
  expect((error as RunError).message).toMatch(/broke off \(agent, step 2\).*agent\.resume/s);
  expect(await made.resume((error as RunError).runId)).toMatchObject({ output: "Seen." });
});

test.each([
  ["tokens", tokensAbove(4000)],
  ["dollars", costAbove(0.0012)],
] as const)(
  "50 sub-agents at once against a small budget of %s: it is never overrun",
  async (_, budget) => {
    await using model = await scripted([
      calling(
        ...Array.from({ length: 50 }, (_, i): [string, object] => [
          "worker",
          { input: `part ${i}` },
        ]),
      ),
      ...Array.from({ length: 50 }, () => ({ text: "ok", usage: { input: 100, output: 40 } })),
      "all",
    ]);
    const { client } = model;
    const base = { model: model.model, client, max_tokens: 200 };
    const worker = agent({ ...base, name: "worker" });
    const lead = agent({
      ...base,
      tools: [worker.asTool()],
      maxParallelCalls: 50,
      stopWhen: [budget, steps(100)],
    });
    const run = await lead.run("Work on 50 parts.");
    const { condition } = run.stoppedBy!;
    const limit = (budget as { limit: number }).limit;
    expect(condition).toBe(limit > 1 ? "tokens" : "cost");
    const used = limit > 1 ? run.usage.total_tokens : run.cost!;
    expect(used).toBeLessThanOrEqual(limit);
    // What was held and not used came back: far more got through than could be held for at once.
    expect(used).toBeGreaterThan(limit * 0.6);
    const failed = run.steps[0]!.calls.filter(({ isError }) => isError);
    expect(run.steps[0]!.calls).toHaveLength(50);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed[0]?.content).toMatch(/worker was stopped/);
  },
);

/** Budgets that hold: whatever runs at once, whoever answers, whatever is told of what it cost. */
import { tool } from "@polycall/core";
import { expect, test } from "vitest";
import * as z from "zod";
import {
  type Agent,
  agent,
  costAbove,
  memoryStore,
  type StopCondition,
  steps,
  timeAbove,
  tokensAbove,
} from "../src/index.ts";
import { type Asked, type Said, spoken } from "./spoken.ts";

const echo = tool({
  name: "echo",
  parameters: z.object({ n: z.number() }),
  mayRepeat: true,
  execute: ({ n }) => n,
});
const again: Said = { calls: [["echo", '{"n":1}']] };

test("a server that tells no usage: what was set aside counts, after a crash too", async () => {
  const silent = { ...again, usage: null };
  const store = memoryStore();
  const { model, client, asked } = spoken([silent]);
  const made = (stopWhen: StopCondition[]) =>
    agent({ model, client, tools: [echo], max_tokens: 100, stopWhen, store });
  const run = await made([tokensAbove(1000), steps(50)]).run("Go.", { runId: "r" });
  expect(run.stoppedBy?.condition).toBe("tokens");
  const before = asked.length;
  expect(before).toBeLessThan(10);
  // Nothing of it comes back when another process goes on.
  const resumed = await made([tokensAbove(1000), steps(50)]).resume("r");
  expect(resumed.stoppedBy?.condition).toBe("tokens");
  expect(asked.length).toBe(before);
});

test("an answer that does not fit is asked for again within the budget, and each try is a step", async () => {
  const { model, client, asked } = spoken([{ content: '{"n":"x"}', usage: [100, 50] }]);
  const made = agent({
    model,
    client,
    output: z.object({ n: z.number() }),
    max_tokens: 50,
    stopWhen: [tokensAbove(500)],
  });
  const run = await made.run("Count.");
  expect(asked.length * 150).toBeLessThanOrEqual(500);
  expect(run.usage.total_tokens).toBe(asked.length * 150);
  expect(run.steps).toHaveLength(asked.length);
});

test("the schema of the answer is part of the prompt", async () => {
  const wide = z.object(
    Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`a_rather_long_name_of_a_field_${i}`, z.string()]),
    ),
  );
  const { model, client, asked } = spoken(["{}"]);
  const run = await agent({ model, client, output: wide, stopWhen: [tokensAbove(1500)] }).run(
    "Fill.",
  );
  expect(run.stoppedBy?.condition).toBe("tokens");
  expect(asked).toHaveLength(0);
});

test("tools that a later step offers are counted when they are", async () => {
  const long = "What this does, in many words. ".repeat(200);
  const wordy = tool({
    name: "wordy",
    description: long,
    parameters: z.object({}),
    execute: () => 1,
  });
  const { model, client, asked } = spoken([{ ...again, usage: [60, 10] }, "done"]);
  const run = await agent({
    model,
    client,
    tools: [echo, wordy],
    max_tokens: 70,
    stopWhen: [tokensAbove(800)],
    prepareStep: ({ step }) => (step === 1 ? { tools: ["echo"] } : undefined),
  }).run("Go.");
  expect(run.stoppedBy?.condition).toBe("tokens");
  expect(asked).toHaveLength(1);
});

test("a model that it may fall back to, or that a step turns to, is paid from the same budget", async () => {
  const { client, asked } = spoken(["Hello."]);
  const cheap = {
    model: "openai/gpt-4.1-nano",
    client,
    max_tokens: 1000,
    stopWhen: [costAbove(0.002)],
  };
  const alone = await agent(cheap).run("Hi.");
  expect(alone.status).toBe("done");
  const dear = "openai/gpt-4.1";
  for (const more of [{ fallbacks: [dear] }, { prepareStep: () => ({ model: dear }) }]) {
    asked.length = 0;
    await agent({ ...cheap, ...more }).run("Hi.");
    // 8 dollars a million: 1000 tokens would be 0.008.
    expect(asked[0]!.max_completion_tokens ?? asked[0]!.max_tokens).toBeLessThan(251);
  }
});

test("an answer that the budget cut is not taken for the whole of it", async () => {
  const { model, client } = spoken([
    ({ max_completion_tokens: most }) => ({
      content: "The first half of",
      finish: "length",
      usage: [20, most ?? 0],
    }),
  ]);
  const made = agent({ model, client, stopWhen: [tokensAbove(400)], store: memoryStore() });
  const run = await made.run("Tell all.", { runId: "r" });
  expect(run).toMatchObject({
    status: "stopped",
    stoppedBy: { condition: "tokens" },
    text: "The first half of",
  });
  const more = spoken(["All of it."]);
  const on = agent({
    model,
    client: more.client,
    stopWhen: [tokensAbove(400)],
    store: memoryStore(),
  });
  expect((await on.run("Tell all.")).output).toBe("All of it.");
  // One that its own max_tokens cut is what was asked for.
  const own = spoken([{ content: "Short", finish: "length" }]);
  const short = agent({ model, client: own.client, max_tokens: 5, stopWhen: [tokensAbove(4000)] });
  expect(await short.run("Tell.")).toMatchObject({ status: "done", output: "Short" });
});

test("a cost that is not known of a sub-agent is not known of its caller", async () => {
  const { client, model } = spoken([{ calls: [["helper", '{"input":"x"}']] }, "helped", "done"]);
  const helper = agent({ name: "helper", model: "openai/nobody-knows-it", client });
  const run = await agent({ model, client, tools: [helper.asTool()] }).run("Go.");
  expect(run.output).toBe("done");
  expect(run).not.toHaveProperty("cost");
});

test("the caller's time ends its sub-agent, which goes on where it was when the caller does", async () => {
  let slow = true;
  const wait = tool({
    name: "wait",
    parameters: z.object({}),
    execute: () => (slow ? new Promise<string>(() => {}) : "waited"),
  });
  const { client, model, asked } = spoken([
    { calls: [["helper", '{"input":"x"}']] },
    { calls: [["wait", "{}"]] },
    "helped",
    "done",
  ]);
  const helper = agent({ name: "helper", model, client, tools: [wait] });
  const made = agent({
    name: "lead",
    model,
    client,
    tools: [helper.asTool()],
    store: memoryStore(),
    stopWhen: [timeAbove(60)],
  });
  const run = await made.run("Go.", { runId: "r" });
  expect(run.stoppedBy?.condition).toBe("time");
  slow = false;
  const on = await made.resume("r", { stopWhen: [timeAbove(Number.POSITIVE_INFINITY)] });
  expect(on).toMatchObject({ status: "done", output: "done" });
  expect(on.steps[0]!.calls[0]).toMatchObject({ content: "helped", isError: false });
  expect(asked).toHaveLength(4);
});

test("a time without end is none, of a run and of a tool", async () => {
  const { client, model } = spoken([again, "done"]);
  const patient = tool({
    name: "echo",
    parameters: z.object({}),
    timeout: Number.POSITIVE_INFINITY,
    execute: () => new Promise<string>((go) => setTimeout(go, 20, "late")),
  });
  const run = await agent({ model, client, tools: [patient], stopWhen: [timeAbove(1e12)] }).run(
    "Go.",
  );
  expect(run.status).toBe("done");
  expect(run.steps[0]!.calls[0]!.content).toBe("late");
});

/** Numbers that are the same for the same seed. */
function numbers(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const long = Boolean(process.env.POLYCALL_LONG);

test("random trees of agents against random limits: never overrun, and always at an end", async () => {
  const price = { input: 0.4e-6, output: 1.6e-6 };
  for (let seed = 1; seed <= (long ? 1000 : 60); seed++) {
    const random = numbers(seed);
    const billed = { tokens: 0, dollars: 0, calls: 0 };
    /** Ends or calls what it has been given, as chance will have it; uses up to all that it may. */
    const reply = async (body: Asked): Promise<Said> => {
      const most = body.max_completion_tokens ?? body.max_tokens ?? 0;
      await new Promise((go) => setTimeout(go, random(3)));
      const usage = [
        Math.floor(JSON.stringify(body.messages).length / 5) + 5,
        random(4) ? random(most + 1) : most,
      ] as const;
      if (random(10) === 0) return { content: "x", usage: null };
      billed.calls++;
      billed.tokens += usage[0] + usage[1];
      billed.dollars += usage[0] * price.input + usage[1] * price.output;
      const names = body.tools?.map((one) => one.function.name) ?? [];
      if (names.length === 0 || random(3) === 0) return { content: "Some text.", usage };
      const calls = Array.from({ length: 1 + random(4) }, (_, i) => {
        const name = names[random(names.length)]!;
        return [
          name,
          name === "echo" ? `{"n":${random(1e6)}}` : `{"input":"${random(1e6)}"}`,
          `c${i}`,
        ] as const;
      });
      return { calls, usage };
    };
    const { model, client } = spoken([reply]);
    const limits = (): StopCondition[] => {
      const all = [
        tokensAbove(500 + random(20_000)),
        costAbove(0.0005 + random(100) / 20_000),
        steps(1 + random(30)),
      ];
      return all.filter(() => random(2) === 0);
    };
    const root = { tokens: 500 + random(30_000), dollars: 0.0003 + random(100) / 10_000 };
    let made = 0;
    const tree = (depth: number): Agent => {
      const inner =
        depth > 0 ? Array.from({ length: random(3) }, () => tree(depth - 1).asTool()) : [];
      const own =
        depth === 3 ? [tokensAbove(root.tokens), costAbove(root.dollars), steps(40)] : limits();
      return agent({
        name: `agent_${made++}`,
        model,
        client,
        tools: [echo, ...inner],
        maxParallelCalls: 1 + random(5),
        ...(own.length > 0 && { stopWhen: own }),
        ...(random(2) && { max_tokens: 64 + random(3000) }),
      }) as Agent;
    };
    const run = await Promise.race([
      tree(3).run("Work."),
      new Promise<never>((_, fail) =>
        setTimeout(() => fail(new Error(`seed ${seed} hangs`)), 10_000).unref(),
      ),
    ]);
    expect(["done", "stopped"], `seed ${seed}`).toContain(run.status);
    expect(billed.tokens, `seed ${seed}`).toBeLessThanOrEqual(root.tokens);
    expect(billed.dollars, `seed ${seed}`).toBeLessThanOrEqual(root.dollars + 1e-9);
    expect(run.usage.total_tokens, `seed ${seed}`).toBe(billed.tokens);
  }
}, 120_000);

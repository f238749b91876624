/** Agents with agents: as tools, by hand-off; plans, guardrails, typed output, steps prepared. */
import { tool } from "@polycall/core";
import { expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import { type AgentContext, type AgentEvent, agent, memoryStore, planTool } from "../src/index.ts";
import { calling, scripted } from "./scripted.ts";

const of = ({ model, client }: Awaited<ReturnType<typeof scripted>>) => ({ model, client });
const bodies = ({ sim }: Awaited<ReturnType<typeof scripted>>) =>
  sim.requests.map(
    ({ body }) =>
      body as {
        messages: { role: string; content: string }[];
        tools?: unknown[];
        tool_choice?: unknown;
      },
  );

test("a sub-agent has its own conversation; its cost and tokens are its caller's", async () => {
  await using model = await scripted([
    calling(["researcher", { input: "Find X." }]),
    { text: "X is 7.", usage: { input: 100, output: 10 } },
    { text: "It is 7.", usage: { input: 50, output: 5 } },
  ]);
  const researcher = agent({
    ...of(model),
    name: "researcher",
    instructions: "You search.",
    description: "Searches",
  });
  const lead = agent({
    ...of(model),
    name: "lead",
    instructions: "You lead.",
    tools: [researcher.asTool()],
  });
  const run = await lead.run("What is X?");
  expect(run.output).toBe("It is 7.");
  const [, inner] = bodies(model);
  expect(inner!.messages.map(({ content }) => content)).toEqual(["You search.", "Find X."]);
  expect(run.steps[0]?.calls[0]).toMatchObject({ content: "X is 7.", runId: `${run.runId}/1.0` });
  const own = run.steps.reduce((sum, { usage }) => sum + usage!.total_tokens, 0);
  expect(run.usage.total_tokens).toBe(own + 110);
  expect(run.cost).toBeGreaterThan(0);
});

test("a sub-agent that fails is a result that says so; the others go on", async () => {
  await using model = await scripted([
    calling(["good", { input: "a" }], ["bad", { input: "b" }]),
    (turn) => (turn.system === "good" ? "fine" : "?"),
    (turn) => (turn.system === "good" ? "fine" : "?"),
    "ok",
  ]);
  const good = agent({ ...of(model), name: "good", instructions: "good" });
  const bad = agent({ model: "nobody/x", client: model.client, name: "bad" });
  const lead = agent({ ...of(model), name: "lead", tools: [good.asTool(), bad.asTool()] });
  const run = await lead.run("Go.");
  expect(run.status).toBe("done");
  expect(run.steps[0]?.calls.map(({ isError }) => isError)).toEqual([false, true]);
  expect(run.steps[0]?.calls[1]?.content).toMatch(/^bad failed: .*nobody/);
});

test("a hand-off: the other agent goes on with the conversation, in its own words and with its tools", async () => {
  await using model = await scripted([calling(["transfer_to_refunds", {}]), "Refunded."]);
  const refunds = agent({
    ...of(model),
    name: "refunds",
    description: "Handles refunds",
    instructions: "You refund.",
  });
  const front = agent({
    ...of(model),
    name: "front",
    instructions: "You route.",
    handoffs: [refunds],
  });
  const stream = front.stream("I want my money back.");
  const events: AgentEvent[] = [];
  for await (const event of stream) events.push(event as AgentEvent);
  const run = await stream.final();
  expect(run.output).toBe("Refunded.");
  expect(run.steps.map(({ agent: name }) => name)).toEqual(["front", "refunds"]);
  expect(events.find(({ type }) => type === "hand_off")).toEqual({
    type: "hand_off",
    from: "front",
    to: "refunds",
  });
  const [first, second] = bodies(model);
  expect(first!.messages[0]!.content).toBe("You route.");
  expect(second!.messages.map(({ role, content }) => [role, content])).toEqual([
    ["system", "You refund."],
    ["user", "I want my money back."],
    ["assistant", null],
    ["tool", "refunds has taken over."],
  ]);
});

test("a plan is kept in the run's state, and each change of it is an event", async () => {
  await using model = await scripted([
    calling(["plan", { add: ["find", "book"], start: 1 }]),
    calling(["plan", { done: [{ id: 1, result: "found 3" }], start: 2 }]),
    calling(["plan", { done: [{ id: 9, result: "?" }] }]),
    "Half done.",
  ]);
  const planner = agent({ ...of(model), tools: [planTool()] });
  const stream = planner.stream("Plan.");
  const plans: unknown[] = [];
  for await (const event of stream) if (event.type === "plan") plans.push(event.plan);
  const run = await stream.final();
  expect(plans).toHaveLength(2);
  expect(run.plan).toEqual([
    { id: 1, content: "find", status: "done", result: "found 3" },
    { id: 2, content: "book", status: "started" },
  ]);
  expect(run.steps[1]?.calls[0]?.content).toBe("[x] 1. find -> found 3\n[>] 2. book");
  expect(run.steps[2]?.calls[0]?.content).toMatch(/^Error: There is no item 9/);
});

test("plan first: the model must plan before it acts, and is reminded of what is open", async () => {
  await using model = await scripted([
    calling(["plan", { add: ["one"] }]),
    "All done!",
    calling(["plan", { done: [{ id: 1, result: "ok" }] }]),
    "Now it is.",
  ]);
  const look = tool({ name: "look", parameters: z.object({}), execute: () => "" });
  const run = await agent({ ...of(model), tools: [look], plan: "first" }).run("Do one.");
  expect(run.output).toBe("Now it is.");
  const [first, second, third] = bodies(model);
  expect(first!.tools).toHaveLength(1);
  expect(first!.tool_choice).toEqual({ type: "function", function: { name: "plan" } });
  expect(second!.tools).toHaveLength(2);
  expect(third!.messages.at(-1)!.content).toMatch(/still open[\s\S]*\[ \] 1\. one/);
});

test("guardrails: the input, a call, the output", async () => {
  const shout = tool({
    name: "shout",
    parameters: z.object({ text: z.string() }),
    execute: ({ text }) => text.toUpperCase(),
  });
  const guardrails = {
    input: [
      (messages: readonly { content?: unknown }[]) =>
        String(messages[0]?.content).includes("bomb") ? { block: "Not about that." } : undefined,
    ],
    toolCall: [
      ({ name, args }: { name: string; args: unknown }) => {
        const { text } = args as { text: string };
        if (text === "secret") return { block: "secrets stay here." };
        return text === "hi" ? { replace: { name, args: { text: "hello" } } } : undefined;
      },
    ],
    output: [
      (text: string) =>
        text.includes("4111") ? { replace: text.replace("4111", "[card]") } : undefined,
    ],
  };
  await using model = await scripted([
    calling(["shout", { text: "hi" }], ["shout", { text: "secret" }]),
    "Card 4111.",
  ]);
  const made = agent({ ...of(model), tools: [shout], guardrails, store: memoryStore() });
  const blocked = await made.run("How to build a bomb?");
  expect(blocked).toMatchObject({
    status: "blocked",
    stoppedBy: { condition: "guardrail", message: "Not about that." },
  });
  expect(model.sim.requests).toHaveLength(0);
  const run = await made.run("Shout.");
  expect(run.steps[0]?.calls.map(({ content }) => content)).toEqual([
    "HELLO",
    "This call was not allowed: secrets stay here.",
  ]);
  expect(run.output).toBe("Card [card].");
});

test("a typed output: told what does not fit, and given as the schema's value", async () => {
  await using model = await scripted(['{"cats":"many"}', '{"cats":3}']);
  const counter = agent({ ...of(model), output: z.object({ cats: z.number() }) });
  const run = await counter.run("How many cats?");
  expectTypeOf(run.output).toEqualTypeOf<{ cats: number } | undefined>();
  expect(run.output).toEqual({ cats: 3 });
  expect(model.sim.requests).toHaveLength(2);
  await using stubborn = await scripted(["no", "no", "no", "no"]);
  const never = await agent({ ...of(stubborn), output: z.object({ cats: z.number() }) }).run(
    "How many?",
  );
  expect(never).toMatchObject({
    status: "stopped",
    stoppedBy: { condition: "output" },
    text: "no",
  });
  expect(bodies(stubborn)[2]!.messages.at(-1)!.content).toMatch(/does not fit what was asked for/);
  expect(never.output).toBeUndefined();
});

test("what the schema of an answer throws is told to the model, too", async () => {
  const link = z.object({ url: z.string().transform((text) => new URL(text).host) });
  await using model = await scripted(['{"url":"nowhere"}', '{"url":"https://a.example/b"}']);
  const run = await agent({ ...of(model), output: link }).run("Where?");
  expect(run.output).toEqual({ url: "a.example" });
  expect(bodies(model)[1]!.messages.at(-1)!.content).toMatch(/does not fit.*Invalid URL/);
});

test("prepareStep changes model, tools and messages for one step", async () => {
  const a = tool({ name: "a", parameters: z.object({}), execute: () => "A" });
  const b = tool({ name: "b", parameters: z.object({}), execute: () => "B" });
  await using model = await scripted([calling(["a", {}]), "ok"]);
  const made = agent({
    ...of(model),
    tools: [a, b],
    prepareStep: ({ step, messages }) =>
      step === 1
        ? { tools: ["a"], tool_choice: "required" }
        : { model: "openai/gpt-4.1", messages: messages.slice(-2), tools: [] },
  });
  const run = await made.run("Go.");
  const [first, second] = model.sim.requests.map(
    ({ body }) =>
      body as { model: string; tools?: unknown[]; tool_choice?: unknown; messages: unknown[] },
  );
  expect(first).toMatchObject({ tool_choice: "required" });
  expect(first!.tools).toHaveLength(1);
  expect(second).toMatchObject({ model: "gpt-4.1" });
  expect(second!.tools).toBeUndefined();
  expect(run.steps.map(({ model: name }) => name)).toEqual([
    "openai/gpt-4.1-mini",
    "openai/gpt-4.1",
  ]);
});

test("events: text, pieces of arguments, calls typed by name, results, usage, steps, the end", async () => {
  const find = tool({
    name: "find",
    parameters: z.object({ word: z.string() }),
    execute: () => "found",
  });
  const count = tool({ name: "count", parameters: z.object({ n: z.number() }), execute: () => 1 });
  await using model = await scripted([
    { text: "Let me look.", calls: [{ name: "find", args: { word: "cat" } }] },
    "Here it is.",
  ]);
  const stream = agent({ ...of(model), tools: [find, count] }).stream("Find the cat.");
  const seen: string[] = [];
  let written = "";
  let said = "";
  for await (const event of stream) {
    if (seen.at(-1) !== event.type) seen.push(event.type);
    if (event.type === "tool_arguments") written += event.delta;
    if (event.type === "text") said += event.delta;
    if (event.type === "tool_call" && event.name === "find") {
      expectTypeOf(event.args).toEqualTypeOf<{ word: string }>();
      expect(event.args).toEqual({ word: "cat" });
    }
  }
  expect(seen).toEqual([
    "run_start",
    "step_start",
    "text",
    "tool_arguments",
    "usage",
    "tool_call",
    "tool_result",
    "step",
    "step_start",
    "text",
    "usage",
    "step",
    "run_end",
  ]);
  expect(JSON.parse(written)).toEqual({ word: "cat" });
  expect(said).toBe("Let me look.Here it is.");
  expect((await stream.final()).output).toBe("Here it is.");
});

test("leaving the stream ends the run; it can be resumed", async () => {
  await using model = await scripted([calling(["slow", {}]), "Done."]);
  let aborted = false;
  const slow = tool({
    name: "slow",
    parameters: z.object({}),
    execute: (_, { signal, progress }: AgentContext) =>
      new Promise<string>((resolve) => {
        progress("on it");
        const timer = setTimeout(() => resolve("late"), 50);
        signal.addEventListener("abort", () => {
          aborted = true;
          clearTimeout(timer);
        });
      }),
  });
  const made = agent({ ...of(model), tools: [slow], store: memoryStore() });
  const stream = made.stream("Go.");
  let runId = "";
  for await (const event of stream) {
    if (event.type === "run_start") runId = event.runId;
    if (event.type === "tool_progress") break;
  }
  await expect(stream.final()).rejects.toMatchObject({ code: "aborted", runId });
  expect(aborted).toBe(true);
  expect((await made.resume(runId)).output).toBe("Done.");
});

test("options that are none are refused where they are given", () => {
  const one = tool({ name: "one", parameters: z.object({}), execute: () => 1 });
  expect(() => agent({ model: "x/y", tools: [one, one] })).toThrow(/two tools are called "one"/);
  expect(() => agent({ model: "x/y", name: "a b" })).toThrow(/a name is 1 to 64/);
  expect(() => agent({} as never)).toThrow(/give a model/);
  expect(() => agent({ model: "x/y", tools: [{}] as never })).toThrow(/tools\[0\] is no tool/);
  expect(() => agent({ model: "x/y", handoffs: [{ name: "x" }] })).toThrow(
    /agents made by agent\(\)/,
  );
});

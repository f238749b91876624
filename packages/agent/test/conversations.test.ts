/** What is said in a run and kept of it: sessions, hand-offs, guardrails, what is decided for good. */
import { type Message, tool } from "@polycall/core";
import { expect, test } from "vitest";
import * as z from "zod";
import {
  type AgentContext,
  agent,
  type Decision,
  memoryStore,
  RunError,
  session,
} from "../src/index.ts";
import { spoken } from "./spoken.ts";

const filler = (count: number): Message[] =>
  Array.from({ length: count }, (_, i) => ({
    role: i % 2 ? "assistant" : "user",
    content: `Message ${i}: ${"some words of it ".repeat(20)}`,
  }));
const texts = (messages: readonly { content?: unknown }[]) =>
  messages.map(({ content }) => String(content).split(":")[0]);
/** Summarises where it is asked to, else says so. */
const summariser = (said: string) => (asked: { messages: { content: unknown }[] }) => ({
  content: String(asked.messages.at(-1)!.content).includes("about to be removed") ? "Sum" : said,
  usage: [JSON.stringify(asked.messages).length / 4, 5] as const,
});

test.each([undefined, "You help."])(
  "a session that begins with system messages keeps them when it is compacted (instructions: %s)",
  async (instructions) => {
    const store = memoryStore();
    const s = session("s", { store });
    const rules: Message[] = [
      { role: "system", content: "Rule 1: be brief." },
      { role: "developer", content: "Rule 2: be kind." },
    ];
    await s.append([...rules, ...filler(60)], { version: 0 });
    const { model, client, asked } = spoken([summariser("Fine.")]);
    const made = agent({
      model,
      client,
      store,
      compaction: { contextWindow: 4000 },
      ...(instructions && { instructions }),
    });
    await made.run("And now?", { session: "s" });
    const kept = texts(await s.messages());
    expect(kept.slice(0, 2)).toEqual(["Rule 1", "Rule 2"]);
    expect(kept[2]).toContain("Sum");
    expect(kept.slice(-2)).toEqual(["And now?", "Fine."]);
    // What the model was shown is what the session now holds.
    const own = instructions ? [instructions] : [];
    expect(texts(asked.at(-1)!.messages)).toEqual([...own, ...kept.slice(0, -1)]);
  },
);

test("compacted after a hand-off that passed on a part: the session loses nothing of the rest", async () => {
  const store = memoryStore();
  const s = session("s", { store });
  await s.append(filler(40), { version: 0 });
  const { model, client } = spoken([
    { calls: [["transfer_to_second", "{}"]] },
    summariser("Done."),
  ]);
  const second = agent({ name: "second", model, client, compaction: { contextWindow: 2000 } });
  const first = agent({
    name: "first",
    model,
    client,
    store,
    compaction: false,
    handoffs: [{ agent: second, filter: (messages) => messages.slice(-25) }],
  });
  const run = await first.run("Over to you.", { session: "s" });
  expect(run.output).toBe("Done.");
  const kept = await s.messages();
  expect(texts(kept).slice(0, 40)).toEqual(texts(filler(40)));
  expect(kept).toHaveLength(44);
});

test("of two hand-offs in one reply the first is done, and the other is told so", async () => {
  const calls = [
    ["transfer_to_b", "{}", "1"],
    ["transfer_to_a", "{}", "2"],
  ] as const;
  const { model, client, asked } = spoken([{ calls }, "Here is b."]);
  const [a, b] = ["a", "b"].map((name) => agent({ name, model, client }));
  const run = await agent({ model, client, handoffs: [a!, b!] }).run("Go.");
  expect(run.steps.map((step) => step.agent)).toEqual(["agent", "b"]);
  expect(texts(asked[1]!.messages).slice(-2)).toEqual(["b has taken over.", "Not done"]);
});

test("an answer that a guardrail blocks is nowhere; one that it replaces is kept as replaced", async () => {
  const store = memoryStore();
  const { model, client, asked } = spoken(["The code is 1234.", "The card is 4111.", "Hello."]);
  const output = [
    (text: string) =>
      text.includes("1234")
        ? { block: "No codes." }
        : text.includes("4111")
          ? { replace: text.replace("4111", "[card]") }
          : undefined,
  ];
  const made = agent({ model, client, store, guardrails: { output } });
  const blocked = await made.run("The code?", { session: "s" });
  expect(blocked).toMatchObject({
    status: "blocked",
    text: "",
    stoppedBy: { message: "No codes." },
  });
  expect(blocked.output).toBeUndefined();
  for (const run of [blocked, await made.resume(blocked.runId)]) {
    expect(JSON.stringify([run.text, run.messages, run.steps])).not.toContain("1234");
    expect(await run.toHTML()).not.toContain("1234");
  }
  const events = [];
  for await (const event of made.resumeStream(blocked.runId)) events.push(event);
  expect(JSON.stringify(events)).not.toContain("1234");
  const replaced = await made.run("The card?", { session: "s" });
  expect(replaced).toMatchObject({ output: "The card is [card].", text: "The card is [card]." });
  const page = await replaced.toHTML();
  expect(page).toContain("The card is [card].");
  expect(page).not.toContain("4111");
  await made.run("Hi.", { session: "s" });
  expect(JSON.stringify(asked.at(-1)!.messages)).not.toMatch(/1234|4111/);
  expect(JSON.stringify(await session("s", { store }).messages())).not.toMatch(/1234|4111/);
});

test("a session that went on meanwhile: the error has the run with its typed answer", async () => {
  const store = memoryStore();
  const s = session("s", { store });
  const { model, client } = spoken([
    async () => {
      await s.append([{ role: "user", content: "Me first." }], { version: 0 });
      return '{"n":7}';
    },
  ]);
  const output = z.object({ n: z.number().transform((n) => n * 2) });
  const made = agent({ model, client, store, output });
  const error = await made.run("Count.", { session: "s" }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "RunError", code: "conflict" });
  const { run, runId } = error as RunError;
  expect(run).toMatchObject({ status: "done", output: { n: 14 }, text: '{"n":7}' });
  expect(run!.stoppedBy).toBeUndefined();
  const again = await made.resume(runId).catch((thrown: unknown) => thrown);
  expect(again).toMatchObject({ code: "conflict", run: { output: { n: 14 } } });
});

test("what a sub-agent's guardrail blocks is not told to its caller", async () => {
  const { model, client, asked } = spoken([
    { calls: [["helper", '{"input":"x"}']] },
    "The code is 1234.",
    "done",
  ]);
  const guardrails = { output: [() => ({ block: "No codes." })] };
  const helper = agent({ name: "helper", model, client, guardrails });
  const run = await agent({ model, client, tools: [helper.asTool()] }).run("Go.");
  expect(run.steps[0]!.calls[0]!.content).toBe("helper was blocked: No codes.");
  expect(await run.toHTML()).not.toContain("1234");
  expect(JSON.stringify(asked.at(-1)!.messages)).not.toContain("1234");
});

test("a tool that the step does not offer is not run, here and when the run is gone on with", async () => {
  const ran: string[] = [];
  const parameters = z.object({});
  const wipe = tool({ name: "wipe", parameters, execute: () => ran.push("wipe") });
  const asked = tool({ name: "asked", parameters, needsApproval: true, execute: () => "ok" });
  const calls = [
    ["wipe", "{}", "a"],
    ["asked", "{}", "b"],
  ] as const;
  const { model, client } = spoken([{ calls }, "done"]);
  const made = agent({
    model,
    client,
    tools: [wipe, asked],
    store: memoryStore(),
    prepareStep: ({ step }) => (step === 1 ? { tools: ["asked"] } : undefined),
  });
  const run = await made.run("Go.", { runId: "r" });
  expect(run.status).toBe("waiting");
  const done = await made.resume("r", { decisions: { "r:1.1": { action: "approve" } } });
  expect(ran).toEqual([]);
  expect(done.steps[0]!.calls[0]!.content).toBe('There is no tool "wipe". The tools are: asked.');
  const wrong = agent({ model, client, tools: [wipe], prepareStep: () => ({ tools: ["wype"] }) });
  await expect(wrong.run("Go.")).rejects.toThrow(/prepareStep of agent offers a tool "wype"/);
});

const book = tool({
  name: "book",
  parameters: z.object({ n: z.number() }),
  needsApproval: true,
  execute: ({ n }) => n,
});
const down = (): never => {
  throw new Error("the network is down");
};

test("what was decided for good inside a sub-agent holds after a crash, too", async () => {
  const asks: string[] = [];
  const { model, client } = spoken([
    { calls: [["clerk", '{"input":"a"}']] },
    { calls: [["book", '{"n":1}']] },
    "one booked",
    down,
    { calls: [["clerk", '{"input":"b"}']] },
    { calls: [["book", '{"n":2}']] },
    "two booked",
    "all booked",
  ]);
  const clerk = agent({ name: "clerk", model, client, tools: [book] });
  const lead = agent({
    name: "lead",
    model,
    client,
    store: memoryStore(),
    tools: [clerk.asTool()],
  });
  const approve = ({ id }: { id: string }): Decision => {
    asks.push(id);
    return { action: "approve", always: true };
  };
  await expect(lead.run("Go.", { runId: "r", approve })).rejects.toThrow(RunError);
  const run = await lead.resume("r");
  expect(run).toMatchObject({ status: "done", output: "all booked" });
  expect(asks).toEqual(["r/1.0:1.0"]);
});

test("always is for approve and reject: of another answer it is refused", async () => {
  const { model, client } = spoken([{ calls: [["book", '{"n":1}']] }, "done"]);
  const made = agent({ model, client, tools: [book] });
  const edit = { action: "edit", args: { n: 7 }, always: true } as never;
  await expect(made.run("Go.", { approve: () => edit })).rejects.toThrow(/`always`/);
});

test("the same call five times in one reply is not going round in circles", async () => {
  const roll = tool({ name: "roll", parameters: z.object({}), execute: () => "6" });
  const five = Array.from({ length: 5 }, (_, i) => ["roll", "{}", `c${i}`] as const);
  const { model, client } = spoken([{ calls: five }, "Five sixes."]);
  const run = await agent({ model, client, tools: [roll] }).run("Roll five dice.");
  expect(run).toMatchObject({ status: "done", output: "Five sixes." });
  // A model that does so again and again is told, and then stopped.
  const mad = spoken([{ calls: five }]);
  const end = await agent({ model, client: mad.client, tools: [roll] }).run("Roll.");
  expect(end.stoppedBy?.condition).toBe("repeatedCall");
  expect(JSON.stringify(mad.asked.at(-1)!.messages)).toContain("same arguments");
});

test("data that looks like a part of a message is JSON", async () => {
  const files = [
    { type: "file", file: "a.txt" },
    { type: "file", file: "b.txt" },
  ];
  const parameters = z.object({});
  const list = tool({ name: "list", parameters, execute: () => files });
  const text = tool({ name: "text", parameters, execute: () => ({ type: "text", text: 5 }) });
  const calls = [
    ["list", "{}", "a"],
    ["text", "{}", "b"],
  ] as const;
  const { model, client } = spoken([{ calls }, "done"]);
  const run = await agent({ model, client, tools: [list, text] }).run("List.");
  expect(run.steps[0]!.calls.map(({ content }) => content)).toEqual([
    JSON.stringify(files),
    '{"type":"text","text":5}',
  ]);
});

test("state has any key, also those that objects have of themselves, before and after a crash", async () => {
  const keys = ["__proto__", "constructor", "toString"];
  const seen: unknown[] = [];
  const put = tool({
    name: "put",
    parameters: z.object({}),
    execute: (_, { state }: AgentContext) => {
      for (const key of keys) {
        seen.push(state.get(key) ?? null);
        state.set(key, `${key}!`);
      }
      return "put";
    },
  });
  const get = tool({
    name: "get",
    parameters: z.object({}),
    execute: (_, { state }: AgentContext) => keys.map((key) => state.get(key)),
  });
  const { model, client } = spoken([
    { calls: [["put", "{}"]] },
    down,
    { calls: [["get", "{}"]] },
    "done",
  ]);
  const made = agent({ model, client, tools: [put, get], store: memoryStore() });
  await expect(made.run("Go.", { runId: "r" })).rejects.toThrow("broke off");
  const run = await made.resume("r");
  expect(seen).toEqual([null, null, null]);
  expect(run.steps[1]!.calls[0]!.content).toBe('["__proto__!","constructor!","toString!"]');
});

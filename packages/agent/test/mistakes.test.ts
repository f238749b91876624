/** What users get wrong, and what they are told. */
import { InvalidRequestError, tool } from "@polycall/core";
import { expect, test } from "vitest";
import * as z from "zod";
import { agent, memoryStore, RunError, steps } from "../src/index.ts";
import { spoken } from "./spoken.ts";

const model = "openai/gpt-4.1-mini";
const one = tool({ name: "one", parameters: z.object({}), execute: () => 1 });
const helper = agent({ name: "helper", model });

test.each<[why: string, options: unknown, said: RegExp]>([
  ["no options", undefined, /agent\(\) takes an object/],
  [
    "an option that is misspelled",
    { model, stopwhen: [steps(2)] },
    /no option "stopwhen".*"stopWhen"/,
  ],
  [
    "another misspelled",
    { model, instruction: "You help." },
    /no option "instruction".*"instructions"/,
  ],
  ["another library's name", { model, system: "You help." }, /no option "system".*"instructions"/],
  ["another library's limit", { model, maxSteps: 3 }, /no option "maxSteps".*stopWhen/],
  ["messages", { model, messages: [] }, /"messages".*run\(/],
  ["tools by name", { model, tools: { one } }, /tools.*a list/],
  [
    "an agent among tools",
    { model, tools: [helper] },
    /tools\[0\] is the agent "helper".*asTool\(\)/,
  ],
  ["nothing among tools", { model, tools: [undefined] }, /tools\[0\] is no tool/],
  ["a limit outside a list", { model, stopWhen: steps(3) }, /stopWhen.*a list/],
  ["a number for a limit", { model, stopWhen: [3] }, /stopWhen\[0\]/],
  ["nothing among hand-offs", { model, handoffs: [undefined] }, /agents made by agent\(\)/],
  [
    "two hand-offs of one name",
    { model, handoffs: [helper, agent({ model, name: "helper" })] },
    /two tools are called "transfer_to_helper"/,
  ],
  ["hand-offs outside a list", { model, handoffs: helper }, /handoffs.*a list/],
  [
    "a guardrail outside a list",
    { model, guardrails: { input: () => undefined } },
    /guardrails\.input.*a list/,
  ],
  ["a guardrail of another name", { model, guardrails: { inputs: [] } }, /guardrails\.inputs/],
  ["an output that is no schema", { model, output: "json" }, /output.*schema/],
  [
    "a tool named as the loop's own",
    { model, tools: [tool({ name: "read_output", parameters: z.object({}), execute: () => 1 })] },
    /read_output/,
  ],
  ["a share above one", { model, compaction: { at: 85 } }, /compaction\.at.*between 0 and 1/],
  [
    "an approver where there is none",
    { model, approve: () => undefined },
    /no option "approve".*run\(/,
  ],
])("agent(): %s", (_, options, said) => {
  let error: unknown;
  try {
    agent(options as never);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(InvalidRequestError);
  expect((error as Error).message).toMatch(said);
});

test("all that completion() takes is taken, a provider's own in snake case, too", () => {
  expect(() =>
    agent({ model, temperature: 0.1, max_tokens: 9, maxRetries: 1, top_k: 4 } as never),
  ).not.toThrow();
});

test.each<[why: string, input: unknown]>([
  ["no text", ""],
  ["nothing", undefined],
  ["no messages", []],
  ["one message outside a list", { role: "user", content: "Hi." }],
  ["what is no message", [{ content: "Hi." }]],
  ["a number", 7],
])("run(): %s, and nothing is begun", async (_, input) => {
  const { client, asked } = spoken(["Hello."]);
  const store = memoryStore();
  const made = agent({ model, client, store });
  await expect(made.run(input as never)).rejects.toMatchObject({
    name: "InvalidRequestError",
    param: expect.stringContaining("input"),
  });
  await expect(made.stream(input as never).final()).rejects.toThrow(InvalidRequestError);
  expect(asked).toHaveLength(0);
  expect(await store.list("")).toEqual([]);
});

test.each<[why: string, options: object, param: string]>([
  ["a session without a name", { session: "" }, "session"],
  ["a session that is no name", { session: 7 }, "session"],
  ["an approver that is no function", { approve: true }, "approve"],
  ["an option that there is none of", { sesion: "x" }, "sesion"],
])("run(): %s", async (_, options, param) => {
  const { client, asked } = spoken(["Hello."]);
  const made = agent({ model, client, store: memoryStore() });
  await expect(made.run("Hi.", options as never)).rejects.toMatchObject({
    name: "InvalidRequestError",
    param,
  });
  expect(asked).toHaveLength(0);
});

test("no key in state, events, errors, store", async () => {
  const key = "sk-canary-0123456789abcdef";
  const store = memoryStore();
  const { client } = spoken([
    { calls: [["one", "{}"]] },
    () => {
      throw new Error("the network is down");
    },
  ]);
  const made = agent({ model, client, store, tools: [one], apiKey: key });
  const stream = made.stream("Hi.", { runId: "r" });
  const events: unknown[] = [];
  const error = await (async () => {
    for await (const event of stream) events.push(event);
  })().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RunError);
  const { inspect } = await import("node:util");
  const kept = await Promise.all((await store.list("")).map(({ log }) => store.read(log)));
  const all = inspect([events, error, (error as RunError).run, kept], {
    depth: 20,
    showHidden: true,
  });
  expect(all).toContain("broke off");
  expect(all).not.toContain("canary");
});

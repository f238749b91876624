/** The user's own functions that a run asks: one that never settles ends with the run, which can be resumed. */
import { tool } from "@polycall/core";
import { expect, test } from "vitest";
import * as z from "zod";
import {
  type AgentOptions,
  agent,
  memoryStore,
  RunError,
  session,
  timeAbove,
} from "../src/index.ts";
import { spoken } from "./spoken.ts";

const parameters = z.object({});
const look = tool({ name: "look", parameters, execute: () => "seen" });

/** Each of them with a function that is asked as `never` says. */
const hooks: [name: string, options: (never: () => Promise<never>) => Partial<AgentOptions>][] = [
  ["prepareStep", (never) => ({ prepareStep: never })],
  ["instructions", (never) => ({ instructions: never })],
  ["guardrails.input", (never) => ({ guardrails: { input: [never] } })],
  ["guardrails.output", (never) => ({ guardrails: { output: [never] } })],
  ["guardrails.toolCall", (never) => ({ guardrails: { toolCall: [never] } })],
  ["needsApproval", (never) => ({ needsApproval: never })],
  [
    "a tool's needsApproval",
    (never) => ({
      tools: [tool({ name: "look", parameters, needsApproval: never, execute: () => "seen" })],
    }),
  ],
  [
    "a tool's schema",
    (never) => ({
      tools: [
        tool({
          name: "look",
          parameters: parameters.refine(never) as typeof parameters,
          execute: () => "seen",
        }),
      ],
    }),
  ],
  ["output's schema", (never) => ({ output: z.object({ n: z.number() }).refine(never) })],
  [
    "asTool's input",
    (never) => ({
      tools: [agent({ model: "openai/x", name: "look" }).asTool({ parameters, input: never })],
    }),
  ],
];

/** A tool is called, then it answers. */
const replies = [{ calls: [["look", "{}"]] }, '{"n":1}'] as const;

test.each(hooks)("%s: the signal ends it", async (_, options) => {
  const store = memoryStore();
  const controller = new AbortController();
  const { model, client } = spoken(replies);
  const base = { name: "a", model, client, store, tools: [look] };
  const never = () => {
    setTimeout(() => controller.abort(), 5);
    return new Promise<never>(() => {});
  };
  const error = await agent({ ...base, ...options(never) })
    .run("Go.", { runId: "r", signal: controller.signal })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RunError);
  expect(error).toMatchObject({ name: "AbortError", code: "aborted", runId: "r" });
  const resumed = await agent(base).resume("r");
  expect(resumed).toMatchObject({ status: "done", output: '{"n":1}' });
});

test.each(hooks)("%s: the time limit ends it", async (_, options) => {
  const store = memoryStore();
  const { model, client } = spoken(replies);
  const base = { name: "a", model, client, store, tools: [look] };
  const never = () => new Promise<never>(() => {});
  const run = await agent({ ...base, ...options(never), stopWhen: [timeAbove(40)] }).run("Go.", {
    runId: "r",
  });
  expect(run).toMatchObject({ status: "stopped", stoppedBy: { condition: "time" } });
  const resumed = await agent(base).resume("r");
  expect(resumed).toMatchObject({ status: "done", output: '{"n":1}' });
});

test("stopWhen's own function: the signal and the time limit end it", async () => {
  const { model, client } = spoken(replies);
  const base = { model, client, store: memoryStore(), tools: [look] };
  const stuck = () => new Promise<never>(() => {});
  const timed = agent({ ...base, stopWhen: [stuck, timeAbove(40)] });
  const run = await timed.run("Go.");
  expect(run.stoppedBy?.condition).toBe("time");
  expect(await timed.resume(run.runId, { stopWhen: [] })).toMatchObject({ status: "done" });
  const signal = AbortSignal.timeout(20);
  const aborted = agent({ ...base, stopWhen: [stuck] }).run("Go.", { signal });
  await expect(aborted).rejects.toMatchObject({ code: "aborted" });
});

test("inside a sub-agent its caller's time limit ends it, too", async () => {
  const { model, client } = spoken([{ calls: [["look", '{"input":"x"}']] }, "fine"]);
  const prepareStep = () => new Promise<never>(() => {});
  const inner = agent({ name: "look", model, client, prepareStep });
  const lead = agent({ model, client, tools: [inner.asTool()], stopWhen: [timeAbove(60)] });
  expect(await lead.run("Go.")).toMatchObject({ stoppedBy: { condition: "time" } });
});

test("what a guardrail has not passed when the run ends is in no text, message or session", async () => {
  const store = memoryStore();
  const { model, client } = spoken(["The code is 1234."]);
  let passes: undefined | Promise<undefined> = new Promise(() => {});
  const made = agent({
    ...{ model, client, store, stopWhen: [timeAbove(40)] },
    guardrails: { output: [() => passes] },
  });
  const run = await made.run("The code?", { session: "s" });
  expect(run).toMatchObject({ status: "stopped", text: "", output: "" });
  expect(JSON.stringify([run.messages, run.steps])).not.toContain("1234");
  expect(await session("s", { store }).messages()).toEqual([
    { role: "user", content: "The code?" },
  ]);
  passes = undefined;
  const done = await made.resume(run.runId, { stopWhen: [] });
  expect(done).toMatchObject({ status: "done", output: "The code is 1234." });
  expect(await session("s", { store }).messages()).toEqual(done.messages);
  expect(done.messages).toHaveLength(2);
});

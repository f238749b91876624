/** Readers of a run: slow ones, several, none, and those that leave. */
import { tool } from "@polycall/core";
import { expect, test } from "vitest";
import * as z from "zod";
import { type AgentContext, type AgentEvent, agent, memoryStore, timeAbove } from "../src/index.ts";
import { spoken } from "./spoken.ts";

/** Tells its progress so often. */
const chatty = (times: number) =>
  tool({
    name: "chatty",
    parameters: z.object({}),
    execute: (_, { progress }: AgentContext) => {
      for (let i = 0; i < times; i++) progress(i);
      return "told";
    },
  });
const call = { calls: [["chatty", "{}"]] } as const;

const soon = <T>(work: Promise<T>, ms = 3000): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => setTimeout(() => reject(new Error("it hangs")), ms).unref()),
  ]);

test("two sub-agents that stream at once to a slow reader both go on", async () => {
  const { model, client } = spoken([
    {
      calls: [
        ["a", '{"input":"x"}'],
        ["b", '{"input":"x"}'],
      ],
    },
    { content: "one", calls: [["chatty", "{}"]] },
    { content: "two", calls: [["chatty", "{}"]] },
    "done",
  ]);
  const part = (name: string) => agent({ name, model, client, tools: [chatty(400)] }).asTool();
  const stream = agent({ model, client, tools: [part("a"), part("b")] }).stream("Go.");
  const read = async () => {
    let count = 0;
    for await (const _ of stream)
      if (count++ % 200 === 0) await new Promise((go) => setTimeout(go, 1));
    return stream.final();
  };
  expect((await soon(read())).output).toBe("done");
});

test("final() in the middle of reading, and before, waits for nobody", async () => {
  const { model, client } = spoken([call, "done"]);
  const made = agent({ model, client, tools: [chatty(1000)] });
  const stream = made.stream("Go.");
  const reader = stream[Symbol.asyncIterator]();
  await reader.next();
  expect((await soon(stream.final())).output).toBe("done");
  const other = spoken([call, "done"]);
  const later = agent({ model, client: other.client, tools: [chatty(1000)] }).stream("Go.");
  const final = later.final();
  for await (const _ of later);
  expect((await soon(final)).output).toBe("done");
});

test("a second reader is told that there is one already", async () => {
  const { model, client } = spoken(["Hello."]);
  const stream = agent({ model, client }).stream("Hi.");
  const first = stream[Symbol.asyncIterator]();
  expect(() => stream[Symbol.asyncIterator]()).toThrow(/read once/);
  await first.next();
  expect((await soon(stream.final())).output).toBe("Hello.");
});

test("every call has its result among the events, also one that was not run", async () => {
  const { model, client } = spoken([
    {
      calls: [
        ["nothing", "{}", "c1"],
        ["strict", '{"n":"x"}', "c2"],
        ["asked", "{}", "c3"],
      ],
    },
    "done",
  ]);
  const strict = tool({
    name: "strict",
    parameters: z.object({ n: z.number() }),
    execute: () => 1,
  });
  const asked = tool({
    name: "asked",
    parameters: z.object({}),
    needsApproval: true,
    execute: () => 1,
  });
  const made = agent({ model, client, tools: [strict, asked] });
  const stream = made.stream("Go.", { approve: () => ({ action: "reject" }) });
  const events: AgentEvent[] = [];
  for await (const event of stream) events.push(event as AgentEvent);
  const results = events.filter((event) => event.type === "tool_result");
  expect(results.map(({ toolCallId, isError }) => [toolCallId, isError])).toEqual([
    ["c1", true],
    ["c2", true],
    ["c3", true],
  ]);
});

test("what was said when the time was up is the text of the run", async () => {
  const { model, client } = spoken([]);
  const fetch = async (_: unknown, init?: RequestInit) => {
    const piece = {
      id: "r",
      created: 1,
      model: "m",
      object: "chat.completion.chunk",
      choices: [
        { index: 0, delta: { role: "assistant", content: "Half of" }, finish_reason: null },
      ],
    };
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(piece)}\n\n`));
        init?.signal?.addEventListener("abort", () => controller.error(init.signal!.reason));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  const made = agent({ model, client, fetch: fetch as never, stopWhen: [timeAbove(60)] });
  const run = await soon(made.stream("Go.").final());
  expect(run).toMatchObject({
    status: "stopped",
    stoppedBy: { condition: "time" },
    text: "Half of",
  });
});

test("a run whose person never answers ends with its signal, and can be resumed", async () => {
  const { model, client } = spoken([{ calls: [["asked", "{}"]] }, "done"]);
  const asked = tool({
    name: "asked",
    parameters: z.object({}),
    needsApproval: true,
    execute: () => "ran",
  });
  const made = agent({ model, client, tools: [asked], store: memoryStore() });
  const controller = new AbortController();
  const run = made.run("Go.", {
    runId: "r",
    signal: controller.signal,
    approve: () => new Promise(() => setTimeout(() => controller.abort(), 5)),
  });
  await expect(soon(run)).rejects.toMatchObject({ code: "aborted", runId: "r" });
  const done = await made.resume("r", { approve: () => ({ action: "approve" }) });
  expect(done).toMatchObject({ status: "done", output: "done" });
});

test("an approver or a predicate that throws breaks the run off, and nothing has run", async () => {
  const ran: string[] = [];
  const of = (needsApproval: true | (() => never)) =>
    tool({
      name: "asked",
      parameters: z.object({}),
      needsApproval,
      execute: () => ran.push("ran"),
    });
  const boom = () => {
    throw new Error("boom");
  };
  for (const [needsApproval, approve] of [
    [true, boom],
    [true, async () => boom()],
    [boom, undefined],
  ] as const) {
    const { model, client } = spoken([{ calls: [["asked", "{}"]] }, "done"]);
    const made = agent({ model, client, tools: [of(needsApproval)], store: memoryStore() });
    const run = made.run("Go.", { runId: "r", ...(approve && { approve }) });
    await expect(run).rejects.toMatchObject({
      code: "failed",
      message: expect.stringContaining("boom"),
    });
    expect(ran).toEqual([]);
  }
});

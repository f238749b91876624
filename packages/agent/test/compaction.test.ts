/** A conversation too long for its model: summarised, with nothing torn apart and nothing lost. */
import { type Message, tool } from "@polycall/core";
import { expect, test } from "vitest";
import * as z from "zod";
import { type AgentEvent, agent, memoryStore, session, steps } from "../src/index.ts";
import { calling, scripted } from "./scripted.ts";

/** A conversation of four messages a round: a question, a call, its result, an answer with its reasoning state. */
function conversation(count: number, provider: string): Message[] {
  const messages: Message[] = [];
  for (let i = 0; messages.length < count; i++) {
    const id = `call_${i}`;
    const state = { provider, model: "m", endpoint: "other", items: [{ signature: `sig-${i}` }] };
    messages.push(
      { role: "user", content: `Question ${i}: what is the price of article A${i}?` },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id, type: "function", function: { name: "price", arguments: `{"article":"A${i}"}` } },
        ],
        provider_state: [state],
      },
      { role: "tool", tool_call_id: id, content: `A${i} costs ${i} dollars and ${i % 100} cents.` },
      { role: "assistant", content: `Article A${i} costs ${i}.${i % 100} dollars.` },
    );
  }
  return messages;
}

const price = tool({
  name: "price",
  parameters: z.object({ article: z.string() }),
  execute: () => "7 dollars",
});

/** Whether each result follows its call, and each call has its result. */
function torn(messages: readonly Message[]): string[] {
  const problems: string[] = [];
  let open = new Set<string>();
  for (const message of messages) {
    if (message.role === "tool") {
      if (!open.delete(message.tool_call_id))
        problems.push(`a result without its call: ${message.tool_call_id}`);
    } else {
      for (const id of open) problems.push(`a call without its result: ${id}`);
      open = new Set(message.role === "assistant" ? message.tool_calls?.map(({ id }) => id) : []);
    }
  }
  return problems;
}

test.each<[model: string, count: number]>([
  ["openai/gpt-4.1-mini", 10_000],
  ["openai/gpt-6-luna", 1000],
  ["anthropic/claude-haiku-5-5", 1000],
  ["gemini/gemini-3.5-flash-lite", 1000],
  ["ollama/llama3.2", 1000],
])("%s: a session of %i messages is compacted with all invariants held", async (model, count) => {
  const asked: number[] = [];
  await using wire = await scripted(
    Array.from({ length: 60 }, () => (turn: { messages: { role: string; text: string }[] }) => {
      const last = turn.messages.at(-1)!.text;
      if (!last.includes("about to be removed")) return "It is as you say.";
      asked.push(turn.messages.length);
      return `Summary ${asked.length}: prices were asked.`;
    }),
    model,
  );
  const contextWindow = count > 1000 ? 40_000 : 16_000;
  const store = memoryStore();
  const talk = session("long", { store });
  const before = conversation(count, model.split("/")[0]!);
  await talk.append(before, { version: 0 });
  const seller = agent({
    model,
    client: wire.client,
    store,
    instructions: "You sell.",
    tools: [price],
    compaction: { contextWindow },
    stopWhen: [steps(100)],
  });
  const events: AgentEvent[] = [];
  const stream = seller.stream("And what did we talk about?", { session: "long" });
  for await (const event of stream) events.push(event as AgentEvent);
  const run = await stream.final();
  expect(run.output).toBe("It is as you say.");
  expect(asked.length).toBeGreaterThan(0);
  expect(events.filter(({ type }) => type === "notice")).toHaveLength(1);

  const after = await talk.messages();
  expect(after[0]).toEqual({
    role: "user",
    content: `<summary_of_earlier_conversation>\nSummary ${asked.length}: prices were asked.\n</summary_of_earlier_conversation>`,
  });
  expect(torn(after)).toEqual([]);
  // What stays is what was there, with all that its provider needs back, and about a tenth of the window.
  const kept = after.slice(1, -2);
  expect(kept).toEqual(before.slice(-kept.length));
  expect(kept.length).toBeGreaterThan(20);
  expect(kept.length).toBeLessThan(count / 2);
  expect(after.slice(-2)).toMatchObject([
    { content: "And what did we talk about?" },
    { content: run.output },
  ]);
  // The first of them can still be found.
  const [found] = await talk.search("A3", { limit: 1 });
  expect(found?.messages.length).toBeGreaterThan(0);

  // The next run begins where this one was, with the same beginning of the prompt, and needs no summary.
  const requests = wire.sim.requests.length;
  const summaries = asked.length;
  await seller.run("Thanks.", { session: "long" });
  expect(asked).toHaveLength(summaries);
  expect(wire.sim.requests).toHaveLength(requests + 1);
  const [last, next] = wire.sim.requests.slice(-2).map(({ body }) => promptOf(body));
  expect(next!.slice(0, last!.length)).toEqual(last);
});

function promptOf(body: unknown): unknown[] {
  const { messages, input, contents } = body as { [key: string]: unknown[] | undefined };
  return messages ?? input ?? contents ?? [];
}

test("within a run: the turn under way is cut between steps, and goes on", async () => {
  const report = "A long report of many words about one thing and another. ".repeat(60);
  const read = tool({
    name: "read",
    parameters: z.object({ page: z.number() }),
    execute: ({ page }) => `${page}: ${report}`,
  });
  let page = 0;
  await using wire = await scripted(
    Array.from({ length: 60 }, () => (turn: { messages: { role: string; text: string }[] }) => {
      if (turn.messages.at(-1)!.text.includes("about to be removed"))
        return `Read up to page ${page}.`;
      return page < 20 ? { calls: [{ name: "read", args: { page: ++page } }] } : "All read.";
    }),
  );
  const reader = agent({
    model: wire.model,
    client: wire.client,
    tools: [read],
    compaction: { contextWindow: 8000 },
    stopWhen: [steps(100)],
    store: memoryStore(),
  });
  const run = await reader.run("Read all 20 pages.");
  expect(run.output).toBe("All read.");
  expect(page).toBe(20);
  expect(run.messages).toHaveLength(2 + 40);
  expect(torn(run.messages)).toEqual([]);
  for (const { body } of wire.sim.requests) {
    expect(torn((body as unknown as { messages: Message[] }).messages)).toEqual([]);
    expect(JSON.stringify(body).length / 4).toBeLessThan(9500);
  }
  // Resumed, it comes by the same summaries and asks nobody.
  const requests = wire.sim.requests.length;
  expect(await reader.resume(run.runId)).toMatchObject({ output: "All read.", usage: run.usage });
  expect(wire.sim.requests).toHaveLength(requests);
});

test("a window that nobody knows: the provider's refusal has the conversation compacted, once", async () => {
  await using wire = await scripted([
    "Summary, first half.",
    "Summary: much was said.",
    "Here I am.",
  ]);
  wire.sim.fault({
    status: 400,
    times: 1,
    body: {
      error: {
        message: "This model's maximum context length is 8192 tokens.",
        type: "invalid_request_error",
        code: "context_length_exceeded",
      },
    },
  });
  const store = memoryStore();
  await session("s", { store }).append(conversation(200, "openai"), { version: 0 });
  const run = await agent({ model: wire.model, client: wire.client, store }).run("Hello?", {
    session: "s",
  });
  expect(run.output).toBe("Here I am.");
  expect(wire.sim.requests).toHaveLength(4);
});

test("a model that writes no summary but calls tools is asked again without; failing that nothing is lost", async () => {
  await using wire = await scripted([
    calling(["price", { article: "x" }]),
    "Summary of the first part.",
    "Summary.",
    "Done.",
  ]);
  const store = memoryStore();
  await session("s", { store }).append(conversation(400, "openai"), { version: 0 });
  const made = agent({
    model: wire.model,
    client: wire.client,
    store,
    tools: [price],
    compaction: { contextWindow: 9000 },
  });
  const run = await made.run("Hello?", { session: "s" });
  expect(run.output).toBe("Done.");
  expect((wire.sim.requests[1]!.body as { tool_choice: string }).tool_choice).toBe("none");
});

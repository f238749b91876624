/** An agent that answers from a knowledge base, a real database and its memory, with citations. */
import { DatabaseSync } from "node:sqlite";
import { agent, longTermMemory, memoryStore as memories } from "@polycall/agent";
import { sqlTools } from "@polycall/agent/tools";
import type { AnyTool } from "@polycall/core";
import { simulator } from "@polycall/testing";
import { createClient } from "polycall";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type AskAgentOptions,
  askAgent,
  type KnowledgeBase,
  knowledgeBase,
  memoryStore,
} from "../src/index.ts";
import { hashingEncoder } from "./hashing.ts";

const model = "openai/gpt-6-luna";
const documents = [
  { source: "rules.md", text: "Trips above 500 dollars need a manager's approval." },
  { source: "dogs.md", text: "Dogs are welcome in the office." },
];
let sim: Awaited<ReturnType<typeof simulator>>;
let client: ReturnType<typeof createClient>;
let kb: KnowledgeBase;
beforeEach(async () => {
  sim = await simulator();
  client = createClient({ providers: sim.providers, defaults: { maxRetries: 0 } });
  kb = knowledgeBase({ embedding: hashingEncoder(), store: memoryStore(), model, client });
  await kb.ingest(documents);
});
afterEach(async () => {
  await kb.close();
  await sim[Symbol.asyncDispose]();
});

const call = (name: string, args: object) => ({ calls: [{ name, args: args as never }] });
const asking = (options: Partial<AskAgentOptions> = {}): AskAgentOptions => ({
  of: kb,
  retriever: kb.retriever({ mode: "words", k: 1 }),
  agent: (tools: AnyTool[]) => agent({ model, client, tools }),
  ...options,
});

test("searches several times, reads a database and remembers; its citations lead to each", async () => {
  const database = new DatabaseSync(":memory:");
  database.exec(
    "create table trips (city text, dollars integer); insert into trips values ('Oslo', 700)",
  );
  const memory = longTermMemory({ store: memories(), scope: "ann" });
  sim.script([
    call("search_knowledge", { query: "trips approval" }),
    call("query_sql", { sql: "select dollars from trips where city = 'Oslo'" }),
    call("search_knowledge", { query: "manager's approval" }),
    call("remember", { text: "Ann goes to Oslo." }),
    "The trip costs 700 dollars [2], so it needs an approval [1]. [9]",
  ]);
  const answer = await askAgent(
    asking({
      cite: sqlTools({ database }),
      agent: (tools) => agent({ model, client, tools: [...tools, ...memory.tools] }),
    }),
    "Does my trip to Oslo need an approval?",
  );
  expect(answer.known).toBe(true);
  expect(answer.citations).toMatchObject([
    { number: 2, source: `query_sql {"sql":"select dollars from trips where city = 'Oslo'"}` },
    { number: 1, source: "rules.md", text: documents[0]!.text },
  ]);
  expect(answer.citations[0]!.text).toContain("700");
  const { start, end } = answer.citations[1]!;
  expect(documents[0]!.text.slice(start, end)).toBe(documents[0]!.text);
  // The same passage, found twice, has one number.
  expect(answer.passages).toHaveLength(2);
  expect(answer.trace.unresolved).toEqual([9]);
  expect(answer.trace.steps.at(-1)).toMatchObject({
    technique: "askAgent",
    queries: ["trips approval", "manager's approval"],
  });
  expect(answer.cost).toBeGreaterThan(0);
  expect(answer.usage!.total_tokens).toBeGreaterThan(0);
  expect(await memory.list()).toMatchObject([{ text: "Ann goes to Oslo." }]);
  expect(database.prepare("select count(*) as n from trips").get()).toMatchObject({ n: 1 });
});

test("what only the agent says is no citation; what it does not know is not known", async () => {
  sim.script([
    call("search_knowledge", { query: "cats" }),
    "I do not know: the documents do not say.",
  ]);
  const answer = await askAgent(asking(), "May cats come?");
  expect(answer).toMatchObject({ known: false, citations: [] });
});

test("where the agent fails the knowledge base answers, and the trace says so", async () => {
  sim.script(["Dogs are welcome [1]."]);
  const broken = { run: async () => Promise.reject(new Error("Out of steps.")) };
  const answer = await askAgent(asking({ agent: () => broken }), "May dogs come to the office?");
  expect(answer.citations).toMatchObject([{ source: expect.stringMatching(/dogs|rules/) }]);
  expect(answer.trace.steps.at(-1)!.fallback).toContain("Out of steps.");
  const without = knowledgeBase({ embedding: hashingEncoder(), store: kb.store });
  await expect(
    askAgent(asking({ of: without, agent: () => broken }), "May dogs come?"),
  ).rejects.toThrow("Out of steps.");
});

test("an agent that was stopped says what it has, and the trace why; an abort ends it", async () => {
  const stopped = { run: async () => ({ text: "So far nothing.", status: "stopped" }) };
  const answer = await askAgent(asking({ agent: () => stopped }), "May dogs come?");
  expect(answer.text).toBe("So far nothing.");
  expect(answer.trace.warnings[0]).toContain('it is "stopped"');
  const signal = AbortSignal.abort();
  await expect(askAgent(asking(), "May dogs come?", { signal })).rejects.toMatchObject({
    name: "AbortError",
  });
  await expect(askAgent(asking(), " ")).rejects.toThrow("A question must be a text");
});

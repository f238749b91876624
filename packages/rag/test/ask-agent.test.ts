/** An agent that answers from a knowledge base, a real database and its memory, with citations. */
import { DatabaseSync } from "node:sqlite";
import { agent, longTermMemory, memoryStore as memories } from "@polycall/agent";
import { sqlTools } from "@polycall/agent/tools";
import type { AnyTool } from "@polycall/core";
import { simulator } from "@polycall/testing";
import pg from "pg";
import { createClient } from "polycall";
import { afterEach, beforeEach, expect, test } from "vitest";
import { postgresServer } from "../../agent/test/servers.ts";
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

const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
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

const patience = { timeout: 120_000 };
test(
  "reads a real Postgres, which refuses itself to write, and what its role may not see",
  patience,
  async ({ skip }) => {
    const server = await postgresServer();
    if (!server) return skip();
    const [owner, database] = [
      new pg.Pool({ connectionString: server.url, max: 1 }),
      new pg.Pool({ connectionString: asReader(server.url), max: 2 }),
    ];
    try {
      await owner.query(`
      create table trips (city text, dollars integer);
      insert into trips values ('Oslo', 700), ('Rome', 300);
      create table salaries (dollars integer);
      create function sly() returns int stable language plpgsql as
        $$ begin delete from trips; return 1; end $$;
      drop role if exists reader;
      create role reader login password 'secret';
      grant select on trips to reader;
      -- What the database refuses is no matter of rights.
      grant delete on trips to reader;`);
      const attempts = [
        ["delete from trips", "begin with SELECT"],
        ["with gone as (delete from trips returning *) select * from gone", "top level"],
        ["select sly()", "not allowed in a non-volatile function"],
        ["select 1; delete from trips", "One statement"],
        ["select * from salaries", "permission denied for table salaries"],
      ] as const;
      sim.script([
        call("describe_tables", {}),
        ...attempts.map(([sql]) => call("query_sql", { sql })),
        call("search_knowledge", { query: "trips approval" }),
        call("query_sql", { sql: "select dollars from trips where city = 'Oslo'" }),
        "The trip costs 700 dollars [3], so it needs an approval [2].",
      ]);
      const answer = await askAgent(
        asking({ cite: sqlTools({ database }) }),
        "Does my trip to Oslo need an approval?",
      );
      expect(answer.citations).toMatchObject([
        {
          number: 3,
          source: `query_sql {"sql":"select dollars from trips where city = 'Oslo'"}`,
          text: '{"columns":["dollars"],"rows":[[700]]}',
        },
        { number: 2, source: "rules.md" },
      ]);
      expect(answer.passages[0]!.text).toContain("public.trips");
      const told = sim.requests.at(-1)!.text;
      for (const [, words] of attempts) expect(told).toContain(words);
      const { rows } = await owner.query("select count(*)::int as n from trips");
      expect(rows).toEqual([{ n: 2 }]);
      // Without the tool's transaction the same role could.
      await database.query("delete from trips");
      expect((await owner.query("select from trips")).rowCount).toBe(0);
    } finally {
      await database.end();
      await owner.query("drop table trips, salaries; drop function sly; drop role reader");
      await owner.end();
      await server.stop();
    }
  },
);

function asReader(url: string): string {
  const reader = new URL(url);
  [reader.username, reader.password] = ["reader", "secret"];
  return reader.href;
}

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

test("where the agent says nothing the knowledge base answers, and what the agent cost counts", async () => {
  sim.script(["Dogs are welcome [1]."]);
  const silent = { run: async () => ({ text: " ", status: "waiting", cost: 1, usage }) };
  const answer = await askAgent(asking({ agent: () => silent }), "May dogs come to the office?");
  expect(answer).toMatchObject({ text: "Dogs are welcome [1].", known: true });
  expect(answer.trace.steps.at(-1)!.fallback).toContain('said nothing: it is "waiting"');
  expect(answer.cost).toBeGreaterThan(1);
  expect(answer.usage!.total_tokens).toBeGreaterThan(12);
});

test("what an agent found before it failed stays in the trace, and a cost that nobody knows is not told", async () => {
  sim.script(["Dogs are welcome [1]."]);
  const failing = (tools: AnyTool[]) => ({
    async run(): Promise<never> {
      await tools[0]!.execute({ query: "dogs" } as never, { toolCallId: "1" } as never);
      throw new Error("Out of steps.");
    },
  });
  const answer = await askAgent(asking({ agent: failing }), "May dogs come to the office?");
  expect(answer.trace.steps.map(({ technique }) => technique)).toEqual([
    ...["retriever", "retriever", "askAgent"],
  ]);
  expect(answer.trace.calls.map(({ purpose }) => purpose)).toEqual(["agent", "answer"]);
  expect(answer.cost).toBeUndefined();
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

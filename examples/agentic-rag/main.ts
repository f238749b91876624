/**
 * An agent with a search over pages, a database that it can only read, and a memory: its answer cites the page and
 * the query that it rests on. The database is SQLite, or the Postgres of DATABASE_URL. Without a key a simulator
 * plays a script; the tools are real.
 */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { agent, longTermMemory, memoryStore as memories } from "@polycall/agent";
import { sqlTools } from "@polycall/agent/tools";
import { askAgent, knowledgeBase, memoryStore } from "@polycall/rag";
import pg from "pg";
import { sentenceEncoder } from "sentence-encoder";
import { call, team } from "../lib/team.ts";

const trips = `
  create table trips (traveller text, city text, dollars integer);
  insert into trips values ('Ann', 'Oslo', 700), ('Ann', 'Rome', 320), ('Ben', 'Oslo', 450);
`;
const counting = "select cast(count(*) as integer) as n from trips";

async function connected() {
  const { DATABASE_URL } = process.env;
  if (!DATABASE_URL) {
    const database = new DatabaseSync(":memory:");
    database.exec(trips);
    return { database, count: () => database.prepare(counting).get()?.n, end: () => {} };
  }
  // Yours has a role of its own for the model, which may read what the model may know, and nothing else.
  const database = new pg.Pool({
    connectionString: DATABASE_URL,
    options: "-c search_path=polycall_example",
  });
  await database.query(
    `drop schema if exists polycall_example cascade; create schema polycall_example; ${trips}`,
  );
  const count = async () => (await database.query(counting)).rows[0].n;
  const end = async () => {
    await database.query("drop schema polycall_example cascade");
    await database.end();
  };
  return { database, count, end };
}
const { database, count, end } = await connected();

const { model, client, close } = await team([
  call(["search_knowledge", { query: "approval of expensive trips" }]),
  call(["query_sql", { sql: "delete from trips" }]),
  call([
    "query_sql",
    { sql: "select city, dollars from trips where traveller = 'Ann' and dollars > 500" },
  ]),
  call(["remember", { text: "Ann travels to Oslo." }]),
  "A trip above 500 dollars needs a manager's approval [1]. Ann's trip to Oslo costs 700 [2].",
]);

const kb = knowledgeBase({ embedding: sentenceEncoder(), store: memoryStore(), model, client });
await kb.ingest([
  { source: "rules/travel.md", text: "A trip above 500 dollars needs the approval of a manager." },
  { source: "rules/dogs.md", text: "Dogs are welcome in the office on Fridays." },
]);
const memory = longTermMemory({ store: memories(), scope: "ann" });

const answer = await askAgent(
  {
    of: kb,
    retriever: kb.retriever({ k: 1 }),
    cite: sqlTools({ database }),
    agent: (tools) =>
      agent({
        ...{ model, client, tools: [...tools, ...memory.tools] },
        instructions: "Find the rule in the documents and the facts in the database.",
      }),
  },
  "Which of Ann's trips need an approval, and why?",
);
console.log(answer.text);
for (const { number, source, text } of answer.citations)
  console.log(`  [${number}] ${source}: ${text}`);
const { steps } = answer.trace;
console.log(`Searched for: ${steps.at(-1)!.queries!.join(", ")}`);

assert.ok(answer.known && answer.citations.length > 0, "nothing was cited");
assert.deepEqual(answer.trace.unresolved, []);
// What it tried to delete is there.
assert.equal(await count(), 3);
await end();
await kb.close();
await close();

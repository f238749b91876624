/** A real process is killed while a model goes over a corpus: nothing is lost, doubled, or asked for again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { simulator, type Turn } from "@polycall/testing";
import { createClient } from "polycall";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type GraphRecords,
  graphFile,
  graphRag,
  knowledgeBase,
  languageModel,
  memoryGraph,
  memoryStore,
  raptor,
  type Store,
  sqliteStore,
} from "../src/index.ts";
import { randomFrom } from "./corpus.ts";
import { hashingEncoder } from "./hashing.ts";

const kills = process.env.POLYCALL_LONG ? 100 : 2;
const seed = Number(process.env.POLYCALL_SEED ?? 20_261_126);
/** Of `languageModel()`, where nobody says otherwise: so many calls are under way, and so many are lost by a kill. */
const concurrency = 4;

let folder: string;
let sim: Awaited<ReturnType<typeof simulator>>;
let undisturbed: Awaited<ReturnType<typeof simulator>>;
/** What the process that is under way has asked. */
let asked: string[] = [];
let onCall = () => {};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pass-kills-"));
  [sim, undisturbed] = [await simulator(), await simulator()];
  const many = { length: 20_000 };
  sim.script(
    Array.from(many, () => (turn: Turn) => {
      asked.push(promptOf(turn));
      onCall();
      return reading(turn);
    }),
  );
});
afterAll(async () => {
  await sim.close();
  await undisturbed.close();
  rmSync(folder, { recursive: true, force: true });
});

const promptOf = ({ system, messages }: Turn) =>
  [system, ...messages.map(({ text }) => text)].join("\n");

/** A model whose reply depends on nothing but the prompt. */
function reading(turn: Turn): string {
  const prompt = turn.messages.at(-1)!.text;
  const names = [...new Set(prompt.match(/Name\d+/g) ?? [])];
  if (promptOf(turn).includes("Sum up the passages"))
    return `About ${names.slice(0, 5).join(" ")}.`;
  if (prompt.includes("(person): ")) {
    return JSON.stringify({ title: names[0], summary: names.join(" "), rating: 5 });
  }
  const [source] = names;
  return JSON.stringify({
    entities: names.map((name) => ({ name, type: "person", description: `${name} came.` })),
    relations: names.slice(1).map((target) => {
      return { source, target, description: `${source} met ${target}.`, strength: 5 };
    }),
  });
}

function start(): ChildProcess {
  const args = [JSON.stringify(sim.providers), folder];
  const script = join(import.meta.dirname, "model-pass.ts");
  return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(folder, "compiled"),
    },
  });
}

/** @returns what it printed; undefined where it was killed */
async function lived(child: ChildProcess): Promise<Record<string, unknown> | undefined> {
  const [printed, [code, signal]] = await Promise.all([text(child.stdout!), once(child, "close")]);
  if (signal === "SIGKILL") return undefined;
  expect(code).toBe(0);
  return JSON.parse(printed) as Record<string, unknown>;
}

function kept(): number {
  if (!existsSync(join(folder, "replies.sqlite"))) return 0;
  const file = new DatabaseSync(join(folder, "replies.sqlite"));
  const { n } = file.prepare("select count(*) as n from replies").get() as { n: number };
  file.close();
  return n;
}

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** All that was built, apart from when. */
async function stateOf(tree: Store, records: GraphRecords) {
  const encoder = hashingEncoder();
  await tree.open({ model: encoder.model, dimensions: encoder.dimensions! });
  const summaries = await listed(tree.all());
  const [query] = await encoder.encode(["Name1 Name2 Name3"], { role: "query" });
  const near = await tree.searchVector(query!, { k: 1000 });
  const sorted = async (kind: "extraction" | "report" | "community") =>
    [...(await records.all(kind))].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    summaries: summaries
      .map(({ metadata: { run: _, ...metadata }, ...chunk }) => ({ ...chunk, metadata }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    near: near.map(({ chunk, score }) => `${chunk.id} ${score.toFixed(4)}`).sort(),
    extractions: await sorted("extraction"),
    communities: await sorted("community"),
    reports: await sorted("report"),
  };
}

/** A knowledge base that changes, and what a process that nobody disturbs makes of each of its editions. */
class Corpus {
  readonly #random: () => number;
  readonly #kb = knowledgeBase({
    embedding: hashingEncoder(),
    store: sqliteStore({ path: join(folder, "kb.sqlite"), index: false }),
  });
  readonly #tree = memoryStore();
  readonly #records = memoryGraph();
  /** What was asked for so far, each prompt once. */
  readonly prompts = new Set<string>();
  #documents = 0;

  constructor(random: () => number) {
    this.#random = random;
  }
  async change(added: number): Promise<void> {
    const write = () => {
      const [number, topic] = [this.#documents++, Math.floor(this.#random() * 6)];
      const name = () => `Name${topic * 8 + Math.floor(this.#random() * 8)}`;
      return { source: `${number}`, text: `${number}: ${name()} met ${name()}, ${name()} left.` };
    };
    await this.#kb.ingest(Array.from({ length: added }, write));
    const sources = (await listed(this.#kb.store.sources())).map(({ source }) => source);
    await this.#kb.remove(sources.filter(() => this.#random() < 0.15));
  }
  async build() {
    undisturbed.reset();
    undisturbed.script(Array.from({ length: 1000 }, () => reading));
    const client = createClient({ providers: undisturbed.providers, defaults: { maxRetries: 0 } });
    const model = languageModel({ model: "openai/gpt-6-luna", client });
    const of = { of: this.#kb, model };
    const tree = await raptor({ ...of, store: this.#tree, size: 200 }).build();
    const graph = await graphRag({ ...of, records: this.#records }).build();
    for (const { body } of undisturbed.requests) {
      const { messages } = body as { messages: { content: string }[] };
      this.prompts.add(messages.map(({ content }) => content).join("\n"));
    }
    const { levels, failed } = tree;
    const { entities, relations, communities } = graph;
    return { tree: { levels, failed }, graph: { entities, relations, communities } };
  }
  /** That the files in the folder hold the same. */
  async compare(): Promise<void> {
    const tree = sqliteStore({ path: join(folder, "tree.sqlite"), index: false });
    const graph = graphFile(join(folder, "graph.sqlite"));
    expect(await stateOf(tree, graph)).toEqual(await stateOf(this.#tree, this.#records));
    await tree.close();
    graph.close();
  }
  close(): Promise<void> {
    return this.#kb.close();
  }
}

const patience = 120_000 + kills * 6000;
test(`killed ${kills} times, seed ${seed}; then two at once`, { timeout: patience }, async () => {
  const random = randomFrom(seed);
  const corpus = new Corpus(random);
  await corpus.change(18);
  let [killed, wasted] = [0, 0];
  while (killed < kills) {
    const report = await corpus.build();
    for (let before: string[] = []; ; ) {
      const left = corpus.prompts.size - kept();
      const deadly = killed < kills && left > 0;
      let calls = 1 + Math.floor(random() * Math.min(12, left));
      const wait = random() * 8;
      asked = [];
      const child = start();
      onCall = () => {
        if (deadly && --calls === 0) setTimeout(() => child.kill("SIGKILL"), wait);
      };
      const printed = await lived(child);
      const unknown = asked.filter((prompt) => !corpus.prompts.has(prompt));
      expect(unknown, "asked what nobody asks who is not killed").toEqual([]);
      expect(new Set(asked).size, "asked twice by one process").toBe(asked.length);
      const again = asked.filter((prompt) => before.includes(prompt)).length;
      expect(again, "asked anew by the next process").toBeLessThanOrEqual(concurrency);
      wasted += again;
      before = asked;
      if (printed) {
        expect(asked, "asked for what was kept, or not for what was not").toHaveLength(left);
        expect(printed).toMatchObject(report);
        break;
      }
      killed++;
    }
    await corpus.compare();
    await corpus.change(5);
  }
  console.log(`${killed} kills, ${corpus.prompts.size} questions, ${wasted} asked in vain`);

  await corpus.build();
  const left = corpus.prompts.size - kept();
  [asked, onCall] = [[], () => {}];
  for (const one of await Promise.all([lived(start()), lived(start())])) expect(one).toBeDefined();
  expect(new Set(asked).size).toBe(left);
  expect(asked.length, "more than once by each of two").toBeLessThanOrEqual(2 * left);
  await corpus.compare();
  await corpus.close();
});

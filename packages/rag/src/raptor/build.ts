/** Builds a tree of summaries in a store: what is there already is kept, what no longer belongs to it goes. */
import { digest, normalize } from "@polycall/embeddings";
import type { CostEstimate, LanguageModel, Question } from "../model/language-model.ts";
import { each } from "../pool.ts";
import { allVectors, type Indexed, openFor } from "../retrieval/indexed.ts";
import type { RetrievalTrace } from "../retrieval/trace.ts";
import { checkAborted } from "../stores/errors.ts";
import type { Store, StoredChunk } from "../stores/store.ts";
import { centreOf } from "./groups.ts";
import { grow } from "./grow.ts";
import {
  chunkOf,
  type Group,
  hashOfChildren,
  type Item,
  type Summary,
  sourceOf,
  summaryOf,
  summaryQuestion,
} from "./summary.ts";

export interface Tree extends Indexed {
  /** Of summaries. */
  tree: Store;
  model: LanguageModel;
  instructions: string | undefined;
  maxTokens: number;
  levels: number;
  most: number;
  seed: number;
}

export interface BuildProgress {
  level: number;
  /** Summaries of this level. */
  done: number;
  total: number;
}

export interface BuildOptions {
  signal?: AbortSignal;
  onProgress?: (progress: BuildProgress) => void;
  /** Groups everything anew, whatever was grouped before. Default: false */
  anew?: boolean;
  /** Calls of the model, and what went wrong. */
  trace?: RetrievalTrace;
}

export interface BuildReport {
  /** Of the store that the tree is over. */
  chunks: number;
  /** Summaries in the tree now, level by level, the lowest first. */
  levels: number[];
  /** Of them, those that were made by this run, and those that were there. */
  made: number;
  kept: number;
  /** Groups without one, as the model gave none that was usable. Their chunks are found all the same. */
  failed: number;
  /** Summaries that no longer belonged to the tree. */
  removed: number;
  ms: number;
}

/** Stands for the tree as a whole: its hash is the number of the run that was last finished. */
const marker = sourceOf("tree");
/** Summaries that are embedded and stored together. */
const batch = 16;
/** Groups that are begun together; how many of them are asked for at once, the model says. */
const concurrency = 32;

export async function build(tree: Tree, options: BuildOptions): Promise<BuildReport> {
  const began = performance.now();
  const { signal, onProgress, trace, anew = false } = options;
  const call = { ...(signal && { signal }), ...(trace && { trace }) };
  const { items, there, finished } = await read(tree, signal);
  const report: BuildReport = {
    ...{ chunks: items.length, levels: [], made: 0, kept: 0, failed: 0, removed: 0, ms: 0 },
  };
  const run = finished + 1;
  const alive = new Set<string>();
  await grow(items, {
    ...growth(tree, there, anew ? 0 : finished),
    ...(signal && { signal }),
    async sumUp(groups) {
      const made: (Item | undefined)[] = [];
      let done = 0;
      let waiting: { at: number; group: Group; text: string }[] = [];
      const flush = async () => {
        const some = waiting;
        waiting = [];
        const texts = some.map(({ text }) => text);
        const vectors = texts.length ? await tree.encoder.encode(texts, { role: "document" }) : [];
        for (const [i, { at, group, text }] of some.entries()) {
          const item = await itemOf(group.id, text, vectors[i]!);
          await store(tree.tree, chunkOf(group, text, run), group, item.vector);
          made[at] = item;
          report.made++;
        }
      };
      const sumUp = async (group: Group, at: number) => {
        checkAborted(signal);
        const known = there.get(group.id);
        const text =
          known?.text ?? (await tree.model.ask(summaryQuestion(group.children, tree), call));
        if (text) alive.add(sourceOf(group.id));
        else report.failed++;
        if (known) {
          made[at] = await keep(tree, known, group);
          report.kept++;
        } else if (text) waiting.push({ at, group, text });
        if (waiting.length === batch) await flush();
        onProgress?.({ level: group.level, done: ++done, total: groups.length });
      };
      try {
        await each(groups, sumUp, concurrency);
      } finally {
        // Also where it ends here: what is paid for is kept.
        await flush();
      }
      const level = groups[0]!.level;
      report.levels[level - 1] = made.filter((one) => one !== undefined).length;
      return made;
    },
  });
  const gone = [...there.keys()].map(sourceOf).filter((source) => !alive.has(source));
  if (gone.length) await tree.tree.remove(gone);
  report.removed = gone.length;
  await tree.tree.replace(marker, String(run), []);
  await tree.tree.optimize?.(signal && { signal });
  report.ms = Math.round(performance.now() - began);
  return report;
}

/**
 * What a build would ask. The levels above one that is not there yet are reckoned with summaries as long as they
 * may be.
 */
export async function estimate(
  tree: Tree,
  { signal }: { signal?: AbortSignal },
): Promise<CostEstimate> {
  const { items, there, finished } = await read(tree, signal);
  const questions: Question[] = [];
  await grow(items, {
    ...growth(tree, there, finished),
    ...(signal && { signal }),
    async sumUp(groups) {
      const made: Item[] = [];
      for (const group of groups) {
        const known = there.get(group.id);
        if (known) made.push(await keep(tree, known, undefined));
        else {
          questions.push(summaryQuestion(group.children, tree));
          made.push(await itemOf(group.id, "word ".repeat(standIn), centreOf(group.children)));
        }
      }
      return made;
    },
  });
  return tree.model.estimate(questions);
}

/** Words that a summary is asked to have at the most. */
const standIn = 200;

type Known = Summary & { vector: Float32Array };

function growth(tree: Tree, there: ReadonlyMap<string, Known>, finished: number) {
  const { levels, most, seed, model, instructions } = tree;
  const before = [...there.values()].filter(({ run }) => run <= finished);
  return {
    levels,
    most,
    seed,
    before,
    settings: JSON.stringify([model.model, instructions ?? ""]),
  };
}

/** The chunks with their vectors, and the tree that is there. */
async function read(tree: Tree, signal: AbortSignal | undefined) {
  const { store, encoder } = tree;
  const index = await openFor(store, encoder);
  await tree.tree.open(index);
  const chunks: StoredChunk[] = [];
  for await (const chunk of store.all()) chunks.push(chunk);
  chunks.sort((a, b) => (a.source === b.source ? a.index - b.index : a.source < b.source ? -1 : 1));
  const vectors = await allVectors(tree, index, chunks, signal);
  const items: Item[] = [];
  for (const { id, source, text, index } of chunks) {
    const place = { source, index };
    items.push({ id, text, place, hash: await digest(text), vector: vectors.get(id)! });
  }
  const there = new Map<string, Known>();
  const summaries: StoredChunk[] = [];
  for await (const chunk of tree.tree.all()) if (summaryOf(chunk)) summaries.push(chunk);
  const own = await allVectors({ store: tree.tree, encoder }, index, summaries, signal);
  for (const chunk of summaries) {
    there.set(chunk.id, { ...summaryOf(chunk)!, vector: own.get(chunk.id)! });
  }
  let finished = 0;
  for await (const { source, hash } of tree.tree.sources()) {
    if (source === marker) finished = Number(hash);
  }
  return { items, there, finished };
}

/** A summary that is there; where its chunks have other names now, it is told so. */
async function keep(tree: Tree, known: Known, group: Group | undefined): Promise<Item> {
  const { id, text, run, children, vector } = known;
  if (group && (await hashOfChildren(group.children)) !== (await hashOfChildren(children))) {
    await store(tree.tree, chunkOf(group, text, run), group, vector);
  }
  return itemOf(id, text, vector);
}

async function store(to: Store, chunk: StoredChunk, group: Group, vector: Float32Array) {
  const hash = await hashOfChildren(group.children);
  await to.replace(chunk.source, hash, [{ chunk, vector }]);
}

/** With its vector at length 1, as it comes back from a store. */
const itemOf = async (id: string, text: string, vector: Float32Array): Promise<Item> => ({
  ...{ id, text, vector: normalize(vector) },
  hash: await digest(text),
});

/** Local search: from what a question names and what is found for it, along relations, to chunks and facts. */
import { digest } from "@polycall/embeddings";
import { each } from "../pool.ts";
import { type Passage, passageOf } from "../retrieval/passage.ts";
import type { TraceNode } from "../retrieval/trace.ts";
import { type Condition, holds } from "../stores/filter.ts";
import type { Store, StoredChunk } from "../stores/store.ts";
import type { EntityGraph, Mention } from "./merge.ts";
import { namesIn } from "./names.ts";
import { spread } from "./spread.ts";

export interface LocalOptions {
  k: number;
  /** Characters of facts; 0 for none. */
  facts: number;
  origins: number;
  condition: Condition | undefined;
  /** Called where a chunk of the graph is not in the store any more. */
  onGone(): void;
}

export interface LocalResult {
  passages: Passage[];
  nodes: TraceNode[];
}

type Edge = { to: string; kind: "names" | "relation"; weight: number };

/** Of an entity that very many chunks name, so many are looked at. */
const mostMentions = 50;
/** Chunks whose word on an entity is looked at. */
const told = 5;
const visits = 64;
const keep = 0.4;
const chunkNode = (id: string) => `chunk ${id}`;
const entityNode = (key: string) => `entity ${key}`;

/** @param given what was found for the question otherwise, the best first */
export async function localSearch(
  store: Store,
  graph: EntityGraph,
  query: string,
  given: readonly Passage[],
  { k, facts: longest, origins, condition, onGone }: LocalOptions,
): Promise<LocalResult> {
  const asked = namesIn(query, graph.entities);
  const seeds = new Map<string, number>();
  for (const [i, { chunk }] of given.entries()) {
    if (!seeds.has(chunkNode(chunk.id))) seeds.set(chunkNode(chunk.id), 1 / (i + 1));
  }
  for (const key of asked) seeds.set(entityNode(key), 1);
  if (seeds.size === 0) return { passages: [], nodes: [] };
  const active = await spread<Edge["kind"]>(seeds, {
    ...{ keep, visits },
    neighbours: async (node) => edgesOf(graph, node),
  });
  const ranked = [...active]
    .map(([node, { score }]) => ({ node, score }))
    .sort((a, b) => b.score - a.score || (a.node < b.node ? -1 : 1));

  const byId = new Map(given.map((passage) => [passage.chunk.id, passage]));
  const present = reader(store, graph, { condition, known: byId, onGone });
  const passages: Passage[] = [];
  for (const { node, score } of ranked) {
    if (passages.length === k) break;
    if (!node.startsWith("chunk ")) continue;
    const id = node.slice(6);
    const chunk = await present(id);
    if (!chunk) continue;
    passages.push({ ...(byId.get(id) ?? passageOf(chunk, score, {})), score });
  }
  const near = ranked.filter(({ node }) => node.startsWith("entity ")).slice(0, 20);
  const namedBy = await each(near, ({ node }) => {
    const { mentions } = graph.entities.get(node.slice(7))!;
    return Promise.all(mentions.slice(0, told).map(({ chunk }) => present(chunk)));
  });
  // What no chunk names that may be given is not told either.
  const entities = near.filter((_, i) => namedBy[i]!.some((chunk) => chunk !== undefined));
  const nodes = entities.map(({ node, score }): TraceNode => {
    const { name, type } = graph.entities.get(node.slice(7))!;
    return { id: node.slice(7), kind: "entity", text: `${name} (${type})`, score };
  });
  const facts = longest > 0 ? await factsOf(graph, entities, { present, longest }) : undefined;
  if (facts) {
    const rank = new Map(passages.map(({ chunk }, i) => [chunk.id, i]));
    const by = (chunk: StoredChunk) => rank.get(chunk.id) ?? passages.length;
    const sorted = facts.chunks.sort((a, b) => by(a) - by(b)).slice(0, origins);
    const score = passages[0]?.score ?? 0;
    const source = `graph:facts:${(await digest(facts.text)).slice(0, 16)}`;
    passages.unshift(made(source, facts.text, score, sorted));
    passages.length = Math.min(passages.length, k);
  }
  return { passages, nodes };
}

function edgesOf(graph: EntityGraph, node: string): Edge[] {
  if (node.startsWith("chunk ")) {
    return (graph.named.get(node.slice(6)) ?? []).map((key) => {
      // What few name says more.
      const weight = 1 / graph.entities.get(key)!.mentions.length;
      return { to: entityNode(key), kind: "names", weight };
    });
  }
  const key = node.slice(7);
  const mentions = graph.entities.get(key)?.mentions.slice(0, mostMentions) ?? [];
  const relations = graph.relationsOf.get(key) ?? [];
  const sum = relations.reduce((all, { weight }) => all + weight, 0);
  return [
    ...mentions.map(({ chunk }): Edge => {
      return { to: chunkNode(chunk), kind: "names", weight: 1 / mentions.length };
    }),
    ...relations.map(({ source, target, weight }): Edge => {
      const to = entityNode(source === key ? target : source);
      return { to, kind: "relation", weight: weight / sum };
    }),
  ];
}

export type Present = (id: string) => Promise<StoredChunk | undefined>;

export interface ReaderOptions extends Pick<LocalOptions, "onGone"> {
  condition?: LocalOptions["condition"];
  known?: ReadonlyMap<string, Passage>;
}

/** Chunks that are there, and that pass. */
export function reader(
  store: Store,
  { places }: Pick<EntityGraph, "places">,
  { condition, known, onGone }: ReaderOptions,
): Present {
  const read = new Map<string, Promise<StoredChunk | undefined>>();
  const reading = async (id: string) => {
    const place = places.get(id);
    const { source, index } = place ?? { source: "", index: 0 };
    const chunk = place
      ? (await store.chunks(source, index, index + 1)).find((one) => one.id === id)
      : known?.get(id)?.chunk;
    if (!chunk) onGone();
    return chunk && (!condition || holds(chunk, condition)) ? chunk : undefined;
  };
  return (id) => {
    const one = read.get(id) ?? reading(id);
    read.set(id, one);
    return one;
  };
}

/** What the chunks that are there say of entities, and of the relations among them. */
async function factsOf(
  graph: EntityGraph,
  entities: readonly { node: string }[],
  { present, longest }: { present: Present; longest: number },
): Promise<{ text: string; chunks: StoredChunk[] } | undefined> {
  const lines: string[] = [];
  const chunks = new Map<string, StoredChunk>();
  let length = 0;
  const add = async (head: string, mentions: readonly Mention[]) => {
    const said = new Set<string>();
    for (const { chunk: id, description } of mentions.slice(0, told)) {
      const chunk = description && (await present(id));
      if (!chunk) continue;
      said.add(description);
      chunks.set(id, chunk);
    }
    const line = `${head}: ${[...said].join(" ")}`;
    if (said.size === 0) return;
    length += line.length + 1;
    if (length <= longest) lines.push(line);
  };
  const keys = new Set(entities.map(({ node }) => node.slice(7)));
  const done = new Set<unknown>();
  for (const key of keys) {
    if (length >= longest) break;
    const { name, type, mentions } = graph.entities.get(key)!;
    await add(`${name} (${type})`, mentions);
    for (const relation of graph.relationsOf.get(key) ?? []) {
      const { source, target } = relation;
      if (length >= longest) break;
      if (done.has(relation) || !keys.has(source) || !keys.has(target)) continue;
      done.add(relation);
      const [from, to] = [source, target].map((one) => graph.entities.get(one)!.name);
      await add(`${from} -> ${to}`, relation.mentions);
    }
  }
  return lines.length ? { text: lines.join("\n"), chunks: [...chunks.values()] } : undefined;
}

/** A passage that stands in no document, with the chunks that it rests on. */
export function made(
  source: string,
  text: string,
  score: number,
  origins: readonly StoredChunk[],
): Passage {
  const chunk: StoredChunk = {
    ...{ id: source, source, index: 0, text, raw: text, start: 0, end: text.length },
    ...{ headings: [], metadata: {} },
  };
  return { chunk, text, start: 0, end: text.length, score, scores: {}, origins };
}

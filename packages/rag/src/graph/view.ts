/** The graph of what is in a store now, from what is kept of it: nothing is asked. */
import type { LanguageModel } from "../model/language-model.ts";
import type { Indexed } from "../retrieval/indexed.ts";
import { openFor } from "../retrieval/indexed.ts";
import type { StoredChunk } from "../stores/store.ts";
import { type Extraction, type ExtractOptions, extractionKey, readExtraction } from "./extract.ts";
import { type EntityGraph, merged } from "./merge.ts";
import type { GraphRecords } from "./records.ts";
import { type CommunityReport, reportKey, reportQuestion } from "./report.ts";

export interface GraphSettings extends Indexed, ExtractOptions {
  records: GraphRecords;
  model: LanguageModel;
  /** Characters of a prompt. */
  size: number;
  seed: number;
}

export interface Community {
  keys: readonly string[];
  report: CommunityReport;
  /** What the report rests on: chunks, and how much of it each has said. */
  chunks: ReadonlyMap<string, number>;
}

export interface GraphView {
  graph: EntityGraph;
  /** Those that there is a report of. */
  communities: readonly Community[];
}

/** Chunks, by source and place, and what each is kept under. */
export async function chunksOf(
  settings: GraphSettings,
): Promise<{ chunk: StoredChunk; key: string }[]> {
  const { store, encoder, model } = settings;
  await openFor(store, encoder);
  const chunks: { chunk: StoredChunk; key: string }[] = [];
  for await (const chunk of store.all()) {
    chunks.push({ chunk, key: await extractionKey(chunk.text, model, settings) });
  }
  return chunks.sort(({ chunk: a }, { chunk: b }) =>
    a.source === b.source ? a.index - b.index : a.source < b.source ? -1 : 1,
  );
}

export function graphOf(
  chunks: readonly { chunk: StoredChunk; key: string }[],
  extractions: ReadonlyMap<string, Extraction>,
): EntityGraph {
  return merged(
    chunks.map(({ chunk: { id, source, index }, key }) => {
      return { id, place: { source, index }, extraction: extractions.get(key) };
    }),
  );
}

export async function extractionsOf(records: GraphRecords): Promise<Map<string, Extraction>> {
  const extractions = new Map<string, Extraction>();
  for (const [key, json] of await records.all("extraction")) {
    const one = readExtraction(json);
    if (one) extractions.set(key, one);
  }
  return extractions;
}

export async function partitionOf(records: GraphRecords): Promise<string[][]> {
  return [...(await records.all("community")).values()].map((json) => JSON.parse(json) as string[]);
}

/** Which build was the last one to end, in this process or another. */
export async function editionOf(records: GraphRecords): Promise<string | undefined> {
  return (await records.all("build")).get("last");
}

export async function view(settings: GraphSettings): Promise<GraphView> {
  const { records } = settings;
  const graph = graphOf(await chunksOf(settings), await extractionsOf(records));
  const reports = await records.all("report");
  const communities: Community[] = [];
  for (const keys of await partitionOf(records)) {
    // Of one that has changed since there is no report, and what it said is not said again.
    if (keys.some((key) => !graph.entities.has(key))) continue;
    const question = reportQuestion(graph, keys, settings);
    const json = reports.get(await reportKey(question, settings.model));
    if (!json) continue;
    const { chunks } = question;
    communities.push({ keys, report: JSON.parse(json) as CommunityReport, chunks });
  }
  return { graph, communities };
}

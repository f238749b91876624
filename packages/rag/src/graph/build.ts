/** Builds a graph: reads what is new, takes back what is gone, and has the communities that changed reported on. */
import type { CostEstimate, Question } from "../model/language-model.ts";
import { each } from "../pool.ts";
import type { RetrievalTrace } from "../retrieval/trace.ts";
import { checkAborted } from "../stores/errors.ts";
import { communities } from "./communities.ts";
import { extract, extractQuestion } from "./extract.ts";
import { type CommunityReport, reportKey, reportQuestion, settled } from "./report.ts";
import { chunksOf, extractionsOf, type GraphSettings, graphOf, partitionOf } from "./view.ts";

/** How far a build is, told after each text and each report. */
export interface GraphProgress {
  stage: "extract" | "report";
  done: number;
  total: number;
}

export interface GraphBuildOptions {
  signal?: AbortSignal;
  onProgress?: (progress: GraphProgress) => void;
  /** Whether communities are reported on, for global search. Default: true */
  reports?: boolean;
  /** Calls of the model, and what went wrong. */
  trace?: RetrievalTrace;
}

/** How many were made by this run, were there, and could not be made. */
export interface Made {
  made: number;
  kept: number;
  failed: number;
}

export interface GraphReport {
  chunks: number;
  /** Texts that were read; chunks of the same text are read once. */
  extractions: Made;
  /** Entities and relations that the model gave and that were not believed: of the texts that are there. */
  dropped: number;
  entities: number;
  relations: number;
  communities: number;
  reports: Made;
  ms: number;
}

export interface GraphEstimate {
  /** Of reading what is new, without gleanings. */
  extractions: CostEstimate;
  /** Of reporting; absent while there is something to read, as it is not known what of. */
  reports?: CostEstimate;
}

/** Texts that are begun together; how many of them are asked for at once, the model says. */
const concurrency = 32;
/** An entity of no community has nothing to report. */
const fewest = 2;

export async function build(
  settings: GraphSettings,
  options: GraphBuildOptions,
): Promise<GraphReport> {
  const began = performance.now();
  const { signal, trace, onProgress } = options;
  const { model, records, size, maxTokens } = settings;
  const call = { ...(signal && { signal }), ...(trace && { trace }) };
  const chunks = await chunksOf(settings);
  const there = await extractionsOf(records);
  const texts = new Map(chunks.map(({ chunk, key }) => [key, chunk.text]));

  const extractions = await made("extraction", {
    ...{ settings, wanted: texts.keys(), there: new Set(there.keys()) },
    done: (done) => onProgress?.({ stage: "extract", done, total: texts.size }),
    async make(key) {
      checkAborted(signal);
      const one = await extract(texts.get(key)!, model, settings, call);
      if (one) there.set(key, one);
      return one;
    },
  });
  for (const key of [...there.keys()]) if (!texts.has(key)) there.delete(key);

  const graph = graphOf(chunks, there);
  const groups = communities(graph, { seed: settings.seed, before: await partitionOf(records) });
  await records.write({
    kind: "community",
    remove: [...(await records.all("community")).keys()],
    put: new Map(groups.map((keys, i) => [String(i), JSON.stringify(keys)])),
  });
  const questions = new Map<string, Question<CommunityReport>>();
  for (const keys of groups.filter(({ length }) => length >= fewest)) {
    const question = reportQuestion(graph, keys, { size, maxTokens });
    questions.set(await reportKey(question, model), question);
  }
  const wanted = options.reports === false ? [] : questions.keys();
  const reports = await made("report", {
    ...{ settings, wanted, there: new Set((await records.all("report")).keys()) },
    keep: questions,
    done: (done) => onProgress?.({ stage: "report", done, total: questions.size }),
    async make(key) {
      checkAborted(signal);
      const report = await model.ask(questions.get(key)!, call);
      return report && settled(report);
    },
  });
  await records.write({ kind: "build", put: new Map([["last", crypto.randomUUID()]]) });
  return {
    ...{ chunks: chunks.length, extractions, reports },
    dropped: [...there.values()].reduce((sum, { dropped }) => sum + dropped, 0),
    entities: graph.entities.size,
    relations: graph.relations.length,
    communities: groups.filter(({ length }) => length >= fewest).length,
    ms: Math.round(performance.now() - began),
  };
}

/** What a build would ask now. */
export async function estimate(settings: GraphSettings): Promise<GraphEstimate> {
  const { records, model, seed, size, maxTokens } = settings;
  const chunks = await chunksOf(settings);
  const there = await extractionsOf(records);
  const missing = new Map(
    chunks.flatMap(({ chunk, key }) => (there.has(key) ? [] : [[key, chunk.text] as const])),
  );
  const extractions = await model.estimate(
    [...missing.values()].map((text) => extractQuestion(text, settings)),
  );
  if (missing.size > 0) return { extractions };
  const graph = graphOf(chunks, there);
  const groups = communities(graph, { seed, before: await partitionOf(records) });
  const kept = await records.all("report");
  const questions: Question<CommunityReport>[] = [];
  for (const keys of groups.filter(({ length }) => length >= fewest)) {
    const question = reportQuestion(graph, keys, { size, maxTokens });
    if (!kept.has(await reportKey(question, model))) questions.push(question);
  }
  return { extractions, reports: await model.estimate(questions) };
}

interface Making {
  settings: GraphSettings;
  wanted: Iterable<string>;
  there: ReadonlySet<string>;
  /** What is kept, where it is more than what is wanted. */
  keep?: ReadonlyMap<string, unknown>;
  done(done: number): void;
  make(key: string): Promise<object | undefined>;
}

/** Makes what is missing, each kept as it comes, and takes away what is of nothing that is there. */
async function made(
  kind: "extraction" | "report",
  { settings: { records }, wanted, there, keep, done, make }: Making,
): Promise<Made> {
  const counts: Made = { made: 0, kept: 0, failed: 0 };
  const keys = [...wanted];
  let count = 0;
  const one = async (key: string) => {
    if (there.has(key)) counts.kept++;
    else {
      const value = await make(key);
      if (value) {
        await records.write({ kind, put: new Map([[key, JSON.stringify(value)]]) });
        counts.made++;
      } else counts.failed++;
    }
    done(++count);
  };
  await each(keys, one, concurrency);
  const living = new Set(keep ? keep.keys() : keys);
  await records.write({ kind, remove: [...there].filter((key) => !living.has(key)) });
  return counts;
}

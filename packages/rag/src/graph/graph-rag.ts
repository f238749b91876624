/** `graphRag()`: entities and relations of a knowledge base, and answers that go along them. */
import { InvalidRequestError } from "@polycall/core";
import { checkWhole } from "../check-whole.ts";
import { type ModelOption, modelOf } from "../model/language-model.ts";
import { rereading } from "../rereading.ts";
import { type Indexed, opener } from "../retrieval/indexed.ts";
import { type Passage, passageOf, type Retriever } from "../retrieval/passage.ts";
import type { TraceNode } from "../retrieval/trace.ts";
import { checkAborted } from "../stores/errors.ts";
import { readFilter } from "../stores/filter.ts";
import type { Filter } from "../stores/store.ts";
import {
  build,
  estimate,
  type GraphBuildOptions,
  type GraphEstimate,
  type GraphReport,
} from "./build.ts";
import { asPassages, nodeOf, pointsOf, reportsFor } from "./global.ts";
import { localSearch, reader } from "./local.ts";
import { type GraphRecords, graphFile } from "./records.ts";
import { editionOf, type GraphSettings, type GraphView, view } from "./view.ts";

export interface GraphRagOptions {
  /** The knowledge base, or a store with its encoder, that the graph is of. */
  of: Indexed;
  /** What reads and reports: "provider/model", or a model with a bound and kept replies. */
  model: ModelOption;
  /** Where the graph is kept. Default: `graphFile(".polycall/graph.sqlite")` */
  records?: GraphRecords;
  /** Kinds of entities. Default: person, organization, place, event, product, concept */
  types?: readonly string[];
  /** What else the model is told when it reads. */
  instructions?: string;
  /** Times that it is asked for what it has missed in a text. Default: 0 */
  gleanings?: number;
  /** Characters of what is shown to the model at once. Default: 12,000 */
  size?: number;
  /** The longest that a reply may be, reasoning included. Default: 4096 tokens */
  maxTokens?: number;
  /** The same seed and graph give the same communities. Default: 1 */
  seed?: number;
}

export interface GraphRetrieverOptions {
  /**
   * "local": what is near to what the question is about; "global": what the reports of all communities say, for
   * questions about the whole, with some calls of the model. Default: "local"
   */
  mode?: "local" | "global";
  /** Passages. Default: 8 */
  k?: number;
  /** What finds the chunks that are begun from. Default: the nearest by their vectors */
  chunks?: Retriever;
  /** Characters of facts that come first in "local"; 0 for none. Default: 3000 */
  facts?: number;
  /** Chunks that come with what stands in no document: facts, points. Default: 5 */
  origins?: number;
  /** Of "global": reports that are looked at. Default: 24 */
  reports?: number;
  /** Of chunks; what was made from others passes where all of them do. */
  filter?: Filter;
}

/** What a graph holds, to be looked at. */
export interface GraphContents {
  entities: { name: string; type: string; descriptions: string[]; sources: string[] }[];
  relations: {
    source: string;
    target: string;
    descriptions: string[];
    weight: number;
    sources: string[];
  }[];
  communities: { title: string; summary: string; rating: number; entities: string[] }[];
}

export interface GraphRag {
  /** What `build` would cost now; what was read already costs nothing. No network but the encoder's. */
  estimate(): Promise<GraphEstimate>;
  /**
   * Reads what is new, takes back what only documents that are gone have said, and has what changed reported on.
   * When it was stopped, the next run goes on.
   * @throws BudgetExceededError, what the model and the stores throw
   */
  build(options?: GraphBuildOptions): Promise<GraphReport>;
  /** What the documents that are there now say. */
  contents(): Promise<GraphContents>;
  /** Finds passages along the graph. Where it cannot, it gives what is found without. */
  retriever(options?: GraphRetrieverOptions): Retriever;
  /** Closes the records. */
  close(): void;
}

const usualTypes = ["person", "organization", "place", "event", "product", "concept"];

/**
 * A graph of entities and relations, read once from each text by a model, with reports of its communities.
 * @see Edge et al., From Local to Global: A Graph RAG Approach to Query-Focused Summarization, 2024. Local search
 *   is personalised PageRank from what was found and named, as in HippoRAG (Gutiérrez et al., NeurIPS 2024):
 *   entities need no vectors
 * @throws InvalidRequestError for options that cannot be meant
 */
export function graphRag(options: GraphRagOptions): GraphRag {
  const { of, types = usualTypes, instructions, gleanings = 0, size = 12_000 } = options;
  const { maxTokens = 4096, seed = 1, records = graphFile(".polycall/graph.sqlite") } = options;
  if (!of?.store || !of.encoder)
    refuse("of must be a knowledge base, or { store, encoder }.", "of");
  checkWhole("graphRag", { size, maxTokens });
  checkWhole("graphRag", { gleanings }, 0);
  const settings: GraphSettings = {
    ...{ store: of.store, encoder: of.encoder, records, model: modelOf(options.model) },
    ...{ types, instructions, gleanings, size, maxTokens, seed },
  };
  const reading = rereading(() => view(settings));
  let edition: string | undefined;
  const current = async () => {
    const last = await editionOf(records);
    if (last !== edition) reading.forget();
    edition = last;
    return reading.current();
  };
  return {
    estimate: () => estimate(settings),
    async build(call = {}) {
      try {
        return await build(settings, call);
      } finally {
        reading.forget();
      }
    },
    async contents() {
      reading.forget();
      return contentsOf(await current());
    },
    retriever(own = {}) {
      const { mode = "local", k: usual = 8, facts = 3000, origins = 5, reports = 24, filter } = own;
      checkWhole("graphRag", { k: usual, origins, reports });
      checkWhole("graphRag", { facts }, 0);
      if (mode !== "local" && mode !== "global") {
        refuse(`mode must be "local" or "global", not ${JSON.stringify(mode)}.`, "mode");
      }
      const condition = filter && readFilter(filter);
      const chunks = own.chunks ?? nearest(of, usual, filter);
      return {
        async retrieve(query, call = {}) {
          const { signal, trace, k = usual } = call;
          const begun = performance.now();
          let given: readonly Passage[] | undefined;
          let asking: Promise<readonly Passage[]> | undefined;
          let found: { passages: Passage[]; nodes: TraceNode[] } | undefined;
          let fallback: string | undefined;
          const plain = async () => {
            asking ??= chunks.retrieve(query, call);
            given = await asking;
            return given;
          };
          // The next question gets the graph without what is gone.
          const onGone = reading.stale;
          try {
            let now = await current();
            if (mode === "global") {
              const present = reader(of.store, now.graph, { condition, onGone });
              const settled = { k, origins, reports, size, maxTokens };
              const near = await reportsFor(now, query, settled, present);
              try {
                if (near.length)
                  found = await pointsOf(settings.model, query, near, settled, {
                    ...(signal && { signal }),
                    ...(trace && { trace }),
                  });
              } catch (error) {
                checkAborted(signal);
                trace?.warnings.push(`graphRag: no points (${(error as Error).message}).`);
              }
              if (!found && near.length) {
                fallback = "the model gave no point: the reports themselves";
                found = { passages: asPassages(near, k), nodes: near.map(nodeOf) };
              }
            }
            if (!found) {
              if (mode === "global") fallback = "there is no report: local search";
              const passages = await plain();
              if (passages.some(({ chunk }) => !now.graph.places.has(chunk.id))) {
                reading.stale();
                now = await current();
              }
              found = await localSearch(of.store, now.graph, query, passages, {
                ...{ k, facts, origins, condition, onGone },
              });
              if (now.graph.entities.size === 0) fallback = "there is no graph";
            }
          } catch (error) {
            checkAborted(signal);
            fallback = `graphRag: the graph could not be searched (${(error as Error).message}).`;
            trace?.warnings.push(fallback);
            found = { passages: (await plain()).slice(0, k), nodes: [] };
          }
          trace?.steps.push({
            ...{
              technique: "graphRag",
              queries: [query],
              found: found.passages,
              nodes: found.nodes,
            },
            ...(given && { given }),
            ...(fallback && { fallback }),
            ms: Math.round(performance.now() - begun),
          });
          return found.passages;
        },
      };
    },
    close: () => records.close(),
  };
}

/** Chunks by their vectors. */
function nearest(
  { store, encoder }: Indexed,
  usual: number,
  filter: Filter | undefined,
): Retriever {
  const open = opener(store, encoder);
  return {
    async retrieve(query, { signal, role = "query", k = usual } = {}) {
      await open();
      const call = signal && { signal };
      const [vector] = await encoder.encode([query], { role, ...call });
      const search = { k: Math.max(20, 2 * k), ...(filter && { filter }), ...call };
      const hits = await store.searchVector(vector!, search);
      return hits.map(({ chunk, score }) => passageOf(chunk, score, { dense: score }));
    },
  };
}

function contentsOf({ graph, communities }: GraphView): GraphContents {
  const told = (mentions: readonly { chunk: string; description: string }[]) => ({
    descriptions: [...new Set(mentions.map(({ description }) => description))],
    sources: [...new Set(mentions.map(({ chunk }) => graph.places.get(chunk)!.source))],
  });
  const name = (key: string) => graph.entities.get(key)!.name;
  return {
    entities: [...graph.entities.values()].map(({ name, type, mentions }) => {
      return { name, type, ...told(mentions) };
    }),
    relations: graph.relations.map(({ source, target, weight, mentions }) => {
      return { source: name(source), target: name(target), weight, ...told(mentions) };
    }),
    communities: communities.map(({ keys, report }) => ({ ...report, entities: keys.map(name) })),
  };
}

function refuse(what: string, param: string): never {
  throw new InvalidRequestError(`graphRag(): ${what}`, { param });
}

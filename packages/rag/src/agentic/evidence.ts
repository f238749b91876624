/** What an agent's tools have given it, numbered across all calls, so that its answer can be cited. */
import type { AnyTool } from "@polycall/core";
import { findingTool, shown } from "../answer/tool.ts";
import type { Passage, RetrieveOptions, Retriever } from "../retrieval/passage.ts";
import type { RetrievalTrace } from "../retrieval/trace.ts";

export interface Evidence {
  /** Number 1 is the first. */
  passages: Passage[];
  /** What was searched for. */
  queries: string[];
  /** The tools that the agent gets. */
  tools: AnyTool[];
}

export interface EvidenceOptions {
  retriever: Retriever;
  /** Tools whose results can be cited, too. */
  cite: readonly AnyTool[];
  description: string | undefined;
  trace: RetrievalTrace;
  history: RetrieveOptions["history"];
}

/** Characters of a tool's result that a citation shows. */
const longest = 4000;
const toCite = "After each statement name what it comes from by its number, as [1] or [1][3].";

export function evidence({
  retriever,
  cite,
  description,
  trace,
  history,
}: EvidenceOptions): Evidence {
  const passages: Passage[] = [];
  const queries: string[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (key: string, passage: Passage) => {
    const number = numbers.get(key) ?? passages.push(passage);
    numbers.set(key, number);
    return number;
  };
  const about = {
    name: "search_knowledge",
    description: `${description ?? "Searches the user's documents."} ${toCite}`,
  };
  const search = findingTool(about, async (query, signal) => {
    queries.push(query);
    const found = await retriever.retrieve(query, {
      trace,
      ...(history && { history }),
      ...(signal && { signal }),
    });
    return found.map((passage) => {
      const { chunk, start, end } = passage;
      const number = numberOf(`${chunk.id} ${start} ${end}`, passage);
      return { number, ...shown(passage) };
    });
  });
  const citable = cite.map((one): AnyTool => {
    const { name, description = "" } = one.function;
    return {
      ...one,
      function: { ...one.function, description: `${description} ${toCite}`.trim() },
      async execute(args, context) {
        const result = await one.execute(args, context);
        const text = (typeof result === "string" ? result : (JSON.stringify(result) ?? "")).slice(
          0,
          longest,
        );
        const source = `${name} ${JSON.stringify(args)}`;
        return { number: numberOf(`${source}\n${text}`, resultOf(source, text)), result };
      },
    };
  });
  return { passages, queries, tools: [search, ...citable] };
}

/** A tool's result as a passage: it stands in no document. */
function resultOf(source: string, text: string): Passage {
  const place = { text, start: 0, end: text.length };
  const chunk = { id: source, source, index: 0, raw: text, headings: [], metadata: {}, ...place };
  return { chunk, ...place, score: 0, scores: {} };
}

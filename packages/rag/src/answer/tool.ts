/** A knowledge base as a tool of an agent. */
import { type AnyTool, tool } from "@polycall/core";
import type { Passage, Retriever } from "../retrieval/passage.ts";

export interface SearchToolOptions {
  /** Default: "search_knowledge" */
  name?: string;
  /** What is in it, and when to look there. */
  description?: string;
}

/** What the model is given of a passage. */
export interface FoundPassage {
  source: string;
  page?: number;
  headings: readonly string[];
  text: string;
}

/** A tool that finds passages. */
export function searchTool(retriever: Retriever, options: SearchToolOptions): AnyTool {
  const {
    name = "search_knowledge",
    description = "Searches the user's documents. Name the source of what you use from them.",
  } = options;
  return findingTool({ name, description }, async (query, signal) => {
    return (await retriever.retrieve(query, signal && { signal })).map(shown);
  });
}

/** A tool that finds something for a query. What stands in it is data, not instructions: it is marked as untrusted. */
export function findingTool(
  { name, description }: Required<SearchToolOptions>,
  find: (query: string, signal: AbortSignal | undefined) => Promise<FoundPassage[]>,
): AnyTool {
  const parameters = {
    type: "object",
    properties: { query: { type: "string", description: "What to look for, in whole words" } },
    required: ["query"],
    additionalProperties: false,
  };
  return tool({
    name,
    description,
    parameters,
    untrusted: true,
    execute: async (args: unknown, { signal }) => {
      const found = await find((args as { query: string }).query, signal);
      return found.length ? found : "Nothing was found.";
    },
  }) as AnyTool;
}

/** A passage as a model is given it. */
export function shown({ chunk: { source, page, headings }, text }: Passage): FoundPassage {
  return { source, ...(page !== undefined && { page }), headings, text };
}

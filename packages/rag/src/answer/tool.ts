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

/** A tool that finds passages. What stands in them is data, not instructions: it is marked as untrusted. */
export function searchTool(retriever: Retriever, options: SearchToolOptions): AnyTool {
  const { name = "search_knowledge", description } = options;
  const parameters = {
    type: "object",
    properties: { query: { type: "string", description: "What to look for, in whole words" } },
    required: ["query"],
    additionalProperties: false,
  };
  return tool({
    name,
    description:
      description ?? "Searches the user's documents. Name the source of what you use from them.",
    parameters,
    untrusted: true,
    execute: async (args: unknown, { signal }) => {
      const { query } = args as { query: string };
      const found = await retriever.retrieve(query, signal && { signal });
      return found.length ? found.map(shown) : "Nothing was found.";
    },
  }) as AnyTool;
}

function shown({ chunk: { source, page, headings }, text }: Passage): FoundPassage {
  return { source, ...(page !== undefined && { page }), headings, text };
}

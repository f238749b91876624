/** What was done to find passages. Every technique writes its step into the trace that it is handed. */
import type { Message, Usage } from "@polycall/core";
import type { Passage } from "./passage.ts";

/** A call of a model, or a reply that was kept from an earlier one. */
export interface TracedCall {
  /** What for: "condense", "answer", "rerank", … */
  purpose: string;
  model: string;
  messages: readonly Message[];
  reply: string;
  usage?: Usage;
  /** Dollars; absent where it is not known. */
  cost?: number;
  /** The reply was kept from an earlier call, and cost nothing. */
  cached?: true;
  ms: number;
}

/** What one technique did. Steps stand in the order in which they ended: the innermost first. */
export interface TraceStep {
  /** Its function's name: "retriever", "expandQueries", "rerank", … */
  technique: string;
  ms: number;
  /** What was searched for. */
  queries?: readonly string[];
  /** What it was given, in its order, where it orders or filters anew. */
  given?: readonly Passage[];
  /** What it gave, in its order. */
  found?: readonly Passage[];
  /** Nodes of a graph or a tree that led there. */
  nodes?: readonly TraceNode[];
  /** Why it did no more than the plain behaviour. */
  fallback?: string;
}

export interface TraceNode {
  id: string;
  /** "summary", "entity", "relation", "community", "link", … */
  kind: string;
  /** What a person reads. */
  text: string;
  score?: number;
  /** Of a tree: 0 is a chunk. */
  level?: number;
}

export interface RetrievalTrace {
  steps: TraceStep[];
  calls: TracedCall[];
  /** What went wrong and was worked around. */
  warnings: string[];
}

export const emptyTrace = (): RetrievalTrace => ({ steps: [], calls: [], warnings: [] });

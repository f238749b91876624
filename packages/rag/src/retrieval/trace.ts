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
  /** ms after the question came at which it began; absent where nobody looked at the clock. */
  at?: number;
}

/** What one technique did. Steps stand in the order in which they ended: the innermost first. */
export interface TraceStep {
  /** Its function's name: "retriever", "expandQueries", "rerank", … */
  technique: string;
  ms: number;
  /** ms after the question came at which it began; absent where nobody looked at the clock. */
  at?: number;
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

/** The same, which adds to each entry when it began: entries are pushed when they end, and say how long they took. */
export function timedTrace(): RetrievalTrace {
  const begun = performance.now();
  const timed = <T extends { ms: number; at?: number }>(): T[] => {
    const entries: T[] = [];
    const push = (...added: T[]) => {
      const now = performance.now() - begun;
      for (const one of added) one.at ??= Math.max(0, Math.round(now - one.ms));
      return Array.prototype.push.apply(entries, added);
    };
    return Object.defineProperty(entries, "push", { value: push });
  };
  return { steps: timed(), calls: timed(), warnings: [] };
}

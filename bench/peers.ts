/** The frameworks beside us, where `npm run bench` has installed them; nobody where it has not. */
import { existsSync } from "node:fs";
import type { Clients } from "./clients.ts";
import type { Protocol } from "./wire.ts";

/** Those that speak a protocol, by the name they have in the tables. */
export async function peers(base: string, protocol: Protocol): Promise<Clients> {
  if (!existsSync(new URL("peers/node_modules", import.meta.url))) return {};
  const path = "./peers/clients.js";
  return (await import(path)).peers(base, protocol) as Promise<Clients>;
}

/** The Vercel AI SDK's run of `agent.ts`; undefined where it is not installed. */
export async function agentPeer(
  base: string,
  steps: number,
): Promise<(() => Promise<{ text: string; steps: number }>) | undefined> {
  if (!existsSync(new URL("peers/node_modules", import.meta.url))) return undefined;
  const path = "./peers/clients.js";
  return (await import(path)).agentRun(base, steps);
}

/** LangChain.js's splitters and minisearch, of `retrieval.ts`; undefined where they are not installed. */
export async function retrievalPeers(): Promise<RetrievalPeers | undefined> {
  if (!existsSync(new URL("peers/node_modules", import.meta.url))) return undefined;
  const path = "./peers/retrieval.js";
  return import(path) as Promise<RetrievalPeers>;
}

interface CutOptions {
  size: number;
  overlap: number;
}

export interface RetrievalPeers {
  recursive(text: string, options: CutOptions): Promise<unknown>;
  recursiveWithLines(text: string, options: CutOptions): Promise<unknown>;
  markdown(text: string, options: CutOptions): Promise<unknown>;
  /** Indexes, and returns the search for ten. */
  miniSearch(
    documents: readonly { id: string; title: string; text: string }[],
  ): (query: string) => { id: string }[];
}

/** markitdown-ts's conversion of a file; undefined where it is not installed. */
export async function documentsPeer(): Promise<((path: string) => Promise<string>) | undefined> {
  if (!existsSync(new URL("peers/node_modules", import.meta.url))) return undefined;
  const path = "./peers/documents.js";
  return (await import(path)).convert;
}

/** What `polycall eval rag` asks: a knowledge base of the user's, or one made of a folder. */
import { existsSync, statSync } from "node:fs";
import type { AskFunction, JudgedAnswer } from "@polycall/rag";
import { UsageError } from "../command.ts";
import type { IO } from "../io.ts";
import { loadExport } from "../run/load.ts";
import { safe } from "../run/safe.ts";

export interface Subject {
  ask: AskFunction;
  close?(): unknown;
}

export interface FolderOptions {
  model: string | undefined;
  embedding: string | undefined;
  store: string | undefined;
}

/** @throws UsageError saying what is missing */
export async function subjectOf(
  path: string,
  options: FolderOptions,
  rag: typeof import("@polycall/rag"),
  io: IO,
  signal: AbortSignal,
): Promise<Subject> {
  if (!existsSync(path)) throw new UsageError(`There is no file or folder ${path}.`);
  if (statSync(path).isDirectory()) return ofFolder(path, options, rag, io, signal);
  const given = Object.entries(options).find(([, value]) => value !== undefined);
  if (given) throw new UsageError(`--${given[0]} goes with a folder: ${path} has its own.`);
  const { found } = await loadExport(path, {
    names: ["kb", "knowledgeBase"],
    is: isSubject,
    lacks: "no knowledge base: `export default knowledgeBase({ … })`, or one named `kb`.",
  });
  return found;
}

/** By what it can do: anything that answers can be judged. */
function isSubject(value: unknown): value is Subject {
  return typeof (value as Partial<Subject> | undefined | null)?.ask === "function";
}

async function ofFolder(
  root: string,
  { model, embedding, store: file }: FolderOptions,
  { knowledgeBase, memoryStore, sqliteStore }: typeof import("@polycall/rag"),
  io: IO,
  signal: AbortSignal,
): Promise<Subject> {
  if (!model || !embedding) {
    throw new UsageError("A folder needs --model, which answers, and --embedding.");
  }
  const store = file === undefined ? memoryStore() : sqliteStore({ path: file });
  const kb = knowledgeBase({ model, embedding, store });
  try {
    const { stored, unchanged, failed } = await kb.ingest(".", { root, signal });
    for (const { source, error } of failed) io.err(safe(`${source}: ${error.message}`));
    if (stored + unchanged === 0) throw new UsageError(`${root} has no documents.`);
    return {
      ask: (question, options): Promise<JudgedAnswer> => kb.ask(question, options),
      close: () => kb.close(),
    };
  } catch (error) {
    await kb.close();
    throw error;
  }
}

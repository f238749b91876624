/** What turns a question into questions, and what those by a model have in common. */
import type { EmbeddingRole } from "@polycall/embeddings";
import { conversationOf } from "../answer/condense.ts";
import type { LanguageModel, Question } from "../model/language-model.ts";
import type { RetrieveOptions } from "../retrieval/passage.ts";

/** Something to search for. */
export interface Query {
  text: string;
  /** "document" for what an answer might look like: it is searched for by its meaning alone. Default: "query" */
  role?: EmbeddingRole;
}

/**
 * `question -> questions`: what else to search for. Its name stands in the trace. Where it has nothing to add it
 * gives an empty list; one that fails is left out by whoever asks it.
 */
export type QueryTechnique = (
  question: string,
  options?: RetrieveOptions,
) => Promise<readonly (string | Query)[]>;

/** What a technique gives; nothing where it fails, and the trace says so. @throws what the signal says */
export async function queriesOf(
  technique: QueryTechnique,
  question: string,
  call: RetrieveOptions,
): Promise<Query[]> {
  try {
    const queries = await technique(question, call);
    const all = queries.map((one) => {
      const query = typeof one === "string" ? { text: one } : one;
      if (typeof query?.text !== "string") throw new TypeError("A query is a text, or { text }.");
      return query;
    });
    return all.filter(({ text }) => text.trim());
  } catch (error) {
    if (call.signal?.aborted) throw error;
    const name = technique.name || "A technique";
    call.trace?.warnings.push(`${name} failed: ${(error as Error).message}`);
    return [];
  }
}

export interface Wanted<T> {
  technique: string;
  question: Question<T>;
  /** The queries in a reply. */
  read(reply: T): readonly (string | undefined)[];
  /** Queries that are taken at the most. */
  most: number;
  /** Characters of the longest that is one. */
  longest: number;
  role?: EmbeddingRole;
  /** That the question is repeated means that there is nothing to add. */
  mayRepeat?: true;
}

/**
 * Asks a model. What it gives that is empty, too long, there already or too much is left out; where nothing is
 * left, and where the model fails, the list is empty and the trace says why.
 * @throws what the signal says
 */
export async function queriesFrom<T>(
  model: LanguageModel,
  original: string,
  { technique, question, read, most, longest, role, mayRepeat }: Wanted<T>,
  { signal, trace }: RetrieveOptions,
): Promise<Query[]> {
  const begun = performance.now();
  let fallback: string | undefined;
  const warn = (why: string) => {
    fallback = why;
    trace?.warnings.push(`${technique}: ${why} The question is searched for without it.`);
  };
  const queries: Query[] = [];
  try {
    const reply = await model.ask(question, { ...(signal && { signal }), ...(trace && { trace }) });
    // The model's trace has told why.
    if (reply === undefined) fallback = "The reply was not what was asked for.";
    else {
      const given = read(reply).map((text) => text?.trim() ?? "");
      const seen = new Set([sameAs(original)]);
      for (const text of given) {
        if (queries.length === most) break;
        if (!text || text.length > longest || seen.has(sameAs(text))) continue;
        seen.add(sameAs(text));
        queries.push({ text, ...(role && { role }) });
      }
      const repeated = mayRepeat && given.some((text) => sameAs(text) === sameAs(original));
      if (!queries.length && !repeated) warn("Nothing in the reply could be searched for.");
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    warn((error as Error).message);
  }
  trace?.steps.push({
    ...{ technique, queries: queries.map(({ text }) => text) },
    ...(fallback && { fallback }),
    ms: Math.round(performance.now() - begun),
  });
  return queries;
}

/** Two queries of which this is the same find the same. */
export const sameAs = (query: string) =>
  query.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();

/** The question, below the conversation that it may lean on. */
export function inConversation(question: string, { history = [] }: RetrieveOptions): string {
  return [conversationOf(history), `Question: ${question}`].filter(Boolean).join("\n\n");
}

/** The lines of BEIR's files: corpus.jsonl, queries.jsonl, qrels. Pure. */
import { InvalidRequestError } from "@polycall/core";
import type { Judgements } from "./metrics.ts";

export interface BeirDocument {
  id: string;
  title: string;
  text: string;
  metadata?: { readonly [key: string]: unknown };
}

type Lines = AsyncIterable<string> | Iterable<string>;

/** @throws InvalidRequestError naming the line that cannot be read */
export async function* readCorpus(
  lines: Lines,
  file = "corpus.jsonl",
): AsyncGenerator<BeirDocument> {
  for await (const { row, where } of jsonLines(lines, file)) {
    const { title = "", text, metadata } = row as Partial<BeirDocument>;
    if (typeof text !== "string" || typeof title !== "string") {
      throw new InvalidRequestError(
        `${where}: a document has a "text", and its "title" is a string.`,
      );
    }
    yield { id: idOf(row, where), title, text, ...(metadata && { metadata }) };
  }
}

/** @throws InvalidRequestError naming the line that cannot be read */
export async function* readQueries(
  lines: Lines,
  file = "queries.jsonl",
): AsyncGenerator<{ id: string; text: string }> {
  for await (const { row, where } of jsonLines(lines, file)) {
    const { text } = row as { text?: unknown };
    if (typeof text !== "string") throw new InvalidRequestError(`${where}: a query has a "text".`);
    yield { id: idOf(row, where), text };
  }
}

/**
 * Rows of query, document and grade, apart by tabs, the first of them their names; or trec_eval's rows of four.
 * @throws InvalidRequestError naming the line that cannot be read
 */
export async function readJudgements(
  lines: Lines,
  file = "qrels",
): Promise<Map<string, Judgements>> {
  const judgements = new Map<string, Map<string, number>>();
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line.trim() === "" || (number === 1 && /^\ufeff?query-id\t/.test(line))) continue;
    const cells = line.includes("\t") ? line.split("\t") : line.trim().split(/\s+/);
    const [query, document, grade] = cells.length === 4 ? [cells[0], cells[2], cells[3]] : cells;
    const value = grade?.trim() ? Number(grade) : Number.NaN;
    if (!query || !document || !Number.isFinite(value)) {
      const shown = JSON.stringify(line.slice(0, 80));
      throw new InvalidRequestError(
        `${file}, line ${number}: ${shown} is not query, document, grade.`,
      );
    }
    const judged = judgements.get(query) ?? new Map<string, number>();
    judgements.set(query, judged);
    judged.set(document, value);
  }
  return judgements;
}

async function* jsonLines(lines: Lines, file: string) {
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line.trim() === "") continue;
    const where = `${file}, line ${number}`;
    let row: unknown;
    try {
      row = JSON.parse(number === 1 ? line.replace(/^\ufeff/, "") : line);
    } catch (cause) {
      throw new InvalidRequestError(`${where} is no JSON.`, { cause });
    }
    if (typeof row !== "object" || row === null) {
      throw new InvalidRequestError(`${where} is no JSON object.`);
    }
    yield { row, where };
  }
}

function idOf(row: object, where: string): string {
  const { _id } = row as { _id?: unknown };
  if (typeof _id !== "string" && typeof _id !== "number") {
    throw new InvalidRequestError(`${where}: "_id" is missing.`);
  }
  return String(_id);
}

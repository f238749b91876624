/** `readExcerpts()`: chunking_evaluation's questions, with their excerpts, over documents. Pure. */
import { InvalidRequestError } from "@polycall/core";
import type { SourceDocument } from "../chunk.ts";
import { csvRows } from "./csv.ts";
import type { ExcerptQuestion } from "./excerpts.ts";

/** Documents, and questions whose answers stand in them. */
export interface ExcerptSet {
  documents: readonly SourceDocument[];
  questions: readonly ExcerptQuestion[];
}

/**
 * A `questions_df.csv`: question, references (JSON with `content`, `start_index`, `end_index`), corpus_id. Its
 * offsets count code points; each excerpt is compared with what stands there. Ids are "q0", "q1", …
 * @param documents by the names that the file has for them: a `source` is a corpus_id, or its path
 * @throws InvalidRequestError naming the row that cannot be read, or whose excerpt stands elsewhere
 * @see github.com/brandonstarxel/chunking_evaluation
 */
export function readExcerpts(
  csv: string,
  documents: readonly SourceDocument[],
  file = "questions_df.csv",
): ExcerptSet {
  const [head = [], ...rows] = rowsOf(csv, file);
  const columns = ["question", "references", "corpus_id"].map((name) => head.indexOf(name));
  if (columns.includes(-1)) {
    throw new InvalidRequestError(
      `${file}: its first row names question, references and corpus_id, not ${head.join(", ")}.`,
    );
  }
  const known = new Map(
    documents.map((one) => [nameOf(one.source), { ...one, at: units(one.text) }]),
  );
  const questions = rows.map((row, i) => {
    const [text, references, corpus] = columns.map((column) => row[column]);
    const where = `${file}, question ${i + 1}`;
    const document = known.get(nameOf(corpus ?? ""));
    if (!text?.trim() || !references || !document) {
      const what = document
        ? "a question has a text and references"
        : `no document ${JSON.stringify(corpus)}`;
      throw new InvalidRequestError(`${where}: ${what}.`);
    }
    const excerpts = listOf(references, where).map(({ content, start_index, end_index }) => {
      const [start, end] = [document.at(Number(start_index)), document.at(Number(end_index))];
      if (
        !(start < end) ||
        (content !== undefined && document.text.slice(start, end) !== content)
      ) {
        const shown = JSON.stringify(String(content).slice(0, 60));
        throw new InvalidRequestError(
          `${where}: ${shown} does not stand at ${start_index} to ${end_index} of ${document.source}.`,
        );
      }
      return { start, end };
    });
    return { id: `q${i}`, text, source: document.source, excerpts };
  });
  return { documents, questions };
}

interface Reference {
  content?: unknown;
  start_index?: unknown;
  end_index?: unknown;
}

function listOf(references: string, where: string): Reference[] {
  try {
    const list: unknown = JSON.parse(references);
    if (
      Array.isArray(list) &&
      list.length > 0 &&
      list.every((one) => one && typeof one === "object")
    )
      return list;
  } catch {
    // Told below.
  }
  throw new InvalidRequestError(`${where}: its references are no JSON list of excerpts.`);
}

function rowsOf(csv: string, file: string): string[][] {
  try {
    return csvRows(csv);
  } catch (cause) {
    throw new InvalidRequestError(`${file}: ${(cause as Error).message}.`, { cause });
  }
}

/** "corpora/finance.md" is "finance". */
const nameOf = (source: string) => source.replace(/^.*[\\/]/, "").replace(/\.(md|txt)$/, "");

/** From a count of code points to one of UTF-16 units. */
function units(text: string): (points: number) => number {
  if (!/[\ud800-\udbff]/.test(text)) return (points) => points;
  const places = [0];
  for (const point of text) places.push(places.at(-1)! + point.length);
  return (points) => places[points] ?? Number.NaN;
}

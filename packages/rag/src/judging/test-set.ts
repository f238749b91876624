/** Questions with what a good answer to each has, as JSON lines. */
import { InvalidRequestError, type Message } from "@polycall/core";
import type { Keyword } from "./keywords.ts";

/** A question, and what is known of its answer. What is not given is not judged. */
export interface TestQuestion {
  /** Tells it from the others. Default: the question itself */
  id?: string;
  question: string;
  /** The conversation before it, oldest first. */
  history?: readonly Message[];
  /** The right answer. */
  reference?: string;
  /** What the answer must have: words, phrases, lists of alternatives. */
  keywords?: readonly Keyword[];
  category?: string;
  /** The documents that answer it. */
  sources?: readonly string[];
}

export const idOf = ({ id, question }: TestQuestion): string => id ?? question;

/** Lines that are told of in one error. */
const most = 10;

/**
 * Reads a test set, a JSON object on each line; empty lines are none. Keys that it does not know are kept.
 * @param file as the error names it
 * @throws InvalidRequestError naming the lines that cannot be taken, and why
 */
export async function readTestSet(
  lines: AsyncIterable<string> | Iterable<string>,
  file = "test set",
): Promise<TestQuestion[]> {
  const questions: TestQuestion[] = [];
  const wrong: string[] = [];
  const seen = new Map<string, number>();
  let number = 0;
  for await (const line of lines) {
    number++;
    const text = number === 1 ? line.replace(/^\ufeff/, "") : line;
    if (text.trim() === "") continue;
    const row = parsed(text);
    const why = row ? problemOf(row) : "is no JSON object";
    if (!row || why) {
      wrong.push(`line ${number} ${why}`);
      continue;
    }
    const question = (typeof row.id === "number" ? { ...row, id: String(row.id) } : row) as {
      [key: string]: unknown;
    } & TestQuestion;
    const id = idOf(question);
    const before = seen.get(id);
    if (before !== undefined) wrong.push(`line ${number} asks what line ${before} asks`);
    else {
      seen.set(id, number);
      questions.push(question);
    }
  }
  if (wrong.length > 0) {
    const rest = wrong.length > most ? `; and ${wrong.length - most} more` : "";
    throw new InvalidRequestError(`${file}: ${wrong.slice(0, most).join("; ")}${rest}.`);
  }
  if (questions.length === 0) throw new InvalidRequestError(`${file} has no questions.`);
  return questions;
}

/** The lines of a test set, to be written into a file. */
export function testSetLines(questions: readonly TestQuestion[]): string {
  return questions.map((one) => `${JSON.stringify(one)}\n`).join("");
}

type Row = Record<string, unknown>;

function parsed(line: string): Row | undefined {
  try {
    const row: unknown = JSON.parse(line);
    return typeof row === "object" && row !== null && !Array.isArray(row)
      ? (row as Row)
      : undefined;
  } catch {
    return undefined;
  }
}

const isText = (value: unknown) => typeof value === "string" && value.trim() !== "";
const isListOf = (value: unknown, fits: (one: unknown) => boolean) =>
  Array.isArray(value) && value.every(fits);

const fields: Readonly<
  Record<keyof TestQuestion, [what: string, fits: (value: unknown) => boolean]>
> = {
  id: ["a text or a number", (value) => isText(value) || Number.isFinite(value)],
  question: ["a text that is not empty", isText],
  history: [
    'a list of messages { "role": "user" or "assistant", "content": a text }',
    (value) =>
      isListOf(value, (one) => {
        const { role, content } = (one ?? {}) as Row;
        return (role === "user" || role === "assistant") && typeof content === "string";
      }),
  ],
  reference: ["a text that is not empty", isText],
  keywords: [
    "a list of texts, or of lists of alternatives",
    (value) =>
      isListOf(value, (one) => isText(one) || (isListOf(one, isText) && (one as []).length > 0)),
  ],
  category: ["a text", (value) => typeof value === "string"],
  sources: ["a list of texts", (value) => isListOf(value, isText)],
};
/** "keyword", "Sources", "_id": as good as one of the names. */
const bare = (name: string) => name.toLowerCase().replace(/[^a-z]|s$/g, "");
const names = new Map(Object.keys(fields).map((name) => [bare(name), name]));

function problemOf(row: Row): string | undefined {
  if (!("question" in row)) return 'has no "question"';
  for (const [name, [what, fits]] of Object.entries(fields)) {
    const value = row[name];
    // null is how many programs write what is not there.
    if (value === null && name !== "question") delete row[name];
    else if (value !== undefined && !fits(value)) return `has a "${name}" that is not ${what}`;
  }
  for (const key of Object.keys(row)) {
    const near = names.get(bare(key));
    if (near && near !== key) return `has a "${key}": did you mean "${near}"?`;
  }
  return undefined;
}

/** `beirTestSet()`: a folder in BEIR's layout as a test set. */
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type BeirDocument, readCorpus, readJudgements, readQueries } from "../evaluation/beir.ts";
import type { TestSet } from "../evaluation/evaluate.ts";

export interface BeirTestSet extends TestSet {
  /** The documents, read one by one; anew at each call. */
  corpus(): AsyncGenerator<BeirDocument>;
}

/**
 * Reads `queries.jsonl` and `qrels/SPLIT.tsv` of a folder; `corpus.jsonl` is streamed when it is asked for.
 * Only queries with judgements in the split are in it.
 * @throws InvalidRequestError naming the file and line that cannot be read; Node's error where a file is missing
 */
export async function beirTestSet(
  folder: string,
  { split = "test" }: { split?: string } = {},
): Promise<BeirTestSet> {
  const qrels = join(folder, "qrels", `${split}.tsv`);
  const judgements = await readJudgements(linesOf(qrels), qrels);
  const file = join(folder, "queries.jsonl");
  const queries: { id: string; text: string }[] = [];
  for await (const query of readQueries(linesOf(file), file)) {
    if (judgements.has(query.id)) queries.push(query);
  }
  const corpus = join(folder, "corpus.jsonl");
  return { queries, judgements, corpus: () => readCorpus(linesOf(corpus), corpus) };
}

/** The stream is closed also where its reader stops early. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file, "utf8");
  try {
    // A stream that fails before readline listens would be an error that nobody takes.
    await new Promise((resolve, reject) => stream.once("open", resolve).once("error", reject));
    yield* createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  } finally {
    stream.destroy();
  }
}

/** `excerptSet()`: a folder in chunking_evaluation's layout as documents and questions. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ExcerptSet, readExcerpts } from "../evaluation/read-excerpts.ts";

/**
 * Reads `questions_df.csv` and the texts in `corpora/`. A document's source is its name without the ending.
 * @throws InvalidRequestError naming the row that cannot be read, or whose excerpt does not stand where it
 *   says; Node's error where a file is missing
 */
export async function excerptSet(folder: string): Promise<ExcerptSet> {
  const corpora = join(folder, "corpora");
  const files = (await readdir(corpora)).filter((name) => /\.(md|txt)$/.test(name)).sort();
  const documents = await Promise.all(
    files.map(async (name) => ({
      source: name.replace(/\.\w+$/, ""),
      text: await readFile(join(corpora, name), "utf8"),
    })),
  );
  const file = join(folder, "questions_df.csv");
  return readExcerpts(await readFile(file, "utf8"), documents, file);
}

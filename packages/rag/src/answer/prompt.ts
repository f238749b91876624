/** Passages as a model is shown them: numbered, and data. */
import { asData, attribute } from "../prompts/data.ts";
import type { Passage } from "../retrieval/passage.ts";

/** @param tags that stand around them in the prompt: no passage can end one, or begin another */
export function shownPassages(passages: readonly Passage[], tags: readonly string[]): string {
  return passages.map((passage, i) => shown(passage, i + 1, tags)).join("\n");
}

function shown({ chunk, text }: Passage, number: number, tags: readonly string[]): string {
  const { source, page } = chunk;
  const place = `${attribute("source", source)}${page === undefined ? "" : attribute("page", String(page))}`;
  return `<passage number="${number}"${place}>\n${asData(text, ...tags)}\n</passage>`;
}

/** Texts and questions as FTS5 takes them: no question is a syntax error, and Chinese is found by its characters. */
import { englishStopWords } from "../words/stop-words.ts";

/** Written without spaces, so that each character is a word, and several are a phrase. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*/gu;

/** FTS5 ends a text at U+0000. */
export const storedWords = (text: string): string =>
  text.replaceAll("\0", " ").replace(unspaced, " $& ");

const stopWords: ReadonlySet<string> = new Set(englishStopWords);

/** Any of the words of a question that tell something, or of all where none does; empty where it has none. */
export function searchedWords(query: string): string {
  const words = query.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu) ?? [];
  const telling = words.filter((word) => !stopWords.has(word.toLowerCase()));
  return [...new Set(telling.length ? telling : words)]
    .map((word) => `"${storedWords(word)}"`)
    .join(" OR ");
}

/** Names: which are the same, and which of them stand in a text. */
import { englishStopWords } from "../words/stop-words.ts";
import { isUnspaced } from "../words/terms.ts";

/** By what names are the same: letters, numbers and what follows them in "C++" and "C#"; case and article aside. */
export const keyOf = (name: string): string =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .trim()
    .replace(/^(?:the|an?)\s+(?=\S)/, "")
    .replace(
      /((?<=[\p{L}\p{N}])(?:\+{1,2}|#)(?![\p{L}\p{N}+#]))|[^\p{L}\p{N}\p{M}]+/gu,
      (_, kept) => kept ?? " ",
    )
    .trim();

const stopWords: ReadonlySet<string> = new Set(englishStopWords);
/** A shorter word may begin others by chance. */
const telling = 4;

/**
 * Whether a text has a name, or a word of it that tells something: "Curie" of "Marie Curie".
 * @param words of the text, as {@link keyOf} gives them
 * @param key of the name
 */
export function isNamed(words: string, key: string): boolean {
  const text = ` ${words} `;
  if (text.includes(` ${key} `)) return true;
  return key.split(" ").some((word) => {
    if (stopWords.has(word)) return false;
    if (isUnspaced(word)) return word.length > 1 && text.includes(word);
    // With an ending or without.
    return text.includes(word.length < telling ? ` ${word} ` : ` ${word}`);
  });
}

/** A name in a question has no more words, or no more letters where no space is put between words. */
const longest = { words: 6, letters: 20 };

/** Names that stand in a text, the longest where one stands in another. @param known keys of names */
export function namesIn(text: string, known: { has(key: string): boolean }): string[] {
  const found = new Set<string>();
  const look = (parts: readonly string[], most: number, joint: string): void => {
    for (let from = 0; from < parts.length; from++) {
      let length = Math.min(most, parts.length - from);
      const key = () => parts.slice(from, from + length).join(joint);
      while (length > 0 && !known.has(key())) length--;
      if (length > 0) {
        found.add(key());
        from += length - 1;
      } else if (joint && isUnspaced(parts[from]!)) look([...parts[from]!], longest.letters, "");
    }
  };
  look(keyOf(text).split(" "), longest.words, " ");
  return [...found];
}

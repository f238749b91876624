/** Splits text into the words that a search compares, and ranks texts by those that they hold. Pure. */

/** Scripts that put no space between words: their words are pairs of characters. */
const unspaced =
  "[[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}]&&[\\p{L}\\p{M}]]";
const pieces = new RegExp(`(${unspaced}+)|[[\\p{L}\\p{N}\\p{M}]--${unspaced}]+`, "gv");

const plain = /^[\0-\x7f]*$/;

/** Of a longer text the rest is not searched, of a longer word the end: full-text indexes have such limits. */
const maxText = 65_536;
const maxWord = 64;
const maxQueryWords = 64;

/** The distinct words of a text, in any case and Unicode form the same; letters, digits and marks only. */
export function textWords(text: string): Set<string> {
  return words(text, (characters) => [...characters, ...pairs(characters)]);
}

/** The distinct words that a query asks for, the first 64. */
export function queryWords(query: string): string[] {
  const found = words(query, (characters) =>
    characters.length > 1 ? pairs(characters) : characters,
  );
  return [...found].slice(0, maxQueryWords);
}

function words(text: string, split: (characters: string[]) => string[]): Set<string> {
  const found = new Set<string>();
  const start = text.slice(0, maxText);
  // Most text is plain, and split three times as fast so.
  if (plain.test(start)) {
    for (const word of start.toLowerCase().match(/[a-z0-9]+/g) ?? []) found.add(clip(word));
    return found;
  }
  const normal = start.normalize("NFKC").slice(0, maxText);
  for (const [piece, run] of normal.matchAll(pieces)) {
    if (run) for (const word of split([...run])) found.add(word);
    else found.add(clip(piece.toUpperCase().toLowerCase()));
  }
  return found;
}

function pairs(characters: string[]): string[] {
  return characters.slice(1).map((character, i) => characters[i]! + character);
}

function clip(word: string): string {
  return word.length <= maxWord ? word : [...word].slice(0, maxWord).join("");
}

/**
 * Those that hold a word of the query, the best first: a word weighs the more the fewer of them hold it.
 * Equals stay in the order in which they came.
 */
export function rank<T>(
  query: readonly string[],
  candidates: Iterable<T>,
  wordsOf: (candidate: T) => ReadonlySet<string>,
): T[] {
  const hits: { candidate: T; held: string[] }[] = [];
  const holders = new Map<string, number>();
  for (const candidate of candidates) {
    const has = wordsOf(candidate);
    const held = query.filter((word) => has.has(word));
    if (held.length === 0) continue;
    hits.push({ candidate, held });
    for (const word of held) holders.set(word, (holders.get(word) ?? 0) + 1);
  }
  const weight = (word: string) => Math.log(1 + hits.length / holders.get(word)!);
  return hits
    .map(({ candidate, held }) => ({
      candidate,
      score: held.reduce((sum, word) => sum + weight(word), 0),
    }))
    .sort((a, b) => b.score - a.score)
    .map(({ candidate }) => candidate);
}

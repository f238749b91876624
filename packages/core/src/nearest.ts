/** "Did you mean": the nearest of some known words. */

/** Edit distance (Levenshtein), in insertions, deletions and replacements. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

const plain = (text: string) => text.toLowerCase().replaceAll(/[_-]/g, "");

/** How far one word is from another; one that holds the other whole is near (`ollama_chat`, `hosted_vllm`). */
function farness(a: string, b: string): number {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const at = short.length > 2 ? long.indexOf(short) : -1;
  return at < 0 ? distance(a, b) : Math.min(distance(a, b), at ? 2 : 1);
}

/** The known word nearest to `word`, or undefined when none is near. Case does not count. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.ceil(word.length / 3)) + 1;
  for (const candidate of known) {
    const d = farness(plain(word), plain(candidate));
    if (d < bestDistance) [best, bestDistance] = [candidate, d];
  }
  return best;
}

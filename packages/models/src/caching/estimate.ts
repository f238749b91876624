/** About how many tokens a piece of a request is: good for "is it long enough", for no bill. Pure. */

/** A picture, a recording or a file: what its bytes say in base64 is no text. */
const mediaTokens = 1000;

/** Letters of scripts that tokenizers cut letter by letter. */
const dense = /[\u0e00-\u0eff\u1100-\u11ff\u2e80-\uffef]/g;

/** About a quarter of its letters; of Chinese, Japanese, Korean and Thai all. */
export function tokensOfText(text: string): number {
  const letters = text.match(dense)?.length ?? 0;
  return Math.ceil((text.length - letters) / 4 + letters);
}

/** Of any JSON: texts and keys count, long base64 does not. */
export function tokensOf(value: unknown): number {
  if (typeof value === "string") return isMedia(value) ? mediaTokens : tokensOfText(value);
  if (typeof value !== "object" || value === null) return 1;
  let sum = 0;
  for (const [key, inner] of Object.entries(value)) {
    if (marks.has(key)) continue;
    sum += (Array.isArray(value) ? 0 : Math.ceil(key.length / 4)) + tokensOf(inner);
  }
  return sum;
}

/** The keys that say where a prefix ends: they are no part of the prompt. */
export const marks: ReadonlySet<string> = new Set(["cache_control", "prompt_cache_breakpoint"]);

function isMedia(text: string): boolean {
  return text.startsWith("data:") || (text.length > 2000 && /^[\w+/=-]{2000}/.test(text));
}

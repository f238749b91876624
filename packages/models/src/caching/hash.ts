/** A quick hash, to tell texts apart, not to hide them. Pure. */

/** 53 bits as 14 hexadecimal digits (cyrb53, public domain, by bryc). */
export function hashOf(text: string, seed: number): string {
  return numberOf(text, seed).toString(16).padStart(14, "0");
}

/** The same as a number. */
export function numberOf(text: string, seed: number): number {
  let one = 0xdeadbeef ^ seed;
  let two = 0x41c6ce57 ^ seed;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 2654435761);
    two = Math.imul(two ^ code, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return 4294967296 * (2097151 & two) + (one >>> 0);
}

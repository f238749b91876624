/** The simulator's tokens: words cut into pieces of at most eight characters. */

/** Splits a text into the pieces that the simulator counts and streams; joined they are the text. */
export function pieces(text: string): string[] {
  return text.match(/\s*\S{1,8}|\s+$/gu) ?? [];
}

/** The number of simulator tokens in a text. */
export function countTokens(text: string): number {
  return pieces(text).length;
}

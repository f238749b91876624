/** Text of anybody's as it may be shown: nothing in it is unseen or turns around what is beside it. */

/** Control characters, what turns letters around, and what XML has no place for. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

/** @param most characters, beyond which it ends in "…" */
export function visible(text: string, most: number): string {
  const cut = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return cut
    .toWellFormed()
    .replace(/\r\n?/g, "\n")
    .replace(unseen, (sign) => {
      return `[U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`;
    });
}

/** As it may stand between tags and in quoted attributes, of HTML and of SVG. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

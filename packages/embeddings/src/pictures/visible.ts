/** Text of anybody's as it may be shown: nothing in it is unseen or turns around what is beside it. */

/** Control characters, what turns letters around, and what XML has no place for. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

/** @param most characters, beyond which it ends in "…"; of 0 there is nothing */
export function visible(text: string, most: number): string {
  return cut(text, most)
    .toWellFormed()
    .replace(/\r\n?/g, "\n")
    .replace(unseen, (sign) => {
      return `[U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`;
    });
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  if (most === 0) return "";
  // No half of a pair.
  const end = /[\ud800-\udbff]/.test(text[most - 2] ?? "") ? most - 2 : most - 1;
  return `${text.slice(0, end)}…`;
}

/** As it may stand between tags and in quoted attributes, of HTML and of SVG. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Text as it may stand in HTML, between tags and in quoted attributes. */

/** What means something in HTML, is not seen, or turns around the letters beside it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const special = /[&<>"'\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Control characters are shown by their numbers. */
export function escaped(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(special, (sign) => {
    const code = sign.charCodeAt(0);
    if (/[&<>"']/.test(sign)) return `&#${code};`;
    return `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
  });
}

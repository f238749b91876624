/** Text from models and tools as a terminal may be given it: nothing in it moves the cursor or turns letters around. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Control characters as signs that can be seen. Letter by letter, so a stream may be cut anywhere. */
export function safe(text: string): string {
  return text.replace(unseen, (letter) => {
    const code = letter.charCodeAt(0);
    if (letter === "\r") return "";
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "\u2421" : "\ufffd";
  });
}

/** The same in one line, no longer than `most`. */
export function line(text: string, most: number): string {
  const flat = safe(text.replace(/\s+/g, " ").trim());
  if (flat.length <= most) return flat;
  return `${flat.slice(0, Math.max(0, most - 1)).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** JSON in one line, in which a terminal finds nothing to obey either. */
export const jsonLine = (value: unknown): string =>
  (JSON.stringify(value) ?? "null").replace(
    /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

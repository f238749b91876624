/** Where a text stops being JSON. Engines word it differently and often leave the position out. */

type Expected =
  | "value"
  | "value or end"
  | "key"
  | "key or end"
  | "colon"
  | "comma or end"
  | "nothing";

const space = /[ \t\r\n]*/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const cutEscape = /^\\(?:u[0-9a-fA-F]{0,3})?$/;

/** @returns the index of the first character that cannot stand there; `text.length` when more should come */
export function breakPosition(text: string): number {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  let at = 0;
  const after = (): Expected => (open.length > 0 ? "comma or end" : "nothing");

  for (;;) {
    at = end(space, text, at) ?? at;
    const char = text[at];
    if (char === undefined) return at;
    const inObject = open.at(-1) === "{";
    if (expected === "nothing") return at;
    if ((char === "}" || char === "]") && expected.endsWith("or end")) {
      if ((char === "}") !== inObject) return at;
      open.pop();
      expected = after();
      at++;
    } else if (expected === "comma or end") {
      if (char !== ",") return at;
      expected = inObject ? "key" : "value";
      at++;
    } else if (expected === "colon") {
      if (char !== ":") return at;
      expected = "value";
      at++;
    } else if (char === '"') {
      const string = endOfString(text, at);
      if (!string.closed) return string.at;
      at = string.at;
      expected = expected.startsWith("key") ? "colon" : after();
    } else if (expected.startsWith("key")) {
      return at;
    } else if (char === "{" || char === "[") {
      open.push(char);
      expected = char === "{" ? "key or end" : "value or end";
      at++;
    } else {
      const next = end(scalar, text, at);
      if (next === undefined) return at;
      at = next;
      expected = after();
    }
  }
}

/** The index behind the match of a sticky pattern at `at`. */
function end(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function endOfString(text: string, start: number): { at: number; closed: boolean } {
  let at = start + 1;
  while (at < text.length) {
    const char = text[at]!;
    if (char === '"') return { at: at + 1, closed: true };
    if (char < " ") return { at, closed: false };
    if (char !== "\\") at++;
    else {
      const next = end(escaped, text, at);
      if (next === undefined) {
        const isCut = cutEscape.test(text.slice(at, at + 6)) && text.length < at + 6;
        return { at: isCut ? text.length : at, closed: false };
      }
      at = next;
    }
  }
  return { at, closed: false };
}

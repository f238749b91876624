/** The JSON value in a model's text: plain, in a code fence, or with words around it. */
import { SchemaValidationError } from "../errors.ts";
import { breakPosition } from "./json-break.ts";

/**
 * @param text plain JSON, JSON in a ``` fence, or prose around one object or array
 * @throws SchemaValidationError saying where the JSON breaks, with an excerpt; `text` holds it all
 */
export function parseJsonReply(text: string): unknown {
  const trimmed = text.replace(/^\uFEFF/, "").trim();
  if (trimmed === "") throw new SchemaValidationError("the reply is empty, not JSON", { text });
  try {
    return JSON.parse(trimmed);
  } catch {
    const found = [...candidates(trimmed)];
    if (found.length === 1) return found[0];
    throw new SchemaValidationError(
      found.length > 1
        ? `${found.length} JSON values stand in the reply, one was asked for`
        : `not JSON ${breakIn(trimmed)}`,
      { text },
    );
  }
}

/** The objects and arrays that stand in the text; inside code fences first, and alone where any. */
function* candidates(text: string): Generator<unknown> {
  const fenced = [...text.matchAll(/```[\w-]*\s*([\s\S]*?)```/g)].map((match) => match[1]!.trim());
  const values = fenced.map(parse).filter((value) => value !== undefined);
  if (values.length > 0) yield* values;
  else yield* embedded(text);
}

/** Bracketed words ("[1]", "{it}") that are passed over before we stop looking for JSON. */
const MAX_BROKEN = 1000;

/**
 * Objects and arrays among words. What is cut or broken ends the search or is passed over whole:
 * a piece from inside of it would be a wrong answer.
 */
function* embedded(text: string): Generator<unknown> {
  let broken = 0;
  for (let start = 0; start < text.length && broken < MAX_BROKEN; start++) {
    if (text[start] !== "{" && text[start] !== "[") continue;
    const end = balancedEnd(text, start);
    if (end === undefined) return;
    const value = parse(text.slice(start, end));
    if (value === undefined) broken++;
    else yield value;
    start = end - 1;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The index behind the bracket that closes the one at `start`; undefined when none does. */
function balancedEnd(text: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === "\\") i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "{" || char === "[") depth++;
    else if ((char === "}" || char === "]") && --depth === 0) return i + 1;
  }
  return undefined;
}

/** Says where the part of a text that looks like JSON breaks, with an excerpt. */
export function breakIn(text: string): string {
  const fence = /```[\w-]*\s*/.exec(text);
  const bracket = text.search(/[{[]/);
  const start = fence ? fence.index + fence[0].length : Math.max(0, bracket);
  const position = start + breakPosition(text.slice(start));
  const excerpt = JSON.stringify(text.slice(Math.max(0, position - 20), position + 20));
  return position >= text.length
    ? `(it ends too early, at character ${text.length}: ${excerpt})`
    : `(it breaks at character ${position}: ${excerpt})`;
}

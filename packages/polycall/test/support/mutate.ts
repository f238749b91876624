/** Replies broken at random, the same ones for the same seed. */

/** Numbers in [0, 1) that a seed decides: mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const below = (random: Random, limit: number) => Math.floor(random() * limit);
const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)]!;

const strangers: readonly (() => Json)[] = [
  () => null,
  () => true,
  () => -1,
  () => 1e308,
  () => 4_000_000_000,
  () => 0.5,
  () => "",
  () => "stranger",
  () => "\ud800",
  () => "x".repeat(5000),
  () => [],
  () => [null],
  () => ({}),
  () => ({ type: "stranger" }),
  () => ({ error: { message: "stranger", code: 500 } }),
  () => {
    let deep: Json = [];
    for (let i = 0; i < 2000; i++) deep = [deep];
    return deep;
  },
];

/** The JSON with one value in it changed, dropped, renamed or doubled. */
function changedJson(value: Json, random: Random): Json {
  const places: [holder: { [key: string]: Json } | Json[], key: string | number][] = [];
  const root = { value };
  const walk = (holder: { [key: string]: Json } | Json[]) => {
    for (const key of Object.keys(holder)) {
      places.push([holder, key]);
      const inner = (holder as { [key: string]: Json })[key];
      if (typeof inner === "object" && inner !== null) walk(inner);
    }
  };
  walk(root);
  const [holder, key] = pick(random, places);
  const object = holder as { [key: string]: Json };
  const kind = below(random, 8);
  if (kind < 5 || holder === root) object[key] = pick(random, strangers)();
  else if (Array.isArray(holder)) holder.splice(Number(key), kind === 5 ? 1 : 0, object[key]!);
  else if (kind === 5) delete object[key];
  else if (kind === 6) {
    object[`${key}_`] = object[key]!;
    delete object[key];
  } else object[key] = pick(random, Object.values(object));
  return root.value;
}

/** Where the JSON documents of a text stand: one for a reply, one for each event of a stream. */
function documentsIn(text: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (const { 0: line, index } of text.matchAll(/[^\n]+/g)) {
    const start = index + (line.startsWith("data:") ? line.indexOf("{") : 0);
    if (text[start] === "{") found.push({ start, end: index + line.trimEnd().length });
  }
  const whole = text.startsWith("{") && !/\n\{/.test(text);
  return whole ? [{ start: 0, end: text.length }] : found;
}

function withChangedJson(text: string, random: Random): string {
  const documents = documentsIn(text);
  if (documents.length === 0) return text;
  const { start, end } = pick(random, documents);
  try {
    const changed = changedJson(JSON.parse(text.slice(start, end)) as Json, random);
    return text.slice(0, start) + JSON.stringify(changed) + text.slice(end);
  } catch {
    return text;
  }
}

/** Events, or lines: what a stream consists of. */
function withMovedEvent(text: string, random: Random): string {
  const events = text.split(/(?<=\n\r?\n)|(?<=\}\n)(?=\{)/);
  const at = below(random, events.length);
  const [event = ""] = events.splice(at, below(random, 3) ? 1 : 0);
  if (below(random, 2)) events.splice(below(random, events.length + 1), 0, event);
  return events.join("");
}

const garbage = [
  "\0",
  "\n",
  "\n\n",
  "data: ",
  "data: [DONE]\n\n",
  '"',
  "}",
  "{",
  ",",
  "\\",
  "\u2028",
];

function withChangedText(text: string, random: Random): string {
  const start = below(random, text.length + 1);
  const length = below(random, 40);
  const kind = below(random, 5);
  const [before, part, after] = [
    text.slice(0, start),
    text.slice(start, start + length),
    text.slice(start + length),
  ];
  if (kind === 0) return before;
  if (kind === 1) return before + after;
  if (kind === 2) return before + part + part + after;
  if (kind === 3) return before + pick(random, garbage) + part + after;
  return before + [...part].reverse().join("") + after;
}

function withChangedByte(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice();
  if (changed.length > 0) changed[below(random, changed.length)]! ^= 1 << below(random, 8);
  return changed;
}

/** One to three things wrong with a reply. */
export function mutated(reply: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  let bytes = new Uint8Array(reply);
  for (let left = 1 + below(random, 3); left > 0; left--) {
    const kind = below(random, 10);
    const text = Buffer.from(bytes).toString("utf8");
    if (kind < 6) bytes = new TextEncoder().encode(withChangedJson(text, random));
    else if (kind < 8) bytes = new TextEncoder().encode(withMovedEvent(text, random));
    else if (kind < 9) bytes = new TextEncoder().encode(withChangedText(text, random));
    else bytes = new Uint8Array(withChangedByte(bytes, random));
  }
  return bytes;
}

/** The bytes in up to four pieces. */
export function torn(bytes: Uint8Array, random: Random): ReadableStream<Uint8Array> {
  const cuts = Array.from({ length: below(random, 4) }, () => below(random, bytes.length + 1));
  const ends = [...cuts.sort((a, b) => a - b), bytes.length];
  let start = 0;
  return new ReadableStream({
    pull(controller) {
      const end = ends.shift();
      if (end === undefined) controller.close();
      else controller.enqueue(bytes.subarray(start, end));
      start = end ?? start;
    },
  });
}

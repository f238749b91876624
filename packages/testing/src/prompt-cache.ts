/** The simulator's prompt caches: entries by the exact beginning of a prompt, as each service keeps them. */
import { createHash } from "node:crypto";
import { type CacheHabits, cacheHabits } from "./cache-habits.ts";
import type { JsonObject } from "./json.ts";
import { asArray, asObject, asString } from "./json.ts";
import type { SimulatedProvider } from "./providers.ts";
import { countTokens } from "./tokens.ts";

/** What of the input was read from the cache and written to it, in tokens. */
export interface CacheCounts {
  read: number;
  written: number;
  /** Those of `written` that are kept for an hour. */
  writtenForAnHour: number;
}

interface Piece {
  text: string;
  /** How long it is asked to be kept, where it ends a prefix. */
  mark?: string;
}

interface Entry {
  tokens: number;
  /** ms since 1970. */
  until: number;
}

/** Blocks that a mark looks back over for an older entry (Anthropic's documentation). */
const lookBack = 20;
const mostEntries = 10_000;

const ms: Readonly<Record<string, number>> = {
  "5m": 300_000,
  "30m": 1_800_000,
  "1h": 3_600_000,
  "12h": 43_200_000,
};

const none: CacheCounts = { read: 0, written: 0, writtenForAnHour: 0 };

export class PromptCache {
  readonly #entries = new Map<string, Entry>();

  clear(): void {
    this.#entries.clear();
  }

  /**
   * Reads the longest beginning that is there, and writes what the request asks to be kept.
   * @param input the tokens of the whole input
   */
  use(provider: SimulatedProvider, model: string, body: JsonObject, input: number): CacheCounts {
    const habits = cacheHabits(provider, model, body);
    const pieces = piecesOf(body);
    if (habits.mode === "none" || !pieces.length) return none;
    const now = Date.now();
    const chain = chainOf(`${provider.name}\n${model}`, pieces);
    const weights = sums(pieces);
    const offsets = this.#offsets(chain, weights, input, now);
    const ends = endsOf(pieces, habits, body);
    const read = this.#read(chain, from(pieces, ends, habits, body), habits, now);
    let upTo = read;
    let upToHour = read;
    for (const [at, mark] of ends) {
      const tokens = offsets[at]!;
      // A scripted usage may say more than the prompt holds: that is not cached.
      if (Math.min(tokens, weights[at]!) < habits.minimum) continue;
      this.#entries.set(chain[at]!, { tokens, until: now + (ms[mark] ?? habits.keptMs) });
      upTo = Math.max(upTo, tokens);
      if (mark === "1h") upToHour = Math.max(upToHour, tokens);
    }
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= mostEntries) break;
      this.#entries.delete(key);
    }
    const seen = Math.floor(read / habits.step) * habits.step;
    if (habits.mode === "automatic") return { ...none, read: Math.min(seen, input) };
    return { read: seen, written: upTo - read, writtenForAnHour: upToHour - read };
  }

  #alive(key: string, now: number): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.until > now ? entry : undefined;
  }

  /** Tokens up to the end of each piece; those of a beginning that is known are what they were. */
  #offsets(chain: string[], weights: number[], input: number, now: number): number[] {
    const total = Math.max(1, weights.at(-1)!);
    return weights.map((weight, at) => {
      const share = Math.floor((input * weight) / total);
      return Math.min(input, this.#alive(chain[at]!, now)?.tokens ?? share);
    });
  }

  #read(chain: string[], ends: number[], habits: CacheHabits, now: number): number {
    for (const end of ends.toReversed()) {
      const least = habits.mode === "marks" ? Math.max(0, end - lookBack + 1) : end;
      for (let at = end; at >= least; at--) {
        const entry = this.#alive(chain[at]!, now);
        if (entry) return entry.tokens;
      }
    }
    return 0;
  }
}

/** The simulator's tokens up to the end of each piece. */
function sums(pieces: Piece[]): number[] {
  let sum = 0;
  return pieces.map(({ text }) => {
    sum += countTokens(text);
    return sum;
  });
}

/** For each piece a name of all that stands up to its end. */
function chainOf(start: string, pieces: Piece[]): string[] {
  let link = start;
  return pieces.map(({ text }) => {
    link = createHash("sha256").update(link).update(text).digest("base64");
    return link;
  });
}

/** The pieces at whose end an entry may begin or be found, and how long it is asked to be kept. */
function endsOf(pieces: Piece[], { mode }: CacheHabits, body: JsonObject): Map<number, string> {
  const ends = new Map<number, string>();
  for (const [at, { mark }] of pieces.entries()) {
    if (mark !== undefined) ends.set(at, mark);
    else if (mode === "automatic") ends.set(at, "");
  }
  const whole = asObject(body.cache_control);
  if ((mode === "marks" && whole.type) || isImplicit(mode, body)) {
    ends.set(pieces.length - 1, asString(whole.ttl));
  }
  return ends;
}

function isImplicit(mode: CacheHabits["mode"], body: JsonObject): boolean {
  return mode === "breakpoints" && asObject(body.prompt_cache_options).mode !== "explicit";
}

/** The pieces at whose end an entry is looked for: an implicit breakpoint of earlier is nowhere marked. */
function from(
  pieces: Piece[],
  ends: ReadonlyMap<number, string>,
  { mode }: CacheHabits,
  body: JsonObject,
): number[] {
  return isImplicit(mode, body) ? [...pieces.keys()] : [...ends.keys()];
}

/** The prompt in the order in which it is read: tools, system, messages. */
function piecesOf(body: JsonObject): Piece[] {
  const system = asObject(body.systemInstruction ?? body.system_instruction).parts ?? body.system;
  const messages = body.messages ?? body.input ?? body.contents;
  return [
    ...asArray(body.tools).map((tool) => piece("tool", tool)),
    ...listed(body.instructions ?? system).map((part) => piece("system", part)),
    ...listed(messages).flatMap(messagePieces),
  ];
}

const listed = (value: unknown): unknown[] =>
  typeof value === "string" ? [{ type: "text", text: value }] : asArray(value);

/** A string and a lone text part say the same. */
function messagePieces(message: unknown): Piece[] {
  const { content, parts, output, ...rest } = asObject(message);
  const inner = listed(content ?? parts ?? output);
  const head = JSON.stringify(rest, withoutMarks);
  const pieces = inner.map((part) => piece(head, part));
  const own = markOf(rest);
  if (!pieces.length) return [{ text: head, ...(own !== undefined && { mark: own }) }];
  return pieces;
}

function piece(head: string, value: unknown): Piece {
  const { type, text, ...rest } = asObject(value);
  const said = typeof text === "string" ? `${text}${JSON.stringify(rest, withoutMarks)}` : "";
  const mark = markOf(asObject(value));
  return {
    text: `${head} ${said || JSON.stringify({ type, ...rest }, withoutMarks)}`,
    ...(mark !== undefined && { mark }),
  };
}

function markOf(value: JsonObject): string | undefined {
  const mark = asObject(value.cache_control ?? value.prompt_cache_breakpoint);
  return mark.type || mark.mode ? asString(mark.ttl) : undefined;
}

function withoutMarks(key: string, value: unknown): unknown {
  return key === "cache_control" || key === "prompt_cache_breakpoint" ? undefined : value;
}

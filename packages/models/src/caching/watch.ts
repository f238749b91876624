/** Remembers the calls of a client, in prints, and says what broke a cache that used to hit. */
import type { CacheBreak, CachePlan, CompletionData, Plan } from "@polycall/core";
import { changeOf, isSameAgent, isSameTalk, likeness, otherCause, tooShort } from "./compare.ts";
import { type Print, printOf } from "./print.ts";

/** Calls that are remembered for each client. */
const most = 100;

const memories = new WeakMap<object, Print[]>();
const seed = Math.floor(Math.random() * 2 ** 31);

/** When the call of a plan began: what ended later was no help to it. */
const starts = new WeakMap<object, number>();

/** Notes that a call begins. @param cache its plan's */
export function begin(cache: CachePlan): void {
  starts.set(cache, Date.now());
}

/** Oldest first; the new call takes the place of the one that it goes on from. */
export function watch(client: object, plan: Plan, reply: CompletionData): CacheBreak | undefined {
  if (plan.cache?.off) return undefined;
  const memory = memories.get(client) ?? [];
  memories.set(client, memory);
  const at = Date.now();
  const from = (plan.cache && starts.get(plan.cache)) ?? at;
  const now = printOf(plan, reply, seed, { from, at });
  const before = forerunner(memory, now);
  if (before && before.model === now.model && isSameTalk(before, now)) {
    memory.splice(memory.indexOf(before), 1);
  }
  memory.push(now);
  if (memory.length > most) memory.shift();
  return before && breakOf(before, now);
}

/** The call that this one should have found in the cache: the same model's, the same talk's, the likest, the last. */
function forerunner(memory: readonly Print[], now: Print): Print | undefined {
  let best: Print | undefined;
  let rank: number[] = [];
  for (const print of memory) {
    if (print.provider !== now.provider || print.at > now.from) continue;
    const talk = isSameTalk(print, now);
    const sharesModel = print.model === now.model;
    // Another model's cache was this talk's only if the talk went on there.
    if (!talk && !(sharesModel && isSameAgent(print, now))) continue;
    const own = [Number(sharesModel), Number(talk), likeness(print, now)];
    if (!best || isAtLeast(own, rank)) {
      best = print;
      rank = own;
    }
  }
  return best;
}

function isAtLeast(one: readonly number[], other: readonly number[]): boolean {
  for (const [at, value] of one.entries()) if (value !== other[at]) return value > other[at]!;
  return true;
}

/** OpenAI counts in steps of 128 tokens; a rounding is no break. */
const step = 128;

function breakOf(before: Print, now: Print): CacheBreak | undefined {
  const isTalk = isSameTalk(before, now);
  const change = changeOf(before, now);
  // Who caches by itself says what was read, not what was written: all that is long enough may be there.
  const hidden =
    before.mechanism === "automatic" && before.prompt >= Math.max(before.minimum, 1024);
  const left = before.cached || (hidden && change ? before.prompt : 0);
  const lost = left - now.read;
  if (left === 0 || lost < step) return undefined;
  if (isTalk) return { ...(tooShort(now) ?? change ?? otherCause(before, now)), lost };
  // Another talk of the same agent shares tools and system only, and how many tokens those are is not known.
  if (change && change.kind !== "messages") return now.read ? undefined : { ...change, lost };
  return undefined;
}

/**
 * Cache marks within what the API takes: four over tools, system and messages, an automatic one
 * included; those for an hour before those for five minutes; none on thinking or empty text.
 */
import type { Changes, CompletionRequest } from "@polycall/core";
import { type Block, isObject, isThinkingBlock, type Turn } from "./blocks.ts";
import type { Tool } from "./tools.ts";

const maxMarks = 4;

interface Marked {
  system: Block[];
  turns: Turn[];
  tools: Tool[];
}

interface Mark {
  cache_control?: unknown;
}

/**
 * Keeps the first mark (tools or system, which stay the same from call to call) and the last ones,
 * which cover most.
 */
export function limitMarks(
  { system, turns }: Pick<Marked, "system" | "turns">,
  tools: Tool[],
  request: CompletionRequest,
  changes: Changes,
): Marked {
  const given = { system, turns, tools };
  const marks: unknown[] = [];
  collect(tools, marks);
  collect(system, marks);
  for (const { content } of turns) collect(content, marks);
  if (!marks.length) return given;
  const most = isObject((request as Mark).cache_control) ? maxMarks - 1 : maxMarks;
  const kept = marks.filter((mark) => mark !== forbidden);
  if (kept.length < marks.length) {
    const reason = "thinking and empty text carry no cache mark";
    const from = marks.length - kept.length;
    changes.hint({ param: "cache_control", action: "dropped", from, to: 0, reason });
  }
  if (kept.length > most) {
    const reason = `this API takes ${maxMarks} marks: the first and the last ${most - 1} stay`;
    const from = kept.length;
    changes.hint({ param: "cache_control", action: "dropped", from, to: most, reason });
  }
  const stays = (at: number) => at === 0 || at > kept.length - most;
  const places = kept.map((mark, at) => ({ mark, stays: kept.length <= most || stays(at) }));
  const late = hoursAfterMinutes(places.filter(({ stays }) => stays).map(({ mark }) => mark));
  if (late.size) {
    const reason = "this API takes marks for an hour only before those for five minutes";
    changes.hint({ param: "cache_control.ttl", action: "clamped", from: "1h", to: "5m", reason });
  }
  if (kept.length === marks.length && kept.length <= most && !late.size) return given;
  let at = 0;
  let staying = 0;
  return each(given, (block) => {
    const { cache_control, ...rest } = block;
    if (isForbidden(block) || !places[at++]!.stays) return rest as typeof block;
    if (!late.has(staying++)) return block;
    return { ...block, cache_control: { ...(cache_control as object), ttl: "5m" } };
  });
}

/** Stands in the list of marks for one that the API refuses. */
const forbidden = Symbol("a mark on thinking or empty text");

function isForbidden(block: object): boolean {
  const { type, text } = block as Block;
  return isThinkingBlock(block as Block) || (type === "text" && !String(text).trim());
}

/** The marks, those inside tool results included, in the order in which the API reads them. */
function collect(blocks: readonly object[], marks: unknown[]): void {
  for (const block of blocks) {
    const { cache_control, content } = block as Mark & { content?: unknown };
    if (Array.isArray(content)) collect(content, marks);
    if (cache_control) marks.push(isForbidden(block) ? forbidden : cache_control);
  }
}

/** Which of these marks are for an hour and come after one that is for five minutes. */
function hoursAfterMinutes(marks: readonly unknown[]): Set<number> {
  const isHour = (mark: unknown) => isObject(mark) && mark.ttl === "1h";
  const first = marks.findIndex((mark) => !isHour(mark));
  const late = new Set<number>();
  for (const [at, mark] of marks.entries())
    if (first >= 0 && at > first && isHour(mark)) late.add(at);
  return late;
}

/** Edits each block that has a mark, in the order of `collect`. */
function each({ system, turns, tools }: Marked, edit: <B extends object>(block: B & Mark) => B) {
  const one = <B extends object>(block: B): B => {
    const { content } = block as { content?: unknown };
    const inner = Array.isArray(content) ? { ...block, content: content.map(one) } : block;
    return (inner as Mark).cache_control ? edit(inner as B & Mark) : (inner as B);
  };
  return {
    tools: tools.map(one),
    system: system.map(one),
    turns: turns.map((turn) => ({ ...turn, content: turn.content.map(one) })),
  };
}

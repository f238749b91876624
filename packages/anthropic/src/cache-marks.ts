/** Cache marks within what the API takes: four over tools, system and messages, an automatic one included. */
import type { Changes, CompletionRequest } from "@polycall/core";
import type { Block, Turn } from "./blocks.ts";
import type { Tool } from "./tools.ts";

const maxMarks = 4;

interface Marked {
  system: Block[];
  turns: Turn[];
  tools: Tool[];
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
  const most = "cache_control" in request ? maxMarks - 1 : maxMarks;
  let found = marksIn(tools) + marksIn(system);
  for (const { content } of turns) found += marksIn(content);
  if (found <= most) return { system, turns, tools };
  const reason = `this API takes ${maxMarks} marks: the first and the last ${most - 1} stay`;
  changes.hint({ param: "cache_control", action: "dropped", from: found, to: most, reason });
  let at = 0;
  return each({ system, turns, tools }, (block) => {
    at++;
    if (at === 1 || at > found - most + 1) return block;
    const { cache_control: _, ...rest } = block;
    return rest as typeof block;
  });
}

/** How many blocks have a mark, those inside tool results included. */
function marksIn(blocks: readonly object[]): number {
  let found = 0;
  for (const { cache_control, content } of blocks as readonly (Mark & { content?: unknown })[]) {
    if (cache_control) found++;
    if (Array.isArray(content)) found += marksIn(content);
  }
  return found;
}

/** Edits each block that has a mark, in the order in which the API reads them. */
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

interface Mark {
  cache_control?: unknown;
}

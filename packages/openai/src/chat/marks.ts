/** Cache marks in the words of the host: on parts, as OpenAI's breakpoints, or left out. Pure. */
import type { CacheControl, Changes, Message, WireTool } from "@polycall/core";
import { takesBreakpoints } from "../models.ts";
import type { Draft } from "../quirks/quirk.ts";
import type { HostRow } from "./host-row.ts";

type Part = { readonly [key: string]: unknown };

interface Marked {
  cache_control?: CacheControl | null;
}

/** A part whose mark was taken off, with the mark as the host has it; the same part where it has none. */
type Edit = (part: Part, mark: CacheControl, place: string) => Part;

const has = (one: object) => "cache_control" in one;

/**
 * A message with its marks as the host takes them. LiteLLM's mark on a whole message is one on its
 * last part. What the model wrote carries none at OpenAI.
 * @param placeOf where the message stands in the caller's request
 */
export function wireMarks<M extends Message>(
  message: M,
  placeOf: () => string,
  draft: Draft,
  row: HostRow,
): M {
  const { content } = message;
  const inParts = Array.isArray(content) && content.some(has);
  const keeps = !!row.extras?.includes("cache_control");
  if (!has(message) && (keeps || !inParts)) return message;
  const { cache_control: own, ...edited } = message as M & Marked;
  const place = placeOf();
  const edit = keeps ? kept : editOf(message, draft, row);
  let parts = content as string | Part[] | null | undefined;
  if (inParts && !keeps) {
    parts = (content as unknown as Part[]).map((part, index) => {
      const { cache_control, ...rest } = part as Part & Marked;
      return cache_control ? edit(rest, cache_control, `${place}.content[${index}]`) : rest;
    });
  }
  if (own) {
    const list: Part[] = Array.isArray(parts)
      ? parts
      : parts
        ? [{ type: "text", text: parts }]
        : [];
    const last = list.at(-1);
    const marked = (last ? edit : drop(draft.changes))(last ?? {}, own, place);
    if (last && marked !== last) parts = list.with(-1, marked);
  }
  return { ...edited, content: parts } as unknown as M;
}

/** Tools whose marks the host does not take, without them. */
export function unmarkedTools(
  tools: readonly WireTool[] | undefined,
  draft: Draft,
  row: HostRow,
): readonly WireTool[] | undefined {
  if (row.extras?.includes("cache_control") || !tools?.some(has)) return tools;
  return tools.map((tool, index) => {
    const { cache_control, ...rest } = tool as WireTool & Marked;
    if (cache_control) drop(draft.changes)({}, cache_control, `tools[${index}]`);
    return rest as WireTool;
  });
}

/** The part's own mark is nearer than its message's. */
const kept: Edit = (part, cache_control) => ({ cache_control, ...part });

function editOf({ role }: Message, { changes, baseModel }: Draft, row: HostRow): Edit {
  const takes = role !== "assistant" && row.breakpoints && takesBreakpoints(baseModel);
  return takes ? breakpoint(changes) : drop(changes);
}

function drop(changes: Changes): Edit {
  return (part, from, place) => {
    const reason = "this host takes no cache mark here";
    changes.hint({ param: `${place}.cache_control`, action: "dropped", from, reason });
    return part;
  };
}

function breakpoint(changes: Changes): Edit {
  return (part, from, place) => {
    const param = `${place}.cache_control`;
    const ttl = from.ttl as string | undefined;
    if (ttl === "1h") {
      const reason = "entries last 30 minutes here; promptCaching.ttl can ask for 12 hours";
      changes.hint({ param, action: "clamped", from: ttl, to: "30m", reason });
    }
    const to = { mode: "explicit", ...(ttl === "12h" && { ttl }) };
    const reason = "here it is prompt_cache_breakpoint";
    changes.note({ param, action: "renamed", from, to, reason });
    return { prompt_cache_breakpoint: to, ...part };
  };
}

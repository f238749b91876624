/** The entries of a session's log, and the messages that they come to. Pure. */
import { InvalidRequestError, type Message } from "@polycall/core";
import { type Entry, type Json, StoreError, UnknownEntryError } from "./store.ts";

/** Messages that follow those before them. */
export interface MessagesEntry {
  v: 1;
  type: "messages";
  /** The run that they are of. */
  run?: string;
  messages: Message[];
}
/** The session is again as it was at the version `to`. */
export interface RewindEntry {
  v: 1;
  type: "rewind";
  to: number;
}
/** The first `replaced` messages are no longer sent; those of `by` stand for them. */
export interface CompactionEntry {
  v: 1;
  type: "compaction";
  /** The run in which it was done. */
  run?: string;
  replaced: number;
  by: Message[];
}
export type SessionEntry = MessagesEntry | RewindEntry | CompactionEntry;

/** What the logs of all sessions begin with. */
export const sessionRoot = "session/";

/** The log of a session. */
export const sessionLog = (id: string) => sessionRoot + id;

/** An entry as a store keeps it, found by what its messages say. */
export function entryOf(data: SessionEntry): Entry {
  const text = data.type === "messages" ? searchText(data.messages) : "";
  return { data: data as unknown as Json, ...(text ? { text } : {}) };
}

/** @throws InvalidRequestError for what is no list of messages */
export function checkMessages(messages: readonly Message[], param: string): Message[] {
  if (!Array.isArray(messages))
    throw new InvalidRequestError(`${param} is no list of messages.`, { param });
  const bad = messages.findIndex((message) => typeof message?.role !== "string");
  if (bad >= 0)
    throw new InvalidRequestError(`${param}[${bad}] is no message: it has no role.`, { param });
  return messages;
}

/** Results of tools come last: they are long, and a search reads but the beginning of a long text. */
function searchText(messages: readonly Message[]): string {
  const late = (message: Message) => Number(message.role === "tool" || message.role === "function");
  return [...messages]
    .sort((a, b) => late(a) - late(b))
    .map(messageText)
    .filter(Boolean)
    .join("\n");
}

/** The words that a message says: no reasoning, no arguments of calls. */
export function messageText({ content }: Message): string {
  if (typeof content === "string") return content;
  const texts = (content ?? []).map((part) =>
    "text" in part ? part.text : "refusal" in part ? part.refusal : undefined,
  );
  return texts.filter((text) => typeof text === "string").join("\n");
}

/**
 * Reads what a store has kept.
 * @throws UnknownEntryError for an entry that this polycall does not know, StoreError for a damaged one
 */
export function readEntries(log: string, entries: readonly Entry[]): SessionEntry[] {
  return entries.map(({ data }, index) => {
    const { v, type } = (data ?? {}) as { v?: unknown; type?: unknown };
    const place = `Entry ${index} of the log "${log}"`;
    if (v !== 1)
      throw new UnknownEntryError(
        `${place} is of version ${JSON.stringify(v)}; this polycall reads version 1. Use the polycall that wrote it, or a newer one.`,
      );
    const entry = data as unknown as SessionEntry;
    const whole: Record<string, () => boolean> = {
      messages: () => Array.isArray((entry as MessagesEntry).messages),
      rewind: () => isVersion((entry as RewindEntry).to, index),
      compaction: () =>
        isVersion((entry as CompactionEntry).replaced) &&
        Array.isArray((entry as CompactionEntry).by),
    };
    const check = Object.hasOwn(whole, String(type)) ? whole[String(type)] : undefined;
    if (!check)
      throw new UnknownEntryError(
        `${place} is a ${JSON.stringify(type)}, which this polycall does not know. Use the polycall that wrote it, or a newer one.`,
      );
    if (!check()) throw new StoreError(`${place}, a ${String(type)}, is damaged.`);
    return entry;
  });
}

/** Whether it is a version of a log, up to the last one. */
export function isVersion(value: unknown, last = Number.MAX_SAFE_INTEGER): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= last;
}

/** The places of the entries that count, oldest first: those that no rewind has left behind. */
export function livePlaces(entries: readonly SessionEntry[]): number[] {
  type State = { place: number; before: State } | undefined;
  const states: State[] = [undefined];
  for (const [place, entry] of entries.entries()) {
    states.push(entry.type === "rewind" ? states[entry.to] : { place, before: states[place] });
  }
  const places: number[] = [];
  for (let state = states.at(-1); state; state = state.before) places.push(state.place);
  return places.reverse();
}

/** The messages of the session: what its entries come to. */
export function foldMessages(entries: readonly SessionEntry[]): Message[] {
  let messages: Message[] = [];
  for (const place of livePlaces(entries)) {
    const entry = entries[place]!;
    if (entry.type === "messages") for (const message of entry.messages) messages.push(message);
    if (entry.type === "compaction") messages = [...entry.by, ...messages.slice(entry.replaced)];
  }
  return messages;
}

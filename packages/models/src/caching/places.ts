/** Where marks go in a request: what stays the same from call to call, and how far it has come. Pure. */
import type {
  CachingFacts,
  CompletionRequest,
  Message,
  PromptCachingOptions,
} from "@polycall/core";
import { tokensOf } from "./estimate.ts";
import { markOf, marksIn, type Place } from "./marks.ts";

/** What Anthropic takes in one request, and OpenAI writes; a limit of all who take marks. */
export const mostMarks = 4;

/** A request from a cache's point of view: tools, the system messages that lead, the turns. */
export interface Layout {
  /** Index of the last leading system message, -1 where there is none. */
  system: number;
  /** Estimated tokens up to the end of a place. */
  tokens(place: Place): number;
}

const isSystem = ({ role }: Message) => role === "system" || role === "developer";

export function layoutOf({ messages, tools }: CompletionRequest): Layout {
  const turn = messages.findIndex((message) => !isSystem(message));
  const sums = [tools?.length ? tokensOf(tools) : 0];
  for (const message of messages) sums.push(sums.at(-1)! + tokensOf(message));
  return {
    system: (turn < 0 ? messages.length : turn) - 1,
    tokens: (place) => sums[place === "tools" ? 0 : place + 1]!,
  };
}

/** A message that can carry a mark: it says something. */
function says({ content }: Message): boolean {
  return typeof content === "string" ? content.trim() !== "" : !!content?.length;
}

/** The last message of the caller's side at or before an index that can carry a mark. */
function lastAsked(messages: readonly Message[], from: number): number {
  for (let at = from; at >= 0; at--) {
    if (messages[at]!.role !== "assistant" && says(messages[at]!)) return at;
  }
  return -1;
}

/** Where the turn before the last one of the caller's side ended: the end of the call before. */
function askedBefore(messages: readonly Message[], last: number): number {
  for (let at = last; at >= 0; at--) {
    if (messages[at]!.role === "assistant") return lastAsked(messages, at);
  }
  return -1;
}

/** The places in the order in which they matter. */
function automatic(
  { messages, tools }: CompletionRequest,
  { mechanism }: CachingFacts,
  { system }: Layout,
): Place[] {
  const last = lastAsked(messages, messages.length - 1);
  const before = askedBefore(messages, last);
  const places: Place[] = [];
  // Who caches by itself marks the end of the conversation by itself.
  if (mechanism === "marks" && last > system) places.push(last);
  if (system >= 0 && says(messages[system]!)) places.push(system);
  if (before > system) places.push(before);
  // What the call before marked, should the end that it marked by itself be another one.
  const twice = mechanism === "breakpoints" ? askedBefore(messages, before) : -1;
  if (twice > system) places.push(twice);
  if (mechanism === "marks" && tools?.length) places.push("tools");
  return places;
}

export interface Placed {
  places: Place[];
  /** What was asked for and cannot be had. */
  refused: { place: string | number; reason: string }[];
  /** Places that are too short to be cached. */
  short: number;
}

/** Where to add marks, beside the caller's own. */
export function placesOf(
  request: CompletionRequest,
  option: PromptCachingOptions,
  facts: CachingFacts,
  layout: Layout,
): Placed {
  const { messages, tools } = request;
  const refused: Placed["refused"] = [];
  const asked = option.breakpoints?.flatMap((place): Place[] => {
    const refuse = (reason: string): Place[] => {
      refused.push({ place, reason });
      return [];
    };
    if (place === "tools") {
      if (!tools?.length) return refuse("the request has no tools");
      return facts.mechanism === "marks" ? ["tools"] : refuse("tools carry no mark here");
    }
    const at = place === "system" ? layout.system : place < 0 ? messages.length + place : place;
    const message = messages[at];
    if (!message)
      return refuse(`there is no ${place === "system" ? "system message" : "such message"}`);
    if (!says(message)) return refuse("the message holds nothing that can carry a mark");
    if (facts.mechanism !== "marks" && message.role === "assistant") {
      return refuse("what the model wrote carries no mark here");
    }
    return [at];
  });
  const wanted = [...new Set(asked ?? automatic(request, facts, layout))];
  const free = wanted.filter((place) => !markOf(place === "tools" ? {} : messages[place]!));
  const open = free.filter((place) => place !== "tools" || !tools?.some(markOf));
  // An estimate may be off by half: what is near the minimum is tried, and costs nothing if it fails.
  const least = (facts.minimum ?? 0) / 2;
  const long = open.filter((place) => layout.tokens(place) >= least);
  const room = Math.max(0, mostMarks - given(request));
  for (const place of asked ? long.slice(room) : []) {
    refused.push({ place, reason: `a request takes ${mostMarks} marks` });
  }
  return { places: long.slice(0, room), refused, short: open.length - long.length };
}

/** The caller's own marks, an automatic one at the top included. */
function given({ messages, tools, ...rest }: CompletionRequest): number {
  let found = (rest as { cache_control?: unknown }).cache_control ? 1 : 0;
  for (const one of [...(tools ?? []), ...messages]) found += marksIn(one);
  return found;
}

/** Whether a mark for an hour of the caller's own stands after a place: then it must be for an hour, too. */
export function precedesHour({ messages, tools }: CompletionRequest, place: Place): boolean {
  const isHour = (one: object) => markOf(one)?.ttl === "1h";
  const after = place === "tools" ? 0 : place + 1;
  return messages.slice(after).some(isHour) || (place === "tools" && !!tools?.some(isHour));
}

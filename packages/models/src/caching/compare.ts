/** Why a call read less from the cache than the call before it left there. Pure. */
import type { CacheBreak } from "@polycall/core";
import { blockLength, type Print } from "./print.ts";
import { lifetimeOf, minutesOf } from "./ttl.ts";

type Cause = Pick<CacheBreak, "kind" | "reason" | "where">;

/** How many of two lists are the same from their start. */
function common<T>(one: readonly T[], other: readonly T[]): number {
  const end = Math.min(one.length, other.length);
  let at = 0;
  while (at < end && one[at] === other[at]) at++;
  return at;
}

const hashes = ({ tools }: Print) => tools.map(({ hash }) => hash);

/** How alike two calls start: tools, then system, then messages. */
export function likeness(before: Print, now: Print): number {
  const tools = common(hashes(before), hashes(now));
  if (tools < Math.max(before.tools.length, now.tools.length)) return tools;
  const system = common(before.system, now.system);
  if (system < Math.max(before.system.length, now.system.length)) return tools + system;
  return tools + system + common(before.messages, now.messages);
}

/**
 * Whether one goes on from the other: half of the shorter one's messages stand in the other. One that
 * they share is not enough where many agents are asked the same.
 */
export function isSameTalk(before: Print, now: Print): boolean {
  const [short, long] = [before.messages, now.messages].sort((a, b) => a.length - b.length);
  const shared = sharedOf(short!, long!);
  if (shared * 2 < short!.length || shared === 0) return false;
  return shared > 1 || isSameAgent(before, now);
}

/** Whether two talks have tools and system in common, or the greater part of them; or neither. */
export function isSameAgent(before: Print, now: Print): boolean {
  const tools = [hashes(before), hashes(now)] as const;
  return (["system", "lines"] as const).some((by) => {
    const one = [...tools[0], ...before[by]];
    const other = [...tools[1], ...now[by]];
    if (!one.length) return !other.length;
    return sharedOf(one, other) * 2 >= Math.max(one.length, other.length);
  });
}

/** How many of a list stand in another. */
function sharedOf(list: readonly number[], other: readonly number[]): number {
  const known = new Set(other);
  return list.filter((hash) => known.has(hash)).length;
}

/** The first difference of two calls in what a cache reads. */
export function changeOf(before: Print, now: Print): Cause | undefined {
  return toolsChange(before, now) ?? systemChange(before, now) ?? messagesChange(before, now);
}

function toolsChange(before: Print, now: Print): Cause | undefined {
  const at = common(hashes(before), hashes(now));
  if (at === before.tools.length && at === now.tools.length) return undefined;
  const kind = "tools";
  const where = `tools[${at}]`;
  const cause = (reason: string): Cause => ({ kind, reason, where });
  const sorted = (print: Print) => String(hashes(print).sort());
  if (sorted(before) === sorted(now)) return cause("the tools are in another order");
  const names = new Set(now.tools.map(({ name }) => name));
  const gone = before.tools.find(({ name }) => !names.has(name));
  if (gone) return cause(`the tool ${gone.name} is gone`);
  const was = new Map(before.tools.map(({ name, hash }) => [name, hash]));
  const added = now.tools.find(({ name }) => !was.has(name));
  if (added) return cause(`the tool ${added.name} was added`);
  const changed = now.tools.find(({ name, hash }) => was.get(name) !== hash);
  return cause(changed ? `the tool ${changed.name} changed` : "the tools changed");
}

function systemChange(before: Print, now: Print): Cause | undefined {
  const at = common(before.system, now.system);
  const isSame = before.systemLength === now.systemLength && at === before.system.length;
  if (isSame && at === now.system.length) return undefined;
  const kind = "system";
  if (!before.system.length) return { kind, reason: "a system prompt was added" };
  if (!now.system.length) return { kind, reason: "the system prompt is gone" };
  const from = at * blockLength;
  const to = Math.min(from + blockLength, Math.max(before.systemLength, now.systemLength));
  const where = `characters ${from} to ${to} of the system prompt`;
  return {
    kind,
    reason: `the system prompt differs between its characters ${from} and ${to}`,
    where,
  };
}

function messagesChange(before: Print, now: Print): Cause | undefined {
  const at = common(before.messages, now.messages);
  if (at === before.messages.length) return undefined;
  const kind = "messages";
  const where = now.places[at] ?? `messages[${at}]`;
  if (at === now.messages.length)
    return { kind, reason: "the messages after this one are gone", where };
  const shift = before.messages.indexOf(now.messages[at]!, at + 1);
  if (shift > at && before.messages[shift + 1] === now.messages[at + 1]) {
    const count = shift - at;
    const what =
      count === 1 ? "a message before it is gone" : `${count} messages before it are gone`;
    return { kind, reason: what, where };
  }
  return { kind, reason: `${where} changed`, where };
}

/** Whatever changed: what is left of the prompt is never cached. */
export function tooShort({ prompt, minimum }: Print): Cause | undefined {
  if (prompt >= minimum) return undefined;
  const reason = `the prompt is shorter than the ${minimum} tokens that are cached here`;
  return { kind: "minimum", reason };
}

/** What else may have been the cause, where the prompt is the same. */
export function otherCause(before: Print, now: Print): Cause {
  if (before.model !== now.model) {
    const reason = `the model changed from ${before.model} to ${now.model}`;
    return { kind: "model", reason };
  }
  if (before.key !== now.key) return { kind: "key", reason: "the cache key changed" };
  if (now.mechanism === "marks" && before.marks && !now.marks) {
    return { kind: "marks", reason: "the request has no cache mark any more" };
  }
  for (const name of new Set([...before.settings.keys(), ...now.settings.keys()])) {
    if (before.settings.get(name) !== now.settings.get(name)) {
      return { kind: "settings", reason: `${name} changed`, where: name };
    }
  }
  const { ttl } = before;
  if (ttl && now.from - before.at > minutesOf(ttl) * 60_000) {
    return { kind: "expired", reason: `the entry's lifetime of ${lifetimeOf(ttl)} had passed` };
  }
  const reason = "nothing in the request changed: the provider did not hit";
  return { kind: "provider", reason };
}

/** Replays a recording: the same request gets the same reply, anything else an error. */
import { readFileSync } from "node:fs";
import { type Interaction, keepBody, type Recording, responseBytes } from "./interaction.ts";
import type { Json } from "./json.ts";
import { isObject } from "./json.ts";
import { REDACTED, redactJson, redactUrl, secretsOf } from "./secrets.ts";

type Fetch = typeof globalThis.fetch;

/** Thrown when a recording has no reply for a request. */
export class ReplayMismatchError extends Error {
  override readonly name = "ReplayMismatchError";
  /** Method, path and query that were asked for. */
  readonly asked: string;
  /** Where the nearest recorded request differs, e.g. "body.messages[0].content". */
  readonly difference: string | undefined;

  constructor(message: string, asked: string, difference?: string) {
    super(message);
    this.asked = asked;
    this.difference = difference;
  }
}

/** Where a recording comes from. */
export type ReplayOptions = { file: string } | { interactions: readonly Interaction[] };

/** A `fetch` that answers from a recording. */
export interface Replayer extends Fetch {
  /**
   * Resolves when every request so far was in the recording.
   * @throws ReplayMismatchError the first one, also where a retry, a fallback or a `catch` hid it
   */
  done(): Promise<void>;
}

interface Asked {
  method: string;
  path: string;
  body: Json;
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** Whether a text is the recorded one; where a secret was taken out of that, anything may stand. */
function isSameText(recorded: string, asked: string): boolean {
  const [start = "", ...rest] = recorded.split(REDACTED);
  const end = rest.pop();
  if (end === undefined || recorded === asked) return recorded === asked;
  if (!asked.startsWith(start)) return false;
  let at = start.length;
  for (const part of rest) {
    const found = asked.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return asked.length >= at + end.length && asked.endsWith(end);
}

/** The first place where two JSON values differ, with both values, or undefined. */
function differenceOf(recorded: Json, asked: Json, at: string): [string, Json, Json] | undefined {
  if (Array.isArray(recorded) && Array.isArray(asked)) {
    const length = Math.max(recorded.length, asked.length);
    for (let i = 0; i < length; i++) {
      const found = differenceOf(recorded[i] ?? null, asked[i] ?? null, `${at}[${i}]`);
      if (found) return found;
    }
    return recorded.length === asked.length
      ? undefined
      : [`${at}.length`, recorded.length, asked.length];
  }
  if (isObject(recorded) && isObject(asked)) {
    for (const key of new Set([...Object.keys(recorded), ...Object.keys(asked)])) {
      if (!(key in recorded)) return [`${at}.${key}`, "(absent)", asked[key]!];
      if (!(key in asked)) return [`${at}.${key}`, recorded[key]!, "(absent)"];
      const found = differenceOf(recorded[key]!, asked[key]!, `${at}.${key}`);
      if (found) return found;
    }
    return undefined;
  }
  const isSame =
    typeof recorded === "string" && typeof asked === "string"
      ? isSameText(recorded, asked)
      : Object.is(recorded, asked);
  return isSame ? undefined : [at, recorded, asked];
}

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

function mismatch(asked: Asked, recorded: Asked[], isUsedUp: boolean): ReplayMismatchError {
  const name = `${asked.method} ${asked.path}`;
  if (isUsedUp) {
    const message = `${name} is in the recording, but every reply to it has been replayed. Record again.`;
    return new ReplayMismatchError(message, name);
  }
  const near = recorded.find(
    ({ method, path }) => method === asked.method && isSameText(path, asked.path),
  );
  if (!near) {
    const known = [...new Set(recorded.map((each) => `${each.method} ${each.path}`))];
    const rest = known.length > 0 ? `It holds: ${known.slice(0, 8).join(", ")}.` : "It is empty.";
    return new ReplayMismatchError(
      `The recording holds no reply to ${name}. ${rest}`,
      name,
      "path",
    );
  }
  const [where, was, is] = differenceOf(near.body, asked.body, "body") ?? ["body", null, null];
  const message =
    `The recording holds no reply to this ${name}. The nearest recorded request differs at ` +
    `${where}: recorded ${shown(was)}, asked ${shown(is)}. Record again, or send the same.`;
  return new ReplayMismatchError(message, name, where);
}

/**
 * A `fetch` that answers from a recording. A request gets the first reply not yet used whose
 * method, path, query and JSON body are the same; the host and the headers do not matter.
 * @throws ReplayMismatchError (from the returned function) naming the nearest difference
 */
export function replay(options: ReplayOptions): Replayer {
  const interactions =
    "file" in options
      ? (JSON.parse(readFileSync(options.file, "utf8")) as Recording).interactions
      : options.interactions;
  const recorded = interactions.map(({ request }): Asked => {
    return { method: request.method, path: pathOf(request.url), body: request.body };
  });
  const used = new Set<number>();
  let missed: ReplayMismatchError | undefined;
  const player: Fetch = async (input, init) => {
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    const text = await request.text();
    const secrets = secretsOf(request.headers, request.url, text);
    const asked: Asked = {
      method: request.method,
      path: pathOf(redactUrl(request.url, secrets)),
      body: redactJson(keepBody(text), secrets),
    };
    const matches = [...recorded.keys()].filter((index) => {
      const { method, path, body } = recorded[index]!;
      const isPlace = method === asked.method && isSameText(path, asked.path);
      return isPlace && !differenceOf(body, asked.body, "body");
    });
    const at = matches.find((index) => !used.has(index));
    if (at === undefined) {
      const left = recorded.filter((_, index) => !used.has(index));
      const error = mismatch(asked, left.length > 0 ? left : recorded, matches.length > 0);
      missed ??= error;
      throw error;
    }
    used.add(at);
    const { response } = interactions[at]!;
    const { status, headers } = response;
    const isBodiless = status === 204 || status === 205 || status === 304;
    return new Response(isBodiless ? null : responseBytes(response), { status, headers });
  };
  const done = async () => {
    if (missed) throw missed;
  };
  return Object.assign(player, { done });
}

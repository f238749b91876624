/** Misbehaviour on demand: what a fault may ask for and what it does to a reply. */
import { random } from "./hash.ts";
import type { Ids } from "./ids.ts";
import type { SimulatedProvider } from "./providers.ts";
import { errorBody, refusalOf, streamErrorFrames } from "./refusal.ts";
import { json, type Reply } from "./reply.ts";
import { type RetryAfter, retryAfterHints } from "./retry-after.ts";

/** One misbehaviour. Several may be combined; without `times` it happens once. */
export interface Fault {
  /** Only requests to this provider, e.g. "anthropic". */
  provider?: string;
  /** How many requests it befalls; `Infinity` for all. Default 1. */
  times?: number;
  /** Answer this status, in the provider's envelope unless `body` is given. */
  status?: number;
  headers?: Record<string, string>;
  /** The body instead of the provider's own: text as it is, anything else as JSON. */
  body?: unknown;
  /** The error's message in place of the usual one. */
  message?: string;
  /** Say when to come back, in one of the ways providers say it. */
  retryAfter?: RetryAfter;
  /** Wait before the headers, ms. */
  delayMs?: number;
  /** Wait between the events of a stream, ms. */
  chunkDelayMs?: number;
  /** Never answer; the connection stays open until the client or `close()` ends it. */
  hang?: boolean;
  /** Break the connection without a reply. */
  close?: boolean;
  /** Break the connection after so many bytes of the body. */
  cutAt?: number;
  /** Write the body in pieces of 1 to `max` (default 24) bytes, at places the seed decides. */
  splitBytes?: { seed: number; max?: number };
  /** Slow loris: so many bytes, then a pause, and so on. */
  drip?: { bytes: number; everyMs: number };
  /** Break the JSON of the second event of a stream, or of the only body. */
  malformed?: boolean;
  /** Answer 200 (or `status`) with an HTML page. */
  html?: boolean;
  /** Answer 200 (or `status`) with no body at all. */
  empty?: boolean;
  /** An error inside a 200 stream, in the provider's own way, after so many events (default 2). */
  streamError?: boolean | { after?: number; message?: string };
}

const PAGE = "<!DOCTYPE html><html><head><title>502</title></head><body>Bad Gateway</body></html>";

function statusReply(fault: Fault, provider: SimulatedProvider, endpoint: string, ids: Ids): Reply {
  const hints = fault.retryAfter ? retryAfterHints(fault.retryAfter) : { headers: {} };
  const usual = refusalOf(fault.status ?? 500);
  const message = [fault.message ?? usual.message, hints.text].filter(Boolean).join(" ");
  const refusal = { ...usual, message, ...(hints.details && { details: hints.details }) };
  return json(refusal.status, errorBody(provider, endpoint, refusal, ids), hints.headers);
}

/** The reply that replaces the real one, where the fault asks for one. */
export function faultReply(
  fault: Fault,
  provider: SimulatedProvider,
  endpoint: string,
  ids: Ids,
): Reply | undefined {
  const status = fault.status ?? 200;
  const headers = fault.headers ?? {};
  if (fault.html || fault.empty) {
    const type: Record<string, string> = fault.html
      ? { "content-type": "text/html; charset=utf-8" }
      : {};
    const frames = fault.html ? [PAGE] : [];
    return { status, headers: { ...type, ...headers }, frames, isStream: false };
  }
  if (fault.body !== undefined) {
    const text = typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body);
    const type = typeof fault.body === "string" ? "text/plain" : "application/json";
    return {
      status,
      headers: { "content-type": type, ...headers },
      frames: [text],
      isStream: false,
    };
  }
  if (fault.status === undefined) return undefined;
  const reply = statusReply(fault, provider, endpoint, ids);
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

function breakJson(frame: string): string {
  const end = frame.match(/\s*$/)?.[0] ?? "";
  return frame.slice(0, Math.max(1, frame.length - end.length - 6)) + end;
}

/** The frames of a reply as the fault leaves them. */
export function* faultFrames(
  reply: Reply,
  fault: Fault,
  provider: SimulatedProvider,
  endpoint: string,
): Generator<string> {
  const { streamError } = fault;
  const told = typeof streamError === "object" ? streamError : {};
  const after = streamError && reply.isStream ? (told.after ?? 2) : Number.POSITIVE_INFINITY;
  const broken = fault.malformed ? (reply.isStream ? 1 : 0) : -1;
  let index = 0;
  for (const frame of reply.frames) {
    if (index === after) break;
    yield index === broken ? breakJson(frame) : frame;
    index++;
  }
  if (after === Number.POSITIVE_INFINITY) return;
  yield* streamErrorFrames(provider, endpoint, told.message ?? "The model is overloaded.");
}

/** The sizes of the pieces that a run of bytes is written in. */
export function* pieceSizes(fault: Pick<Fault, "splitBytes" | "drip">): Generator<number> {
  if (fault.drip) for (;;) yield fault.drip.bytes;
  const next = random(fault.splitBytes?.seed ?? 0);
  const max = fault.splitBytes?.max ?? 24;
  for (;;) yield 1 + Math.floor(next() * max);
}

/** What a failed exchange says. Hosts only: a URL's query may hold a key. */
import { type Timeouts, TransportError, type TransportPhase } from "./types.ts";

const missing: Record<keyof Timeouts, string> = {
  connect: "no connection after",
  firstByte: "no reply after",
  idle: "the reply stood still for",
  total: "no end after",
};

/** The error of a timeout that ran out. */
export function timeoutError(phase: keyof Timeouts, timeouts: Timeouts, url: string) {
  const message = `${missing[phase]} ${timeouts[phase]} ms (${hostOf(url)}, timeout.${phase})`;
  return new TransportError("timeout", phase, message);
}

/** The error of a caller who left; the cause is the signal's reason. */
export function abortError(phase: TransportPhase, signal: AbortSignal) {
  return new TransportError("abort", phase, "aborted", { cause: signal.reason });
}

/** The error of a connection that broke. */
export function connectionError(
  phase: "connect" | "request" | "firstByte" | "body",
  url: string,
  cause: unknown,
) {
  const host = hostOf(url);
  const what = {
    connect: `could not connect to ${host}`,
    request: `the request to ${host} could not be sent`,
    firstByte: `${host} ended the connection without a reply`,
    body: `the reply of ${host} broke off`,
  }[phase];
  const why = said(cause);
  return new TransportError("connection", phase, why ? `${what}: ${why}` : what, { cause });
}

/** The error of a head that never ends, which Node cuts off at 16 KiB unless told otherwise. */
export function headLimitError(url: string, cause: unknown) {
  const message = `the head of the reply of ${hostOf(url)} exceeds node's --max-http-header-size`;
  return new TransportError("limit", "firstByte", message, { cause });
}

/** Why no request can be sent to a URL, if none can; a parser's own words would quote it. */
export function urlError(url: string): TransportError | undefined {
  if (/^https?:/i.test(url) && URL.canParse(url)) return undefined;
  const message = "the URL is not an absolute http: or https: one";
  return new TransportError("connection", "connect", message);
}

/** Host and port of a URL; the URL itself may hold secrets. */
function hostOf(url: string): string {
  return new URL(url).host;
}

/** Causes of causes beyond this are left out; they may go in a circle. */
const deepestCause = 8;

/** What an error says, or those in it when it says nothing itself (Node's, of several addresses). */
function said(cause: unknown, depth = 0): string {
  if (!(cause instanceof Error) || depth > deepestCause) return "";
  if (cause instanceof AggregateError && cause.message === "") {
    return cause.errors.map((error) => said(error, depth + 1)).join("; ");
  }
  const deeper = said(cause.cause, depth + 1);
  return deeper ? `${cause.message}: ${deeper}` : cause.message;
}

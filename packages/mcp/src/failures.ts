/** What became of a request that failed, and the error that says so. */
import { APIUserAbortError } from "@polycall/core";
import {
  McpAuthorizationError,
  McpConnectionError,
  McpError,
  type McpErrorInfo,
  McpProtocolError,
  McpTimeoutError,
  McpUnknownOutcomeError,
} from "./errors.ts";
import type { Link } from "./link.ts";

/**
 * - `answered`: the server has the request and says no
 * - `unsent`: it never had it
 * - `unknown`: it may have had it
 */
export type Fate = "answered" | "unsent" | "unknown";

/** The code of the answer that stands for "the stream ended without one". No server uses it. */
export const streamEnded = -32_099;

/** What an SDK error tells, read by structure: a custom transport may come with another copy of the SDK. */
interface Told {
  name?: string;
  message?: string;
  code?: unknown;
  status?: unknown;
  data?: { status?: number; text?: string | null };
  cause?: Told;
}

const neverSent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

export function fateOf(error: unknown, link: Link): Fate {
  const told = error as Told;
  const status = told.data?.status;
  if (told.code === "ERA_NEGOTIATION_FAILED") return "unsent";
  if (isUnauthorized(told)) return "answered";
  if (link.isOverflown()) return "answered";
  if (typeof status === "number" && told.code !== streamEnded) {
    if (isLostSession(told, link)) return "unsent";
    return status >= 500 ? "unknown" : "answered";
  }
  if (told.code === streamEnded || told.code === "CONNECTION_CLOSED") return "unknown";
  if (
    told.code === "NOT_CONNECTED" ||
    /^Not connected$|^The server has ended/.test(told.message ?? "")
  )
    return "unsent";
  if (typeof told.code === "number" || typeof told.code === "string") {
    return isSystemCode(told.code) ? "unknown" : "answered";
  }
  if (neverSent.test(String(deepest(told).code))) return "unsent";
  return "unknown";
}

/** The server wants a sign-in, or the authorisation server did not give one. */
function isUnauthorized({ name = "" }: Told): boolean {
  return /^(UnauthorizedError|InsufficientScopeError|OAuth\w*Error|IssuerMismatchError)$/.test(
    name,
  );
}

/** EPIPE, ECONNRESET, ERR_STREAM_DESTROYED: of the platform, not of the SDK. */
function isSystemCode(code: string | number): boolean {
  return /^(E[A-Z]+|ERR_\w+|UND_ERR\w*)$/.test(String(code));
}

/** The server has forgotten the session, after a restart mostly: what it refuses for that did not run. */
function isLostSession({ data }: Told, link: Link): boolean {
  if (!link.sessionId()) return false;
  return data?.status === 404 || (data?.status === 400 && /session/i.test(data.text ?? ""));
}

/** Where an error happened. */
export interface Place extends Required<Pick<McpErrorInfo, "server" | "transport">> {
  tool?: string;
}

/** The error for a request that the server answered, or that it never had. */
export function failure(error: unknown, place: Place, link?: Link): Error {
  if (error instanceof McpError || error instanceof APIUserAbortError) return error;
  const told = error as Told;
  const info = { ...place, cause: error };
  const where = whereOf(place);
  const more = link?.describe() ?? "";
  const status = told.data?.status;
  if (isUnauthorized(told) || status === 401)
    return new McpAuthorizationError(
      `${where} asks for a sign-in. Give an authProvider (or headers with a token); where one has sent the user to sign in, call finishMcpAuth() with what comes back, then connect again.`,
      { ...info, status: 401 },
    );
  if (status === 403)
    return new McpAuthorizationError(
      `${where} refuses (HTTP 403): ${words(told)} The token lacks a scope, or the server does not take this host or origin.`,
      { ...info, status },
    );
  if (typeof told.code === "number" && told.code !== streamEnded)
    return new McpProtocolError(`${where} refuses: ${words(told)}`, {
      ...info,
      code: String(told.code),
    });
  if (told.code === "REQUEST_TIMEOUT")
    return new McpTimeoutError(`${where} did not answer in time. ${more}`.trim(), info);
  if (link?.isOverflown())
    return new McpProtocolError(
      `${where}: what it sent is too large and was not read. ${more} Ask the tool for less, or raise maxMessageBytes.`,
      info,
    );
  if (fateOf(error, link ?? nothing) === "answered")
    return new McpProtocolError(
      `${where} answers with what MCP does not have: ${words(told)} ${more}`.trim(),
      {
        ...info,
        ...(status !== undefined && { status }),
      },
    );
  return new McpConnectionError(
    `${where} cannot be reached: ${words(told)} ${more || "Is it running, and is that its address?"}`,
    { ...info, ...(status !== undefined && { status }) },
  );
}

/** The error for a call that may have run. */
export function unknownOutcome(error: unknown, place: Place, link: Link): McpError {
  return new McpUnknownOutcomeError(
    `${whereOf(place)} was lost while ${place.tool ? `the tool ${JSON.stringify(place.tool)} ran` : "it was asked"}: nobody knows whether it took effect. ${link.describe() || words(error as Told)} It is not called again by itself, since the server does not declare it idempotent. Look whether it took effect before calling it again.`,
    { ...place, cause: error },
  );
}

export function timedOut(ms: number, place: Place, isRisky: boolean, link?: Link): McpError {
  const asked = place.tool ? `The tool ${JSON.stringify(place.tool)} of` : "";
  return new McpTimeoutError(
    `${asked} ${whereOf(place)} gave no sign for ${ms} ms.${isRisky ? " It was cancelled; nobody knows whether it took effect." : ""} ${link?.describe() ?? ""}`.trim(),
    { ...place, cause: undefined },
  );
}

function whereOf({ server, transport }: Place): string {
  return `MCP server "${server}" (${transport})`;
}

/** The message, short, with what is at the bottom of it, and ending as a sentence does. */
function words(told: Told): string {
  const { message = "no reason given" } = told;
  const { message: reason, code } = deepest(told);
  const inner = reason ?? code;
  const isNews = inner !== undefined && !message.includes(String(inner));
  const said = `${message}${isNews ? ` (${String(inner)})` : ""}`.trim().slice(0, 500);
  return /[.!?]$/.test(said) ? said : `${said}.`;
}

function deepest(told: Told, depth = 5): Told {
  return told.cause && depth > 0 ? deepest(told.cause, depth - 1) : told;
}

const nothing: Link = {
  describe: () => "",
  isOverflown: () => false,
  sessionId: () => undefined,
  close: async () => {},
};

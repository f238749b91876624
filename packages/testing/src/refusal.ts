/** Errors in each provider's own envelope. */
import type { Ids } from "./ids.ts";
import type { SimulatedProvider } from "./providers.ts";
import { json, type Reply } from "./reply.ts";

/** Why a request is refused, in no provider's envelope. */
export interface Refusal {
  status: number;
  message: string;
  /** The offending field, where the provider would name it. */
  param?: string;
  /** The provider's machine-readable code, where it has one for this. */
  code?: string;
  /** Gemini's `error.details`. */
  details?: object[];
}

/** The statuses that can be asked for on demand, with what each means. */
const generic: Record<number, string> = {
  400: "The request was not valid.",
  401: "Incorrect API key provided.",
  402: "Insufficient credits.",
  403: "You are not allowed to use this model from your region.",
  404: "The requested resource was not found.",
  408: "The request timed out.",
  409: "The request conflicts with another one.",
  413: "The request exceeds the maximum allowed number of bytes.",
  422: "The request was well-formed but could not be processed.",
  429: "Rate limit reached. Please try again later.",
  500: "The server had an error while processing your request.",
  502: "Bad gateway.",
  503: "The service is temporarily overloaded. Please try again later.",
  504: "The gateway timed out.",
  529: "Overloaded",
};

const anthropicTypes: Record<number, string> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  408: "timeout_error",
  409: "conflict_error",
  413: "request_too_large",
  422: "invalid_request_error",
  429: "rate_limit_error",
  504: "timeout_error",
  529: "overloaded_error",
};

const googleStatuses: Record<number, string> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  408: "DEADLINE_EXCEEDED",
  409: "ABORTED",
  413: "INVALID_ARGUMENT",
  422: "INVALID_ARGUMENT",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

const openaiTypes: Record<number, { type: string; code: string | null }> = {
  401: { type: "invalid_request_error", code: "invalid_api_key" },
  402: { type: "insufficient_quota", code: "insufficient_quota" },
  403: { type: "invalid_request_error", code: "unsupported_country_region_territory" },
  408: { type: "server_error", code: "timeout" },
  429: { type: "requests", code: "rate_limit_exceeded" },
  500: { type: "server_error", code: null },
  502: { type: "server_error", code: null },
  503: { type: "server_error", code: "server_overloaded" },
  504: { type: "server_error", code: "timeout" },
  529: { type: "server_error", code: "server_overloaded" },
};

/** The refusal that a bare status stands for. */
export function refusalOf(status: number): Refusal {
  return { status, message: generic[status] ?? `The server answered ${status}.` };
}

/**
 * The `error` body of a refusal, as this provider writes it.
 * @param endpoint the endpoint's name, since Ollama's own paths and its OpenAI ones differ
 */
export function errorBody(
  provider: SimulatedProvider,
  endpoint: string,
  refusal: Refusal,
  ids: Ids,
): object {
  const { status, message, param = null, details } = refusal;
  if (provider.family === "anthropic") {
    const type = anthropicTypes[status] ?? "api_error";
    return { type: "error", error: { type, message }, request_id: ids("req_011C", 20) };
  }
  if (provider.family === "gemini") {
    const named = { code: status, message, status: googleStatuses[status] ?? "UNKNOWN" };
    return { error: { ...named, ...(details && { details }) } };
  }
  if (endpoint.startsWith("api/")) return { error: message };
  if (provider.chat.numericErrors) {
    return { error: { message, code: status }, user_id: "user_simulator" };
  }
  const usual = openaiTypes[status] ?? { type: "invalid_request_error", code: null };
  return { error: { message, type: usual.type, param, code: refusal.code ?? usual.code } };
}

/** A refusal as a reply. */
export function refuse(
  provider: SimulatedProvider,
  endpoint: string,
  refusal: Refusal,
  ids: Ids,
): Reply {
  return json(refusal.status, errorBody(provider, endpoint, refusal, ids));
}

/**
 * The error that a provider sends inside a stream that began with 200.
 * @param endpoint the endpoint's name, since Responses has an error event of its own
 */
export function streamErrorFrames(
  provider: SimulatedProvider,
  endpoint: string,
  message: string,
): string[] {
  const data = (value: object, end = "\n\n") => `data: ${JSON.stringify(value)}${end}`;
  if (provider.family === "anthropic") {
    const error = { type: "error", error: { type: "overloaded_error", message } };
    return [`event: error\n${data(error)}`];
  }
  if (provider.family === "gemini") {
    return [data({ error: { code: 503, message, status: "UNAVAILABLE" } }, "\r\n\r\n")];
  }
  if (endpoint === "api/chat") return [`${JSON.stringify({ error: message })}\n`];
  if (endpoint === "responses") {
    const error = { type: "error", code: "server_error", message, param: null };
    return [`event: error\n${data({ ...error, sequence_number: 99 })}`];
  }
  if (provider.chat.numericErrors) {
    const error = { code: 502, message, metadata: { provider_name: "Simulator" } };
    const choices = [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }];
    const head = { id: "gen-error", object: "chat.completion.chunk", created: 0, model: "" };
    return [data({ ...head, error, choices }), "data: [DONE]\n\n"];
  }
  const error = { message, type: "server_error", param: null, code: null };
  return provider.name === "groq"
    ? [`event: error\n${data({ error: { ...error, status_code: 503 } })}`]
    : [data({ error })];
}

/** The ways providers say when to come back. */

/** How a 429 or 503 tells the client to wait. */
export interface RetryAfter {
  /** The wait, ms. */
  ms: number;
  /**
   * Where it is said: a header (`retry-after` in seconds, `retry-after-date` the same header as an
   * HTTP date, `x-ratelimit-reset` OpenRouter's epoch in ms), or Gemini's and Groq's bodies.
   */
  source:
    | "retry-after-ms"
    | "x-ms-retry-after-ms"
    | "retry-after"
    | "retry-after-date"
    | "x-ratelimit-reset-requests"
    | "x-ratelimit-reset-tokens"
    | "x-ratelimit-reset"
    | "anthropic-ratelimit-requests-reset"
    | "anthropic-ratelimit-tokens-reset"
    | "gemini-body"
    | "gemini-text"
    | "groq-text";
}

/** What a way of saying it adds to the reply. */
export interface RetryAfterHints {
  headers: Record<string, string>;
  /** Added to the message. */
  text?: string;
  /** Gemini's `error.details`. */
  details?: object[];
}

function duration(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = (ms % 60_000) / 1000;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

/** The headers, text and details of a wait; dates and epochs count from now. */
export function retryAfterHints({ ms, source }: RetryAfter): RetryAfterHints {
  const at = new Date(Date.now() + ms);
  switch (source) {
    case "retry-after":
      return { headers: { "retry-after": String(ms / 1000) } };
    case "retry-after-date":
      return { headers: { "retry-after": at.toUTCString() } };
    case "x-ratelimit-reset-requests":
    case "x-ratelimit-reset-tokens":
      return { headers: { [source]: duration(ms) } };
    case "x-ratelimit-reset":
      return { headers: { [source]: String(at.getTime()) } };
    case "anthropic-ratelimit-requests-reset":
    case "anthropic-ratelimit-tokens-reset":
      return { headers: { [source]: at.toISOString() } };
    case "gemini-body": {
      const retryDelay = `${ms / 1000}s`;
      const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay }];
      return { headers: {}, details };
    }
    case "gemini-text":
      return { headers: {}, text: `Please retry in ${ms / 1000}s.` };
    case "groq-text":
      return { headers: {}, text: `Please try again in ${ms / 1000}s.` };
    default:
      return { headers: { [source]: String(ms) } };
  }
}

/** How long a provider asks us to wait, from every place that providers say it [providers.md 2.3]. */

type Header = (name: string) => string | undefined;

/** "1s", "6m0s", "17.3s", "250ms", "1h2m" -> ms; a bare number is seconds. */
export function durationMs(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1000;
  if (!/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(trimmed)) return undefined;
  const units: Record<string, number> = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 };
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) {
    total += Number(amount) * units[unit!]!;
  }
  return total;
}

function untilMs(text: string, now: number): number | undefined {
  const at = /^\d{12,}$/.test(text)
    ? Number(text)
    : /^\d{10}$/.test(text)
      ? Number(text) * 1000
      : Date.parse(text);
  return Number.isFinite(at) ? Math.max(0, at - now) : undefined;
}

function durationOrDate(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{10,}$/.test(text.trim())) return untilMs(text.trim(), now);
  return durationMs(text) ?? untilMs(text, now);
}

/** The longest wait of the limits that are used up; those with something left do not count. */
function rateLimitReset(header: Header, now: number): number | undefined {
  let longest: number | undefined;
  const consider = (reset: string | undefined, remaining: string | undefined) => {
    const ms = durationOrDate(reset, now);
    if (ms !== undefined && !(Number(remaining) > 0)) longest = Math.max(longest ?? 0, ms);
  };
  for (const what of ["requests", "tokens"]) {
    consider(header(`x-ratelimit-reset-${what}`), header(`x-ratelimit-remaining-${what}`));
  }
  for (const what of ["requests", "tokens", "input-tokens", "output-tokens"]) {
    const name = `anthropic-ratelimit-${what}`;
    consider(header(`${name}-reset`), header(`${name}-remaining`));
  }
  consider(header("x-ratelimit-reset"), header("x-ratelimit-remaining"));
  return longest;
}

/**
 * The wait in ms, or undefined where the reply names none.
 * @param body the parsed error body (Gemini's RetryInfo stands there, OpenRouter's headers too)
 * @param text the error message (Groq and Gemini say "try again in 7.66s")
 * @param now ms since 1970, for dates
 */
export function retryAfterMs(
  header: Header,
  body: unknown,
  text: string,
  now: number,
): number | undefined {
  const inMs = Number(header("retry-after-ms") ?? header("x-ms-retry-after-ms") ?? Number.NaN);
  if (Number.isFinite(inMs)) return Math.max(0, inMs);
  return (
    durationOrDate(header("retry-after"), now) ??
    rateLimitReset(header, now) ??
    retryInfo(body) ??
    inWords(text)
  );
}

/** Gemini: `error.details[]` holds a google.rpc.RetryInfo with `retryDelay: "17s"`. */
function retryInfo(body: unknown): number | undefined {
  const details = (body as { error?: { details?: unknown } } | null | undefined)?.error?.details;
  if (!Array.isArray(details)) return undefined;
  for (const detail of details) {
    if (typeof detail?.retryDelay === "string") return durationMs(detail.retryDelay);
  }
  return undefined;
}

function inWords(text: string): number | undefined {
  const found =
    /(?:try again|retry) (?:in|after) ((?:\d+(?:\.\d+)?(?:ms|[smhd]))+|\d+ seconds)/i.exec(
      text,
    )?.[1];
  return found === undefined ? undefined : durationMs(found.replace(/ seconds$/, "s"));
}

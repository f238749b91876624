/** JSON over HTTP to a database. Messages hold no key: they name the address without what is secret in it. */
import { checkAborted, StoreError } from "./errors.ts";

export interface HttpOptions {
  url: string;
  headers: Record<string, string>;
  /** Instead of the platform's own. */
  fetch?: typeof fetch;
}

export type Send = <T>(
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  options?: SendOptions,
) => Promise<T>;

export interface SendOptions {
  signal?: AbortSignal;
  /** A 404 gives undefined. */
  missing?: boolean;
  /** Is shown the headers of the reply. */
  headers?: (headers: Headers) => void;
}

/** Of a database that is busy, or was not reached by what stands before it. Each request may be sent twice. */
const passing = [429, 502, 503, 504];
const tries = 5;
/** ms before the second try, doubled before each further one. */
const firstPause = 250;
/** ms that a database may ask to be waited; one that asks for longer has failed. */
const patience = 30_000;

/** ms to wait before the next try; undefined where there is none. */
function pauseAfter({ status, headers }: Response, tried: number): number | undefined {
  if (!passing.includes(status) || tried === tries) return undefined;
  const said = headers.get("retry-after");
  if (said === null) return firstPause * 2 ** (tried - 1) * (0.75 + Math.random() / 2);
  const seconds = Number(said);
  const asked = Number.isNaN(seconds) ? Date.parse(said) - Date.now() : seconds * 1000;
  if (Number.isNaN(asked)) return firstPause;
  return asked > patience ? undefined : Math.max(0, asked);
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
    if (signal?.aborted) done();
  });
}

/** Sends a body as JSON, or as it is where it is text (then it is newline-delimited JSON). */
export function sender({ url, headers, fetch: own = fetch }: HttpOptions): Send {
  const base = url.replace(/\/+$/, "");
  return async <T>(
    method: string,
    path: string,
    body?: unknown,
    { signal, missing, headers: seen }: SendOptions = {},
  ): Promise<T> => {
    const lines = typeof body === "string";
    const type = lines ? "application/x-ndjson" : "application/json";
    const request = {
      method,
      signal,
      headers: { ...headers, ...(body !== undefined && { "content-type": type }) },
      body: lines ? body : JSON.stringify(body),
      // Followed, it would take the key along, and make a POST a GET.
      redirect: "manual" as const,
    };
    let response = await own(base + path, request);
    for (let tried = 1; ; tried++) {
      const pause = pauseAfter(response, tried);
      if (pause === undefined) break;
      await response.body?.cancel();
      await sleep(pause, signal);
      checkAborted(signal);
      response = await own(base + path, request);
    }
    seen?.(response.headers);
    const text = await response.text();
    if (missing && response.status === 404) return undefined as T;
    if (!response.ok) {
      throw new StoreError(
        `${method} ${path.split("?")[0]} was answered with ${response.status}: ${text.slice(0, 500)}`,
        { status: response.status },
      );
    }
    try {
      return (text === "" ? undefined : JSON.parse(text)) as T;
    } catch (cause) {
      throw new StoreError(`${method} ${path.split("?")[0]} was answered without JSON.`, { cause });
    }
  };
}

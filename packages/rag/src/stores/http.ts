/** JSON over HTTP to a database. Messages hold no key: they name the address without what is secret in it. */
import { StoreError } from "./errors.ts";

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
    const response = await own(base + path, {
      method,
      signal,
      headers: {
        ...headers,
        ...(body !== undefined && {
          "content-type": lines ? "application/x-ndjson" : "application/json",
        }),
      },
      body: lines ? body : JSON.stringify(body),
    });
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

/**
 * The transport over `fetch`: the platform's where there is no Node, or one that the user hands.
 * Proxies, pooling and decompression are that `fetch`'s; when it has connected it does not show, so
 * the connect timeout does not run and firstByte counts from the start.
 */
import { readText } from "./body.ts";
import { Deadlines } from "./deadlines.ts";
import { abortError, connectionError, timeoutError, urlError } from "./failures.ts";
import {
  type Timeouts,
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from "./types.ts";

/** A function of the shape of `fetch`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Sends a request with the platform's `fetch`, as it is at the time of the call. */
export const transport: Transport = fetchTransport((url, init) => globalThis.fetch(url, init));

/** A transport over the user's own `fetch`. */
export function fetchTransport(fetch: Fetch): Transport {
  return async (request) => {
    const exchange = new Exchange(request);
    await exchange.send(fetch);
    return exchange;
  };
}

/** One request and its reply. A `fetch` that ignores its signal is left behind, not waited for. */
class Exchange implements TransportResponse {
  readonly url: string;
  readonly #request: TransportRequest;
  readonly #deadlines: Deadlines;
  readonly #controller = new AbortController();
  #response: Response | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #ended = false;
  #failure: TransportError | undefined;
  /** Rejects what the caller waits for. */
  #interrupt: ((error: TransportError) => void) | undefined;

  constructor(request: TransportRequest) {
    this.#request = request;
    this.url = request.url;
    this.#deadlines = new Deadlines(request.timeouts, this.#expire);
    if (request.signal?.aborted) this.#abort();
    else request.signal?.addEventListener("abort", this.#abort);
  }

  get status(): number {
    return this.#response!.status;
  }

  get ok(): boolean {
    return this.#response!.ok;
  }

  header(name: string): string | undefined {
    return this.#response!.headers.get(name) ?? undefined;
  }

  /** Resolves when the head of the reply is here. */
  async send(fetch: Fetch): Promise<void> {
    const { method, headers, body } = this.#request;
    const unusable = urlError(this.url);
    if (unusable) throw this.#fail(unusable);
    this.#deadlines.enter("firstByte");
    const response = await this.#wait(async () => {
      const response = await fetch(this.url, {
        method,
        headers,
        body: body as BodyInit | undefined,
        signal: this.#controller.signal,
        redirect: "manual",
      });
      if (this.#failure) await response.body?.cancel(); // Too late: nobody waits for it any more.
      return response;
    });
    this.#deadlines.rest();
    try {
      const { type, headers, body } = response;
      if (type === "opaqueredirect") throw new Error("a redirect, which this platform hides");
      headers.get("content-type");
      if (body === null) this.#end();
      else this.#reader = body.getReader();
    } catch (cause) {
      const message = `fetch gave no reply to be read: ${(cause as Error).message}`;
      throw this.#fail(new TransportError("connection", "firstByte", message, { cause }));
    }
    this.#response = response;
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.#ended) return undefined;
    this.#deadlines.enter("idle");
    const { done, value } = await this.#wait(() => this.#reader!.read());
    this.#deadlines.rest();
    if (done) this.#end();
    else if (!ArrayBuffer.isView(value)) throw this.#lose(new TypeError("not bytes"));
    return value;
  }

  text(): Promise<string> {
    return readText(this);
  }

  cancel(): void {
    if (this.#failure || this.#ended) return;
    this.#end();
    this.#close();
  }

  #close(): void {
    this.#reader?.cancel().catch(() => {}); // What a body says when nobody listens any more.
    this.#controller.abort();
  }

  /** Runs one step of `fetch`; ends with its result, its error or what interrupts it. */
  #wait<T>(step: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#interrupt = reject;
      if (this.#failure) reject(this.#failure);
      else step().then(resolve, (cause) => reject(this.#lose(cause)));
    });
  }

  #lose(cause: unknown): TransportError {
    return this.#fail(connectionError(this.#response ? "body" : "connect", this.url, cause));
  }

  readonly #expire = (phase: keyof Timeouts): void => {
    this.#fail(timeoutError(phase, this.#request.timeouts, this.url));
  };

  readonly #abort = (): void => {
    const phase = this.#response ? "body" : "firstByte";
    this.#fail(abortError(phase, this.#request.signal!));
  };

  /** Ends the exchange by an error, the first of which stands. */
  #fail(error: TransportError): TransportError {
    if (this.#failure) return this.#failure;
    this.#failure = error;
    this.#stop();
    this.#interrupt?.(error);
    this.#close();
    return error;
  }

  #end(): void {
    this.#ended = true;
    this.#stop();
  }

  #stop(): void {
    this.#deadlines.stop();
    this.#request.signal?.removeEventListener("abort", this.#abort);
  }
}

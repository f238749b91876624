/** What a transport is: one function from a request to a reply whose bytes are pulled, and its error. */

/** How long each part of an exchange may take, in milliseconds. `undefined` is no limit. */
export interface Timeouts {
  /** From the start until the connection is up (name, TCP, proxy, TLS). `fetch` does not show this. */
  connect?: number;
  /** From the connection (with `fetch`: from the start) until the head of the reply is here. */
  firstByte?: number;
  /** Without a byte of the body while the caller waits for one. */
  idle?: number;
  /** From the start until the last byte of the body. */
  total?: number;
}

/** A request as it goes on the wire. Redirects are never followed. */
export interface TransportRequest {
  method: string;
  /** Absolute, `http:` or `https:`. */
  url: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
  timeouts: Timeouts;
  /** Ends the exchange at any point; the error's cause is the signal's reason. */
  signal?: AbortSignal;
}

/** A reply whose head is here. Read it to its end or `cancel()` it: else its socket stays open. */
export interface TransportResponse {
  readonly status: number;
  /** Whether the status is 200 to 299. */
  readonly ok: boolean;
  readonly url: string;
  /** One header's value, by its name in any case. */
  header(name: string): string | undefined;
  /**
   * The next bytes, decompressed; `undefined` at the end. Nothing is read ahead beyond some 128 KiB.
   * One call at a time.
   * @throws TransportError, after every byte that arrived before the failure was handed out
   */
  read(): Promise<Uint8Array | undefined>;
  /** Closes the exchange: the socket too, unless the body is already whole. May be called twice. */
  cancel(): void;
  /**
   * The rest of the body as text (UTF-8, without a byte order mark).
   * @throws TransportError as `read()` does, and of kind `limit` beyond 256 MiB
   */
  text(): Promise<string>;
}

/**
 * Sends one request; resolves when the head of the reply is here, whatever its status.
 * @throws TransportError
 */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>;

/** Why an exchange failed; `limit` is a head or body too large to take. */
export type TransportErrorKind = "connection" | "timeout" | "abort" | "limit";

/** Where an exchange failed. `idle` and `total` name timeouts only. */
export type TransportPhase = "connect" | "request" | "firstByte" | "body" | "idle" | "total";

const brand = Symbol.for("polycall.TransportError");

/** An exchange that failed on its way. It knows the host but no provider: core says the rest. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly kind: TransportErrorKind;
  readonly phase: TransportPhase;

  constructor(
    kind: TransportErrorKind,
    phase: TransportPhase,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.kind = kind;
    this.phase = phase;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Whether a thrown value is a `TransportError`, of this copy of the module or another. */
export function isTransportError(error: unknown): error is TransportError {
  return error instanceof Error && brand in error;
}

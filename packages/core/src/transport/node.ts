/**
 * The transport of Node: node:http and node:https with pooled connections, read as the caller pulls.
 * The built-in modules are fetched at the first call, since loading them takes longer (11 ms, 7 MB)
 * than all of core, and `request` is looked up at every call, so that what patches it is obeyed.
 */
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex, Readable } from "node:stream";
import { readText } from "./body.ts";
import { Deadlines } from "./deadlines.ts";
import { abortError, connectionError, headLimitError, timeoutError } from "./failures.ts";
import {
  type Address,
  addressOf,
  agentFor,
  type ConnectionOptions,
  moduleFor,
} from "./node-connections.ts";
import { acceptEncoding, decoderFor } from "./node-decoder.ts";
import {
  type Timeouts,
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from "./types.ts";

/** A pooled connection that had died says so within a round trip; after that, someone worked on the request. */
const staleMs = 1000;

/** Sends a request over a pooled connection. */
export const transport: Transport = (request) =>
  new Promise((resolve, reject) => {
    new Exchange(request, resolve, reject);
  });

/** One request and its reply: all that must be undone when it ends stands in `#stop`. */
class Exchange implements TransportResponse {
  readonly url: string;
  readonly #request: TransportRequest;
  readonly #resolve: (response: TransportResponse) => void;
  readonly #reject: (error: TransportError) => void;
  readonly #deadlines: Deadlines;
  readonly #address: Address;
  #outgoing: ClientRequest | undefined;
  /** Made for this request; the request has it as its socket once a proxy's tunnel stands. */
  #connection: Duplex | undefined;
  #incoming: IncomingMessage | undefined;
  /** Where decoded bytes come from: the reply itself, or the decoder it is piped into. */
  #body: Readable | undefined;
  #connected = false;
  #ended = false;
  #failure: TransportError | undefined;
  /** Why a compressed reply broke off; told once what came before it is decoded. */
  #cut: unknown;
  /** What had come before the failure and was not yet read. */
  #left: Uint8Array | null = null;
  #wake: (() => void) | undefined;

  constructor(
    request: TransportRequest,
    resolve: (response: TransportResponse) => void,
    reject: (error: TransportError) => void,
  ) {
    this.#address = addressOf(request.url);
    this.#request = request;
    this.url = request.url;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#deadlines = new Deadlines(request.timeouts, this.#expire);
    if (request.signal?.aborted) this.#abort();
    else {
      request.signal?.addEventListener("abort", this.#abort);
      this.#send(false);
    }
  }

  get status(): number {
    return this.#incoming!.statusCode!;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  header(name: string): string | undefined {
    const value = this.#incoming!.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#failure?.kind === "abort") throw this.#failure;
      const bytes = this.#take();
      if (bytes) return bytes;
      if (this.#failure) throw this.#failure;
      if (this.#ended) return undefined;
      this.#deadlines.enter("idle");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#deadlines.rest();
    }
  }

  text(): Promise<string> {
    return readText(this);
  }

  cancel(): void {
    if (this.#failure) return;
    const whole = this.#incoming!.complete;
    this.#end();
    if (!whole) this.#outgoing!.destroy();
    else for (this.#incoming!.unpipe(); this.#incoming!.read() !== null; );
    if (this.#body !== this.#incoming) this.#body?.destroy();
  }

  /** @param fresh whether to take a new connection, not a pooled one that may be dead */
  #send(fresh: boolean): void {
    this.#deadlines.enter("connect");
    this.#connected = false;
    const { method, body } = this.#request;
    const { protocol } = this.#address;
    const start = performance.now();
    try {
      const options: ConnectionOptions = {
        ...this.#address,
        method,
        headers: { "accept-encoding": acceptEncoding, ...this.#request.headers }, // In any case: the last wins.
        agent: agentFor(protocol, fresh),
        onConnection: (connection) => {
          this.#connection = connection;
        },
      };
      const outgoing = moduleFor(protocol).request(options);
      this.#outgoing = outgoing;
      let before = 0;
      outgoing.once("socket", (socket: Socket) => {
        before = socket.bytesRead;
        this.#connecting(outgoing, socket);
      });
      outgoing.once("response", this.#respond);
      outgoing.on("error", (cause: NodeJS.ErrnoException) => {
        if (outgoing !== this.#outgoing) return;
        const silent = !this.#incoming && outgoing.socket?.bytesRead === before;
        const reset = cause.code === "ECONNRESET" || cause.code === "EPIPE";
        const soon = performance.now() - start < staleMs;
        const stale = outgoing.reusedSocket && silent && reset && soon;
        if (stale && !fresh && !this.#failure) this.#send(true);
        else this.#lose(cause);
      });
      outgoing.once("close", () => {
        if (outgoing === this.#outgoing && !this.#incoming) this.#lose(undefined);
      });
      outgoing.end(body);
    } catch (cause) {
      this.#fail(cause instanceof TransportError ? cause : this.#connectionError(cause));
    }
  }

  /** Watches a connection come up; a pooled one is. */
  #connecting(outgoing: ClientRequest, socket: Socket): void {
    const secure = this.#address.protocol === "https:";
    const pending = secure
      ? (socket as Socket & { secureConnecting?: boolean }).secureConnecting !== false
      : socket.connecting;
    if (outgoing.reusedSocket || !(pending || socket.destroyed)) this.#connect();
    else socket.once(secure ? "secureConnect" : "connect", this.#connect);
  }

  readonly #connect = (): void => {
    if (this.#incoming || this.#failure) return;
    this.#connected = true;
    this.#deadlines.enter("firstByte");
  };

  readonly #respond = (incoming: IncomingMessage): void => {
    if (this.#failure) return;
    this.#incoming = incoming;
    this.#deadlines.rest();
    incoming.on("error", (cause) => this.#lose(cause));
    const encoding = incoming.headers["content-encoding"]?.trim().toLowerCase();
    if (encoding === undefined || encoding === "" || encoding === "identity") {
      this.#listen(incoming);
    } else this.#decode(incoming, encoding);
    this.#resolve(this);
  };

  /** Pipes the reply through its decoder; a reply without a body needs none, whatever it says. */
  #decode(incoming: IncomingMessage, encoding: string): void {
    incoming.once("data", (first: Buffer) => {
      if (this.#ended) return;
      const decoder = decoderFor(encoding, first[0]!);
      if (decoder === undefined) {
        const message = `the reply's content-encoding is "${encoding}", of which this knows nothing`;
        this.#fail(new TransportError("connection", "body", message));
        return;
      }
      decoder.on("error", (cause) => this.#lose(this.#cut ?? cause));
      this.#listen(decoder);
      decoder.write(first);
      incoming.pipe(decoder);
    });
    incoming.once("end", () => {
      if (!this.#body) this.#end();
    });
  }

  #listen(body: Readable): void {
    this.#body = body;
    body.on("readable", this.#wakeUp);
    body.once("end", () => {
      // A decoder also ends when there is more than it can use.
      if (this.#cut === undefined && this.#incoming!.readableEnded) this.#end();
      else this.#fail(this.#connectionError(this.#cut));
    });
  }

  /** All that is here: many small chunks come as one, and unread ones stop the socket. */
  #take(): Uint8Array | undefined {
    if (this.#ended) return undefined;
    const bytes: Uint8Array | null | undefined = this.#failure ? this.#left : this.#body?.read();
    this.#left = null;
    return bytes ?? undefined;
  }

  /** The connection broke. What a decoder has not yet given out is waited for. */
  #lose(cause: unknown): void {
    if (this.#failure || this.#ended) return;
    const decoder = this.#body === this.#incoming ? undefined : this.#body;
    if (decoder && this.#cut === undefined && !decoder.errored) {
      this.#cut = cause;
      (decoder as Duplex).end();
    } else this.#fail(this.#connectionError(cause));
  }

  #connectionError(cause: unknown): TransportError {
    const overflow = (cause as { code?: unknown } | undefined)?.code === "HPE_HEADER_OVERFLOW";
    if (overflow && !this.#incoming) {
      return headLimitError(this.url, cause);
    }
    return connectionError(this.#phase(), this.url, cause);
  }

  #phase() {
    if (this.#incoming) return "body";
    if (!this.#connected) return "connect";
    return this.#outgoing?.writableFinished ? "firstByte" : "request";
  }

  readonly #expire = (phase: keyof Timeouts): void => {
    this.#fail(timeoutError(phase, this.#request.timeouts, this.url));
  };

  readonly #abort = (): void => {
    this.#fail(abortError(this.#phase(), this.#request.signal!));
  };

  #fail(error: TransportError): void {
    if (this.#failure || this.#ended) return;
    this.#failure = error;
    this.#stop();
    this.#left = this.#body?.read() ?? null;
    this.#outgoing?.destroy();
    // Told to Node's tunnel, which has its listener only while it waits.
    if (!this.#outgoing?.socket) this.#connection?.on("error", () => {}).destroy(error);
    if (this.#body !== this.#incoming) this.#body?.destroy();
    if (this.#incoming) this.#wakeUp();
    else this.#reject(error);
  }

  #end(): void {
    if (this.#failure) return;
    this.#ended = true;
    this.#stop();
    this.#wakeUp();
  }

  #stop(): void {
    this.#deadlines.stop();
    this.#request.signal?.removeEventListener("abort", this.#abort);
  }

  readonly #wakeUp = (): void => {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  };
}

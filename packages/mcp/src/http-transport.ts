/** An MCP server at an address: the SDK's transport, told when a reply's stream ends before the reply. */
import {
  type JSONRPCMessage,
  StreamableHTTPClientTransport,
  type StreamableHTTPClientTransportOptions,
} from "@modelcontextprotocol/client";
import { streamEnded } from "./failures.ts";
import type { HttpServer } from "./options.ts";

type Send = StreamableHTTPClientTransport["send"];

export class HttpTransport extends StreamableHTTPClientTransport {
  /** A message was larger than allowed; it was not read. */
  isOverflown = false;
  readonly #waiting = new Map<string | number, AbortController>();

  constructor(server: HttpServer, maxBytes: number) {
    const { url, headers, authProvider, fetch: ownFetch } = server;
    const send = ownFetch ?? ((input: string | URL, init?: RequestInit) => fetch(input, init));
    const overflow = () => {
      this.isOverflown = true;
      return new Error(`A message of more than ${maxBytes} bytes (maxMessageBytes).`);
    };
    const options: StreamableHTTPClientTransportOptions = {
      authProvider,
      requestInit: headers && { headers: { ...headers } },
      fetch: async (input, init) => bounded(await send(input, init), maxBytes, overflow),
    };
    super(new URL(url), options);
    // The SDK's client keeps this listener and calls it first.
    this.onmessage = (message) => {
      if (!("method" in message) && message.id !== undefined) this.#waiting.delete(message.id);
    };
  }

  override async send(message: JSONRPCMessage | JSONRPCMessage[], options?: Parameters<Send>[1]) {
    if (Array.isArray(message) || !("method" in message)) return super.send(message, options);
    if (message.method === "notifications/cancelled") {
      // Else the transport would go on to resume a stream that nobody waits for.
      const id = message.params?.requestId as string | number;
      this.#waiting.get(id)?.abort();
      this.#waiting.delete(id);
    }
    if (!("id" in message)) return super.send(message, options);
    const { id } = message;
    const mine = new AbortController();
    this.#waiting.set(id, mine);
    const given = options?.requestSignal;
    given?.addEventListener("abort", () => this.#waiting.delete(id), { once: true });
    try {
      await super.send(message, {
        ...options,
        requestSignal: given ? AbortSignal.any([given, mine.signal]) : mine.signal,
        onRequestStreamEnd: () => {
          options?.onRequestStreamEnd?.();
          if (!this.#waiting.has(id)) return;
          const error = { code: streamEnded, message: "The stream ended before the reply." };
          this.onmessage?.({ jsonrpc: "2.0", id, error });
        },
      });
    } catch (error) {
      this.#waiting.delete(id);
      throw error;
    }
  }
}

/**
 * The response, broken off at a message that is too large: its body, or what stands between two blank
 * lines of a stream of events.
 */
function bounded(response: Response, maxBytes: number, overflow: () => Error): Response {
  if (!response.body) return response;
  const isStream = /^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "");
  let length = 0;
  let last = 0;
  const count = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      length += chunk.length;
      if (isStream) {
        // "\n\n" or "\r\n\r\n" ends an event.
        for (let at = chunk.lastIndexOf(0x0a); at >= 0; at = chunk.lastIndexOf(0x0a, at - 1)) {
          const before = at > 0 ? chunk[at - 1] : last;
          const isBlank = before === 0x0a || (before === 0x0d && chunk[at - 2] === 0x0a);
          if (isBlank) {
            length = chunk.length - at - 1;
            break;
          }
          if (at === 0) break;
        }
        last = chunk.at(-1) ?? last;
      }
      if (length > maxBytes) controller.error(overflow());
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers, url } = response;
  const copy = new Response(response.body.pipeThrough(count), { status, statusText, headers });
  Object.defineProperty(copy, "url", { value: url });
  return copy;
}

/** fetch() that reaches public hosts only: each hop of a redirect is checked, and connected to as checked. */
import type { IncomingMessage } from "node:http";
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { pipeline, type Readable } from "node:stream";
import { ReadableStream as NodeReadableStream } from "node:stream/web";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { type GuardOptions, guard } from "./guard.ts";
import { FetchRefusal, type RefusalClass } from "./refusal.ts";

export interface GuardedFetchOptions extends GuardOptions {
  /** Default 5. */
  maxRedirects?: number;
  /** Bytes of a body, unpacked. Reading more fails. Default 10,000,000. */
  maxBytes?: number;
  /** ms for everything, until the body's last byte. Default 30,000. */
  timeout?: number;
  /** What to say to a URL's host besides, asked for each URL, so that a key reaches its own host alone. */
  headers?: (url: URL) => Record<string, string | undefined>;
}

interface Hop {
  url: URL;
  method: string;
  headers: Headers;
  body?: Uint8Array;
}

const redirects = [301, 302, 303, 307, 308];
const bodiless = [101, 204, 205, 304];

/** What another host may be told. All else could be a credential: Authorization, cookies, x-api-key. */
const harmless = ["accept", "accept-encoding", "accept-language", "user-agent"];

/** What belongs to the connection, and is nobody's to set. */
const ofConnection = [
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/**
 * A `fetch` for URLs that nobody trusts. It reaches public addresses only, in whatever spelling, by whatever
 * redirect, whatever the host's name resolves to the second time. Goes straight, past any proxy. A redirect to
 * another origin takes no header along that could be a credential, and no body.
 * @throws (the fetch) FetchRefusal, or what `refusal` says, for what may not be fetched, for too much, and when it takes too long
 */
export function guardedFetch(options: GuardedFetchOptions = {}): typeof fetch {
  const { maxRedirects = 5, maxBytes = 10_000_000, timeout = 30_000 } = options;
  const { refusal: Refusal = FetchRefusal } = options;
  const { check } = guard(options);
  return async function guardedFetch(input, init) {
    // Checked before Request reads it, which would complain of a password in words that repeat it.
    await checkShape(input, Refusal);
    const request = new Request(input, init);
    const limit = AbortSignal.timeout(timeout);
    const signal = AbortSignal.any([request.signal, limit]);
    try {
      const hop: Hop = {
        url: new URL(request.url),
        method: request.method,
        headers: new Headers(request.headers),
        ...(request.body && { body: new Uint8Array(await request.arrayBuffer()) }),
      };
      return await follow(hop, 0);
    } catch (error) {
      throw told(error);
    }

    async function follow(hop: Hop, count: number): Promise<Response> {
      const addresses = await orAborted(check(hop.url), signal);
      const headers = new Headers(hop.headers);
      for (const [name, value] of Object.entries(options.headers?.(new URL(hop.url)) ?? {}))
        if (value !== undefined) headers.set(name, value);
      const message = await send({ ...hop, headers }, addresses, signal);
      const next = request.redirect === "manual" ? undefined : nextHop(hop, message, Refusal);
      if (!next) return response(message, hop, count > 0);
      message.destroy();
      if (request.redirect === "error") throw new Refusal(`${hop.url.host} redirects.`);
      if (count === maxRedirects) throw new Refusal(`More than ${maxRedirects} redirects.`);
      return follow(next, count + 1);
    }

    function response(message: IncomingMessage, hop: Hop, redirected: boolean): Response {
      const status = message.statusCode ?? 0;
      const empty = bodiless.includes(status) || hop.method === "HEAD";
      if (empty) message.resume();
      const made = new Response(empty ? null : webStream(bytes(message)), {
        status,
        statusText: message.statusMessage ?? "",
        headers: headersOf(message),
      });
      Object.defineProperties(made, {
        url: { value: hop.url.href },
        redirected: { value: redirected },
      });
      return made;
    }

    /** A bomb is unpacked piece by piece and only until it is too much. */
    async function* bytes(message: IncomingMessage): AsyncGenerator<Uint8Array<ArrayBuffer>> {
      let read = 0;
      try {
        for await (const chunk of unpacked(message, Refusal)) {
          read += chunk.length;
          if (read > maxBytes) throw new Refusal(`The reply is larger than ${maxBytes} bytes.`);
          yield new Uint8Array(chunk);
        }
      } catch (error) {
        throw told(error);
      } finally {
        message.destroy();
      }
    }

    function told(error: unknown): unknown {
      if (error instanceof Refusal) return error;
      if (limit.aborted) return new Refusal(`No whole reply within ${timeout} ms.`);
      if (request.signal.aborted) return request.signal.reason;
      const { code } = error as { code?: string };
      return new Refusal(`The fetch failed${code ? ` (${code})` : ""}.`, { cause: error });
    }
  };
}

/** TypeScript's DOM types have no `ReadableStream.from` yet. */
function webStream(bytes: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return NodeReadableStream.from(bytes) as unknown as ReadableStream<Uint8Array<ArrayBuffer>>;
}

async function checkShape(
  input: Parameters<typeof fetch>[0],
  Refusal: RefusalClass,
): Promise<void> {
  const text = input instanceof Request ? input.url : String(input);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw new Refusal("That is no URL. Give a whole one, as https://example.com/page.");
  if (url.username || url.password)
    throw new Refusal("A URL with a user name or password in it is not fetched.");
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** One request, to one of the addresses and no other. */
function send(
  hop: Hop,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { url, method, headers, body } = hop;
  const secure = url.protocol === "https:";
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  // Node asks no lookup for a literal address; that one is the address that was checked.
  const lookup: LookupFunction = (_, { all }, done) =>
    all ? done(null, found) : done(null, found[0]!.address, found[0]!.family);
  const sent = Object.fromEntries(headers);
  for (const name of ofConnection) delete sent[name];
  if (body) sent["content-length"] = String(body.length);
  sent["accept-encoding"] ??= "gzip, deflate, br";
  sent.accept ??= "*/*";
  return new Promise((resolve, reject) => {
    const request = (secure ? httpsRequest : httpRequest)(
      {
        protocol: url.protocol,
        hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"),
        port: url.port,
        path: url.pathname + url.search,
        method,
        headers: sent,
        lookup,
        signal,
        // One of its own, since the process's could go by a proxy, which would resolve the name once more.
        agent: secure ? new HttpsAgent() : new HttpAgent(),
      },
      resolve,
    );
    request.on("error", reject);
    request.end(body);
  });
}

function headersOf(message: IncomingMessage): Headers {
  const headers = new Headers();
  const raw = message.rawHeaders;
  for (let at = 0; at + 1 < raw.length; at += 2) headers.append(raw[at]!, raw[at + 1]!);
  return headers;
}

function unpacked(message: IncomingMessage, Refusal: RefusalClass): Readable {
  const encoding = message.headers["content-encoding"]?.trim().toLowerCase();
  const unpack = {
    gzip: createGunzip,
    "x-gzip": createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
  }[encoding ?? ""];
  if (unpack) return pipeline(message, unpack(), () => {});
  if (!encoding || encoding === "identity") return message;
  throw new Refusal(`The reply is packed as ${encoding}, which is not unpacked here.`);
}

/** Where a redirect leads, with what may be told there. */
function nextHop(hop: Hop, message: IncomingMessage, Refusal: RefusalClass): Hop | undefined {
  const status = message.statusCode ?? 0;
  const { location } = message.headers;
  if (!redirects.includes(status) || location === undefined) return undefined;
  if (!URL.canParse(location, hop.url.href))
    throw new Refusal(`${hop.url.host} redirects to what is no URL.`);
  const url = new URL(location, hop.url);
  const toGet = status === 303 ? hop.method !== "HEAD" : status < 303 && hop.method === "POST";
  const { body, ...rest } = hop;
  const next: Hop = toGet ? { ...rest, url, method: "GET" } : { ...hop, url };
  next.headers = new Headers(hop.headers);
  const dropped =
    url.origin !== hop.url.origin
      ? [...next.headers.keys()].filter((name) => !harmless.includes(name))
      : toGet
        ? [...next.headers.keys()].filter((name) => name.startsWith("content-"))
        : [];
  for (const name of dropped) next.headers.delete(name);
  if (next.body && url.origin !== hop.url.origin)
    throw new Refusal(`${hop.url.host} redirects a ${hop.method} to another host.`);
  return next;
}

/** One server, connected when it is needed, and again when it was lost. */
import type { Client, Progress } from "@modelcontextprotocol/client";
import { APIUserAbortError } from "@polycall/core";
import { McpConnectionError, McpError } from "./errors.ts";
import { type Fate, failure, fateOf, type Place, timedOut, unknownOutcome } from "./failures.ts";
import type { OpenLink, Way } from "./link.ts";
import { within } from "./within.ts";

/** Longer than any timer of the SDK may be: time is kept here. */
const never = 2 ** 31 - 1;

/** A server that has been reached. Another object after each loss. */
export interface Live {
  client: Client;
  link: OpenLink;
  /** The tools may have changed since they were listed. */
  isStale: boolean;
  /** Requests that wait for its answer. */
  waiting: number;
}

export interface Ask {
  /** Whether it may be sent a second time when nobody knows what became of the first. */
  mayRepeat: boolean;
  tool?: string;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Runs before it is sent, each time, with the server that it is sent to. */
  prepare?: (live: Live) => Promise<void>;
}

/** What the SDK's client takes with a request. */
export interface Sending {
  signal: AbortSignal;
  timeout: number;
  onprogress?: (progress: Progress) => void;
}

type Send<T> = (client: Client, sending: Sending, live: Live) => Promise<T>;

export class Connection {
  readonly server: string;
  readonly #way: Way;
  /** ms of silence; 0 for no limit. */
  readonly timeout: number;
  readonly #connectTimeout: number;
  #live: Live | undefined;
  /** Lost for one request; others may still get their answers. */
  readonly #dropped = new Set<Live>();
  #opening: Promise<Live> | undefined;
  readonly #closing = new AbortController();

  constructor(server: string, way: Way, options: { timeout?: number; connectTimeout?: number }) {
    this.server = server;
    this.#way = way;
    this.timeout = options.timeout ?? 60_000;
    this.#connectTimeout = options.connectTimeout ?? 30_000;
  }

  /** The server as it is connected now. */
  get live(): Live | undefined {
    return this.#live;
  }

  get place(): Place {
    return { server: this.server, transport: this.#way.name };
  }

  /**
   * The live server; connects when there is none.
   * @throws APIUserAbortError by the signal; the attempt goes on for whoever else waits for it
   */
  async connected(signal?: AbortSignal): Promise<Live> {
    if (this.#closing.signal.aborted)
      throw new McpError(
        `MCP server "${this.server}" was closed. Call its tools before it is disposed of, or connect again with mcp().`,
        this.place,
      );
    if (this.#live) return this.#live;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return unlessAborted(this.#opening, signal);
  }

  /** Sends a request; after a loss once more, if that does no harm. */
  async request<T>(ask: Ask, send: Send<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      const live = await this.connected(ask.signal);
      try {
        await ask.prepare?.(live);
        return await this.#once(live, ask, send);
      } catch (error) {
        if (error instanceof McpError || error instanceof APIUserAbortError) throw error;
        const place = { ...this.place, tool: ask.tool };
        const fate = fateOf(error, live.link);
        if (fate === "answered") throw failure(error, place, live.link);
        await this.#drop(live);
        if (this.#closing.signal.aborted) throw failure(error, place, live.link);
        const isSafe = fate === "unsent" || ask.mayRepeat;
        if (!isSafe) throw unknownOutcome(error, place, live.link);
        if (attempt > 0) throw lost(error, fate, place, live, "It was asked twice.");
        if (!this.#way.canReopen)
          throw lost(error, fate, place, live, "Give transport as a function, and it is replaced.");
      }
    }
  }

  async #once<T>(
    live: Live,
    { signal, tool, mayRepeat, onProgress }: Ask,
    send: Send<T>,
  ): Promise<T> {
    const mine = new AbortController();
    const giveUp = () => mine.abort(signal?.reason);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isLate = false;
    const wait = () => {
      clearTimeout(timer);
      if (this.timeout === 0) return;
      timer = setTimeout(() => {
        isLate = true;
        mine.abort();
      }, this.timeout);
    };
    if (signal?.aborted) throw new APIUserAbortError(undefined, { cause: signal.reason });
    signal?.addEventListener("abort", giveUp, { once: true });
    wait();
    live.waiting += 1;
    try {
      const onprogress = (progress: Progress) => {
        wait();
        if (!mine.signal.aborted) onProgress?.(progress);
      };
      const sending = { signal: mine.signal, timeout: never, ...(onProgress && { onprogress }) };
      return await send(live.client, sending, live);
    } catch (cause) {
      if (isLate) throw timedOut(this.timeout, { ...this.place, tool }, !mayRepeat, live.link);
      if (signal?.aborted) throw new APIUserAbortError(undefined, { cause: signal.reason });
      throw cause;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
      live.waiting -= 1;
      if (this.#dropped.has(live)) void this.#drop(live);
    }
  }

  async #open(): Promise<Live> {
    const { Client } = await import("@modelcontextprotocol/client");
    let link: OpenLink | undefined;
    try {
      link = await this.#way.open();
      const stale = { autoRefresh: false, debounceMs: 0 };
      const client = new Client(
        { name: "polycall", version: "1" },
        {
          versionNegotiation: { mode: this.#way.protocol },
          listChanged: {
            tools: {
              ...stale,
              onChanged: () => {
                live.isStale = true;
              },
            },
          },
        },
      );
      const live: Live = { client, link, isStale: true, waiting: 0 };
      client.onclose = () => {
        if (this.#live === live) this.#live = undefined;
      };
      const greeting = unlessAborted(
        client.connect(link.transport, { timeout: never }),
        this.#closing.signal,
      );
      if (this.#connectTimeout === 0) await greeting;
      else if (!(await within(greeting, this.#connectTimeout)))
        throw timedOut(this.#connectTimeout, this.place, false, link);
      this.#live = live;
      return live;
    } catch (error) {
      // First the end of the child, then its last words.
      await link?.close().catch(() => {});
      throw failure(error, this.place, link);
    }
  }

  /** Uses it no more, and closes it once nobody waits for it. */
  async #drop(live: Live): Promise<void> {
    if (this.#live === live) this.#live = undefined;
    if (live.waiting > 0) {
      this.#dropped.add(live);
      return;
    }
    this.#dropped.delete(live);
    await live.link.close().catch(() => {});
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#opening?.catch(() => {});
    const open = [...this.#dropped, ...(this.#live ? [this.#live] : [])];
    this.#live = undefined;
    this.#dropped.clear();
    await Promise.all(open.map((live) => live.link.close().catch(() => {})));
  }
}

function lost(error: unknown, fate: Fate, place: Place, { link }: Live, more: string): Error {
  if (fate === "unsent") return failure(error, place, link);
  const { server, transport } = place;
  const asked = place.tool ? `the tool ${JSON.stringify(place.tool)} ran` : "it was asked";
  return new McpConnectionError(
    [`MCP server "${server}" (${transport}) was lost while ${asked}.`, link.describe(), more]
      .filter(Boolean)
      .join(" "),
    { ...place, cause: error },
  );
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new APIUserAbortError(undefined, { cause: signal.reason }));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (stop) signal.removeEventListener("abort", stop);
    // Nobody may be left to hear of its failure.
    promise.catch(() => {});
  }
}

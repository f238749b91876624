/** Server-sent events and JSON lines out of a reply's bytes, as the caller pulls them. */
import { TransportError, type TransportResponse } from "./transport/types.ts";
import { Utf8 } from "./utf8.ts";

/** One event of a streamed reply; a line of NDJSON is an event without a name. */
export interface ServerEvent {
  event: string | undefined;
  data: string;
}

/** The most that one event may hold, in characters. */
const eventLimit = 64 * 1024 * 1024;

/**
 * Reads events: `next()` until it has none, then `pull()`, until that is `false`.
 *
 * Text is decoded a chunk at a time and searched once; nothing is allocated for an event but the
 * event. Of SSE, `id`, `retry` and comments are skipped, and an event that the end of the reply
 * leaves without its blank line is given out (the standard drops it; providers do send it).
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class EventReader {
  readonly #response: Pick<TransportResponse, "read" | "cancel">;
  readonly #sse: boolean;
  readonly #limit: number;
  readonly #utf8 = new Utf8();
  /** The last chunk, searched from `#at`. */
  #text = "";
  #at = 0;
  /** The line that began in earlier chunks; never searched, so that a long one costs its length. */
  #begun = "";
  #afterReturn = false;
  #ended = false;
  #event: string | undefined;
  #data: string | undefined;

  /** @param limit for one event, in characters; reading fails and the reply is closed beyond it */
  constructor(
    response: Pick<TransportResponse, "read" | "cancel">,
    framing: "sse" | "ndjson",
    limit = eventLimit,
  ) {
    this.#response = response;
    this.#sse = framing === "sse";
    this.#limit = limit;
  }

  /** The next event that is already here; `undefined` when more bytes are needed. */
  next(): ServerEvent | undefined {
    for (;;) {
      const text = this.#text;
      const at = this.#at;
      const end = text.indexOf("\n", at);
      if (end === -1) return undefined;
      this.#at = end + 1;
      let event: ServerEvent | undefined;
      if (this.#begun === "") event = this.#line(text, at, end);
      else {
        const line = this.#begun + text.slice(at, end);
        this.#begun = "";
        event = this.#line(line, 0, line.length);
      }
      if (event) return event;
    }
  }

  /**
   * Waits for more bytes. Call it when `next()` has none.
   * @returns `false` when the reply has ended and every event of it was given out
   * @throws TransportError as the reply's `read()`, and of kind `limit` for an endless event
   */
  async pull(): Promise<boolean> {
    if (this.#ended) return false;
    this.#begun += this.#text.slice(this.#at);
    const length = this.#begun.length + (this.#data?.length ?? 0);
    if (length > this.#limit) {
      this.#response.cancel();
      const message = `an event of the reply is longer than ${this.#limit} characters`;
      throw new TransportError("limit", "body", message);
    }
    const bytes = await this.#response.read();
    this.#at = 0;
    if (bytes === undefined) {
      this.#ended = true;
      this.#text = `${this.#utf8.end()}\n\n`;
    } else
      this.#text = this.#sse ? this.#lineFeeds(this.#utf8.decode(bytes)) : this.#utf8.decode(bytes);
    return true;
  }

  /** The text with every line ending a line feed, also where CR and LF came in two chunks. */
  #lineFeeds(text: string): string {
    const joined = this.#afterReturn && text.startsWith("\n") ? text.slice(1) : text;
    if (text !== "") this.#afterReturn = text.endsWith("\r");
    if (!joined.includes("\r")) return joined;
    const pairs = joined.split("\r\n").join("\n"); // A third of what a regular expression takes.
    return pairs.includes("\r") ? pairs.split("\r").join("\n") : pairs;
  }

  /** Takes the line in `text` from `start` to `end`; the event that it completes, if any. */
  #line(text: string, start: number, end: number): ServerEvent | undefined {
    return this.#sse ? this.#sseLine(text, start, end) : jsonLine(text.slice(start, end));
  }

  #sseLine(text: string, start: number, end: number): ServerEvent | undefined {
    if (start === end) {
      const data = this.#data;
      const event = this.#event;
      this.#data = undefined;
      this.#event = undefined;
      return data === undefined ? undefined : { event, data };
    }
    if (text.startsWith("data", start)) {
      const value = fieldValue(text, start + 4, end);
      if (value !== undefined) {
        this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
      }
    } else if (text.startsWith("event", start)) {
      const name = fieldValue(text, start + 5, end);
      if (name !== undefined) this.#event = name === "" ? undefined : name;
    }
    return undefined;
  }
}

/** What follows a field's name at `at`; `undefined` when the name is longer than thought. */
function fieldValue(text: string, at: number, end: number): string | undefined {
  if (at >= end) return "";
  if (text.charCodeAt(at) !== 58) return undefined; // ":"
  const space = at + 1 < end && text.charCodeAt(at + 1) === 32;
  return text.slice(space ? at + 2 : at + 1, end);
}

function jsonLine(line: string): ServerEvent | undefined {
  const data = line.trim();
  return data === "" ? undefined : { event: undefined, data };
}

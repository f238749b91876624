/** What an endpoint hands to the server: a status, headers and the pieces of a body. */

/** A reply as the wire will carry it. A stream is one frame an event. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  frames: Iterable<string>;
  isStream: boolean;
}

/** A JSON body. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    frames: [JSON.stringify(body)],
    isStream: false,
  };
}

/** A stream of server-sent events, already framed. */
export function sse(frames: Iterable<string>): Reply {
  return {
    status: 200,
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
    frames,
    isStream: true,
  };
}

/** A stream of JSON lines. */
export function ndjson(frames: Iterable<string>): Reply {
  return {
    status: 200,
    headers: { "content-type": "application/x-ndjson" },
    frames,
    isStream: true,
  };
}

/** One event without a name. */
export function dataEvent(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** One event whose name is the `type` of its data. */
export function typedEvent(data: { type: string }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

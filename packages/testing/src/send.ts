/** Writes a reply to the wire, honouring back-pressure and whatever fault was asked for. */
import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Fault } from "./faults.ts";
import { pieces } from "./pieces.ts";
import type { Reply } from "./reply.ts";

/** Resolves when the connection can take more, or has ended. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}

/**
 * Writes status, headers and frames. The connection is broken where `fault.cutAt` says.
 * @param frames the body, one frame an event of a stream
 */
export async function send(
  response: ServerResponse,
  reply: Reply,
  frames: Iterable<string | Uint8Array>,
  fault: Fault,
): Promise<void> {
  const isPlain = Object.keys(fault).length === 0 && !reply.isStream;
  response.socket?.setNoDelay(true);
  if (isPlain) {
    const body = Buffer.concat([...frames].map((frame) => Buffer.from(frame)));
    response.writeHead(reply.status, { ...reply.headers, "content-length": body.length });
    response.end(body);
    return;
  }
  response.writeHead(reply.status, reply.headers);
  // A reply that is cut at byte 0 has a head all the same.
  response.flushHeaders();
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const body = pieces(frames, fault, gone.signal);
  for (;;) {
    const { value, done } = await body.next();
    if (done) {
      if (gone.signal.aborted) return;
      if (!value) response.end();
      else {
        // Give the written bytes a moment to leave before the connection is broken.
        await pause(10);
        response.socket?.destroy();
      }
      return;
    }
    if (response.destroyed) return;
    if (!response.write(value)) await drained(response);
  }
}

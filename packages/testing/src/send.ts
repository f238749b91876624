/** Writes a reply to the wire, honouring back-pressure and whatever fault was asked for. */
import type { ServerResponse } from "node:http";
import { setImmediate as nextTick, setTimeout as pause } from "node:timers/promises";
import { type Fault, pieceSizes } from "./faults.ts";
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

async function write(response: ServerResponse, bytes: Uint8Array): Promise<boolean> {
  if (response.destroyed) return false;
  if (!response.write(bytes)) await drained(response);
  return !response.destroyed;
}

/** Waits, but no longer than the connection lives; false when it has ended. */
async function wait(response: ServerResponse, ms: number): Promise<boolean> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  response.once("close", abort);
  await pause(ms, undefined, { signal: stop.signal }).catch(() => undefined);
  response.off("close", abort);
  return !response.destroyed;
}

async function writePieces(
  response: ServerResponse,
  bytes: Uint8Array,
  sizes: Iterator<number>,
  everyMs: number,
): Promise<boolean> {
  for (let at = 0; at < bytes.length; ) {
    const size = sizes.next().value as number;
    if (!(await write(response, bytes.subarray(at, at + size)))) return false;
    at += size;
    if (everyMs > 0) {
      if (!(await wait(response, everyMs))) return false;
    } else await nextTick();
  }
  return true;
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
  const isSplit = fault.splitBytes !== undefined || fault.drip !== undefined;
  const sizes = isSplit ? pieceSizes(fault) : undefined;
  let left = fault.cutAt ?? Number.POSITIVE_INFINITY;
  let isFirst = true;
  for (const frame of frames) {
    if (!isFirst && fault.chunkDelayMs && !(await wait(response, fault.chunkDelayMs))) return;
    isFirst = false;
    const whole = Buffer.from(frame);
    const bytes = whole.subarray(0, Math.min(whole.length, left));
    const isAlive = sizes
      ? await writePieces(response, bytes, sizes, fault.drip?.everyMs ?? 0)
      : await write(response, bytes);
    if (!isAlive) return;
    left -= whole.length;
    if (left <= 0) {
      // Give the written bytes a moment to leave before the connection is broken.
      await wait(response, 10);
      response.socket?.destroy();
      return;
    }
  }
  response.end();
}

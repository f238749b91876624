/** The bytes of a body as they are to arrive: piece by piece, after pauses, perhaps cut. */
import { setImmediate as nextTick, setTimeout as pause } from "node:timers/promises";
import { type Fault, pieceSizes } from "./faults.ts";

/** Waits, but no longer than the connection lives. */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
}

/**
 * Yields what to write next and ends early once the signal is aborted.
 * @param frames the body, one frame an event of a stream
 * @param signal aborted when the connection has ended
 * @returns true when the connection is to be broken here, short of the body's end
 */
export async function* pieces(
  frames: Iterable<string | Uint8Array>,
  fault: Fault,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>, boolean> {
  const isSplit = fault.splitBytes !== undefined || fault.drip !== undefined;
  const sizes = isSplit ? pieceSizes(fault) : undefined;
  const everyMs = fault.drip?.everyMs ?? 0;
  let left = fault.cutAt ?? Number.POSITIVE_INFINITY;
  let isFirst = true;
  for (const frame of frames) {
    if (!isFirst && fault.chunkDelayMs) await wait(fault.chunkDelayMs, signal);
    isFirst = false;
    const whole = new Uint8Array(Buffer.from(frame));
    const bytes = whole.subarray(0, Math.min(whole.length, left));
    for (let at = 0; at < bytes.length; ) {
      if (signal.aborted) return false;
      const size = sizes ? (sizes.next().value as number) : bytes.length;
      yield bytes.subarray(at, at + size);
      at += size;
      if (!sizes) continue;
      if (everyMs > 0) await wait(everyMs, signal);
      else await nextTick();
    }
    if (signal.aborted) return false;
    left -= whole.length;
    if (left <= 0) return true;
  }
  return false;
}

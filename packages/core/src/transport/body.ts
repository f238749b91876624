/** A whole body as text, within a limit. */
import { TransportError, type TransportResponse } from "./types.ts";

/** The most that is taken as one text, in bytes. */
const textLimit = 256 * 1024 * 1024;

/**
 * Reads a reply to its end as UTF-8, without a byte order mark.
 * @param limit in bytes; beyond it the reply is cancelled
 * @throws TransportError as `read()` does, and of kind `limit`
 */
export async function readText(
  response: Pick<TransportResponse, "read" | "cancel">,
  limit = textLimit,
): Promise<string> {
  const first = await response.read();
  if (first === undefined) return "";
  let chunks: Uint8Array[] | undefined;
  let length = first.length;
  for (;;) {
    if (length > limit) {
      response.cancel();
      throw new TransportError("limit", "body", `the reply is larger than ${limit} bytes`);
    }
    const chunk = await response.read();
    if (chunk === undefined) break;
    chunks ??= [first];
    chunks.push(chunk);
    length += chunk.length;
  }
  return new TextDecoder().decode(chunks ? concatenate(chunks, length) : first);
}

/** Several pieces as one, `length` bytes in all. */
function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

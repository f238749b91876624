/** What was left of the piece before, and the next piece, as one. */
export function joined(rest: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (!rest.length) return chunk;
  const bytes = new Uint8Array(rest.length + chunk.length);
  bytes.set(rest);
  bytes.set(chunk, rest.length);
  return bytes;
}

/** Decompression of a reply while it comes in. */
import type { Duplex } from "node:stream";

/** What a request accepts when it says nothing itself. */
export const acceptEncoding = "gzip, deflate, br";

/**
 * The decoder of a content-encoding; each block comes out as soon as it is in, and an unfinished
 * body is an error. `undefined` when the encoding is not known.
 * @param first the body's first byte: "deflate" means zlib's format or, wrongly but often, raw
 */
export function decoderFor(encoding: string, first: number): Duplex | undefined {
  const zlib = process.getBuiltinModule("node:zlib");
  const flush = zlib.constants.Z_SYNC_FLUSH;
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return zlib.createGunzip({ flush });
    case "deflate":
      return (first & 0x0f) === 8
        ? zlib.createInflate({ flush })
        : zlib.createInflateRaw({ flush });
    case "br":
      return zlib.createBrotliDecompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH });
    default:
      return undefined;
  }
}

/** A file as a stream of bytes, and how long it is. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { VectorFileError } from "../errors.ts";

export interface OpenFile {
  name: string;
  /** Bytes. */
  size: number;
  chunks: AsyncIterable<Uint8Array>;
}

export async function openFile(path: string): Promise<OpenFile> {
  const { size } = await stat(path).catch((error: Error) => {
    throw new VectorFileError(`${path} cannot be read: ${error.message}.`);
  });
  return { name: basename(path), size, chunks: createReadStream(path, { highWaterMark: 1 << 20 }) };
}

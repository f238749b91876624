/** A piece of a text file, by lines or from a byte on, read without the rest of the file. */
import type { FileHandle } from "node:fs/promises";
import { ToolRefusal } from "./ready.ts";

export interface Piece {
  text: string;
  /** Where it goes on; absent at the end of the file. */
  next?: { from: number } | { offset: number };
}

const chunkBytes = 65_536;
const newline = 10;

export async function readPiece(
  file: FileHandle,
  where: { from: number; lines: number } | { offset: number },
  maxBytes: number,
  signal: AbortSignal,
): Promise<Piece> {
  await refuseBinary(file);
  const start =
    "offset" in where
      ? await characterStart(file, where.offset)
      : await lineStart(file, where.from, signal);
  // A character begun in the last byte has at most three more.
  const bytes = await readAt(file, start, maxBytes + 4);
  let end = Math.min(bytes.length, maxBytes);
  while (end > 0 && end < bytes.length && isContinuation(bytes[end]!)) end--;
  let next: Piece["next"] = end < bytes.length ? { offset: start + end } : undefined;
  if ("lines" in where) {
    let [count, at] = [0, 0];
    while (count < where.lines && at < end) {
      const found = bytes.indexOf(newline, at);
      if (found < 0 || found >= end) break;
      at = found + 1;
      count++;
    }
    if (count === where.lines) {
      next = at < bytes.length ? { from: where.from + count } : undefined;
      end = at;
    }
  }
  return { text: new TextDecoder().decode(bytes.subarray(0, end)), ...(next && { next }) };
}

/** The whole of a file. */
export async function readWhole(file: FileHandle, maxBytes: number): Promise<Buffer> {
  const bytes = await readAt(file, 0, maxBytes + 1);
  if (bytes.length > maxBytes) throw new ToolRefusal(`It is larger than ${maxBytes} bytes.`);
  return bytes;
}

/** What looks at a text file's bytes shows nothing of another one's. */
export function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 8000).includes(0);
}

async function refuseBinary(file: FileHandle): Promise<void> {
  if (isBinary(await readAt(file, 0, 8000))) throw new ToolRefusal("It is no text file.");
}

async function lineStart(file: FileHandle, line: number, signal: AbortSignal): Promise<number> {
  let [here, position] = [1, 0];
  while (here < line) {
    signal.throwIfAborted();
    const chunk = await readAt(file, position, chunkBytes);
    if (chunk.length === 0)
      throw new ToolRefusal(`It has ${here} lines, so there is no line ${line}.`);
    let at = 0;
    while (here < line) {
      const found = chunk.indexOf(newline, at);
      if (found < 0) break;
      at = found + 1;
      here++;
    }
    position += here === line ? at : chunk.length;
  }
  return position;
}

async function characterStart(file: FileHandle, offset: number): Promise<number> {
  const bytes = await readAt(file, offset, 4);
  const inside = bytes.findIndex((byte) => !isContinuation(byte));
  return offset + Math.max(0, inside);
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let read = 0;
  while (read < length) {
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, length - read));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position + read);
    if (bytesRead === 0) break;
    chunks.push(buffer.subarray(0, bytesRead));
    read += bytesRead;
  }
  return Buffer.concat(chunks);
}

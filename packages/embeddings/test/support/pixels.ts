/** The pixels of a PNG of eight bits a channel, not interlaced: what resvg writes. */
import { inflateSync } from "node:zlib";

export interface Pixels {
  width: number;
  height: number;
  /** "#rrggbb" of a pixel. */
  at(x: number, y: number): string;
}

/** @see W3C, Portable Network Graphics, 9.2 for the filters */
export function pixelsOf(png: Uint8Array): Pixels {
  const bytes = Buffer.from(png);
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += bytes.readUInt32BE(at) + 12) {
    const name = bytes.toString("latin1", at + 4, at + 8);
    if (name === "IDAT") parts.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  }
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const size = { 2: 3, 6: 4 }[bytes[25]!];
  if (bytes[24] !== 8 || !size || bytes[28] !== 0) throw new Error("Another kind of PNG.");
  const row = width * size;
  const raw = inflateSync(Buffer.concat(parts));
  const data = new Uint8Array(row * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (row + 1)]!;
    for (let i = 0; i < row; i++) {
      const left = i >= size ? data[y * row + i - size]! : 0;
      const above = y > 0 ? data[(y - 1) * row + i]! : 0;
      const corner = y > 0 && i >= size ? data[(y - 1) * row + i - size]! : 0;
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter]!;
      data[y * row + i] = raw[y * (row + 1) + 1 + i]! + guess;
    }
  }
  const at = (x: number, y: number) => {
    const from = Math.round(y) * row + Math.round(x) * size;
    return `#${Buffer.from(data.subarray(from, from + 3)).toString("hex")}`;
  };
  return { width, height, at };
}

function paeth(left: number, above: number, corner: number): number {
  const [a, b, c] = [left, above, corner].map((one) => Math.abs(left + above - corner - one));
  if (a! <= b! && a! <= c!) return left;
  return b! <= c! ? above : corner;
}

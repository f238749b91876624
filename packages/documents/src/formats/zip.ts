/** The parts of a zip archive, unpacked one by one within bounds; nothing is written anywhere. */
import { crc32, inflateRawSync } from "node:zlib";
import { DocumentError, damaged } from "../errors.ts";

/** What unpacking counts against. */
export interface UnpackBounds {
  readonly bytesLeft: number;
  spend(unpackedBytes: number, parts?: number): void;
}

interface Entry {
  name: string;
  method: number;
  encrypted: boolean;
  crc: number;
  size: number;
  /** Of the packed data. */
  start: number;
  end: number;
}

export interface Zip {
  /** As the archive orders them; folders left out. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /**
   * One part, unpacked and checked.
   * @throws DocumentError `damaged` where it is not there or not what the directory says, `encrypted`, `too_large`
   */
  read(name: string): Uint8Array;
  /** The same as UTF-8, or as UTF-16 where a byte order mark says so. */
  text(name: string): string;
}

const signature = { entry: 0x02014b50, local: 0x04034b50, end: 0x06054b50, end64: 0x06064b50 };

/**
 * Opens a zip by its central directory.
 * @throws DocumentError `damaged` for a broken directory or entries that overlap, `too_large` for too many
 */
export function openZip(bytes: Uint8Array, bounds: UnpackBounds): Zip {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let entries: Entry[];
  try {
    entries = readDirectory(bytes, view, bounds);
  } catch (error) {
    if (error instanceof RangeError) throw damaged("The zip archive is cut off.", error);
    throw error;
  }
  refuseOverlap(entries);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const read = (name: string) => {
    const entry = byName.get(name);
    if (!entry) throw damaged(`The archive has no part ${name}.`);
    return unpack(bytes, entry, bounds);
  };
  return {
    names: entries.map(({ name }) => name),
    has: (name) => byName.has(name),
    read,
    text(name) {
      const part = read(name);
      const utf16 =
        part[0] === 0xff && part[1] === 0xfe
          ? "utf-16le"
          : part[0] === 0xfe && part[1] === 0xff && "utf-16be";
      return new TextDecoder(utf16 || "utf-8").decode(part);
    },
  };
}

function readDirectory(bytes: Uint8Array, view: DataView, bounds: UnpackBounds): Entry[] {
  const end = findEnd(view);
  let count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if ((count === 0xffff || at === 0xffffffff) && end >= 20) {
    const end64 = Number(view.getBigUint64(end - 20 + 8, true));
    if (view.getUint32(end64, true) !== signature.end64)
      throw damaged("The zip archive's 64-bit directory is not where it says.");
    count = Number(view.getBigUint64(end64 + 32, true));
    at = Number(view.getBigUint64(end64 + 48, true));
  }
  bounds.spend(0, count);
  const entries: Entry[] = [];
  for (let index = 0; index < count; index++) {
    if (view.getUint32(at, true) !== signature.entry)
      throw damaged("The zip archive's directory is broken.");
    const flags = view.getUint16(at + 8, true);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const name = nameOf(bytes.subarray(at + 46, at + 46 + nameLength), (flags & 0x800) !== 0);
    const wide = wideSizes(view, at, at + 46 + nameLength, extraLength);
    const header = wide.header;
    if (view.getUint32(header, true) !== signature.local)
      throw damaged(`The archive's part ${name} is not where the directory says.`);
    const start =
      header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    if (start + wide.packed > bytes.length)
      throw damaged(`The archive is cut off within its part ${name}.`);
    if (!name.endsWith("/")) {
      entries.push({
        name,
        method: view.getUint16(at + 10, true),
        encrypted: (flags & 1) !== 0,
        crc: view.getUint32(at + 16, true),
        size: wide.size,
        start,
        end: start + wide.packed,
      });
    }
    at += 46 + nameLength + extraLength + view.getUint16(at + 32, true);
  }
  return entries;
}

/** The last record, before a comment of at most 64 kB. */
function findEnd(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 65_557); at--) {
    if (view.getUint32(at, true) === signature.end) return at;
  }
  throw damaged("The zip archive has no directory: it is cut off, or no zip.");
}

/** Sizes and place, from the 64-bit extra field where the 32-bit ones are full. */
function wideSizes(view: DataView, at: number, extraAt: number, extraLength: number) {
  let size = view.getUint32(at + 24, true);
  let packed = view.getUint32(at + 20, true);
  let header = view.getUint32(at + 42, true);
  for (let field = extraAt; field + 4 <= extraAt + extraLength; ) {
    const length = view.getUint16(field + 2, true);
    if (view.getUint16(field, true) === 1) {
      let value = field + 4;
      const next = () => {
        value += 8;
        return Number(view.getBigUint64(value - 8, true));
      };
      if (size === 0xffffffff) size = next();
      if (packed === 0xffffffff) packed = next();
      if (header === 0xffffffff) header = next();
    }
    field += 4 + length;
  }
  return { size, packed, header };
}

/** UTF-8 where it says so, or happens to be; else the old names of DOS, whose letters are ASCII. */
function nameOf(bytes: Uint8Array, utf8: boolean): string {
  try {
    return new TextDecoder("utf-8", { fatal: !utf8 }).decode(bytes);
  } catch {
    return new TextDecoder("latin1").decode(bytes);
  }
}

/** Bombs give many entries the same packed bytes. */
function refuseOverlap(entries: readonly Entry[]): void {
  const sorted = entries.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start);
  for (const [index, entry] of sorted.entries()) {
    if (index > 0 && entry.start < sorted[index - 1]!.end)
      throw damaged(`The archive's parts ${sorted[index - 1]!.name} and ${entry.name} overlap.`);
  }
}

function unpack(bytes: Uint8Array, entry: Entry, bounds: UnpackBounds): Uint8Array {
  const { name, method, size } = entry;
  if (entry.encrypted)
    throw new DocumentError(`The archive's part ${name} is encrypted.`, { code: "encrypted" });
  bounds.spend(size);
  const packed = bytes.subarray(entry.start, entry.end);
  let whole: Uint8Array;
  if (method === 0) whole = packed;
  else if (method === 8) {
    try {
      // One byte more than was said would be a lie; it ends there, whatever follows.
      whole = inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
    } catch (error) {
      throw damaged(
        `The archive's part ${name} does not unpack to the size that it claims.`,
        error,
      );
    }
  } else throw damaged(`The archive's part ${name} is packed with method ${method}, not deflate.`);
  if (whole.length !== size || crc32(whole) !== entry.crc)
    throw damaged(`The archive's part ${name} is not what the directory says.`);
  return whole;
}

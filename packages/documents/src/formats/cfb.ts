/** What a compound file (old Office files, Outlook messages, encrypted Office files) holds at its top. */

/**
 * The names of the root's own streams and storages; those of an embedded file are deeper.
 * @returns none where the directory is broken
 */
export function topLevelNames(bytes: Uint8Array): string[] {
  try {
    return read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch {
    return [];
  }
}

const none = 0xffffffff;

function read(view: DataView): string[] {
  const sectorSize = 1 << view.getUint16(30, true);
  const entriesPerSector = sectorSize / 128;
  const placeOf = (sector: number) => (sector + 1) * sectorSize;
  /** The allocation table's sectors: the header names the first 109, enough for 7 MB. */
  const next = (sector: number) => {
    const table = Math.floor(sector / (sectorSize / 4));
    if (table >= 109) return none;
    const at = placeOf(view.getUint32(76 + table * 4, true));
    return view.getUint32(at + (sector % (sectorSize / 4)) * 4, true);
  };
  const sectors: number[] = [];
  const seen = new Set<number>();
  for (let at = view.getUint32(48, true); at < 0xfffffffa && !seen.has(at); at = next(at)) {
    seen.add(at);
    sectors.push(at);
  }
  const entryAt = (id: number) =>
    placeOf(sectors[Math.floor(id / entriesPerSector)]!) + (id % entriesPerSector) * 128;
  const names: string[] = [];
  const visited = new Set<number>();
  const queue = [view.getUint32(entryAt(0) + 76, true)];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (id === none || visited.has(id) || id / entriesPerSector >= sectors.length) continue;
    visited.add(id);
    const at = entryAt(id);
    const length = Math.min(64, view.getUint16(at + 64, true)) - 2;
    let name = "";
    for (let byte = 0; byte < length; byte += 2) {
      name += String.fromCharCode(view.getUint16(at + byte, true));
    }
    names.push(name);
    queue.push(view.getUint32(at + 68, true), view.getUint32(at + 72, true));
  }
  return names;
}

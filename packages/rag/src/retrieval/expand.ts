/** What stands around what was found: its parent, its neighbours. */
import type { Store, StoredChunk } from "../stores/store.ts";
import type { Passage } from "./passage.ts";
import { stitch } from "./stitch.ts";

export interface ExpandOptions {
  neighbours?: number;
  parents?: boolean;
}

/** The first `k`, each with what comes with it; one that an earlier passage holds already is left out. */
export async function expanded(
  store: Store,
  passages: readonly Passage[],
  k: number,
  { neighbours = 0, parents = true }: ExpandOptions,
): Promise<Passage[]> {
  const kept: Passage[] = [];
  const shown = shownRanges();
  for (const passage of passages) {
    if (kept.length === k) break;
    const { chunk } = passage;
    if (shown.hold(chunk)) continue;
    const around = await surroundings(store, chunk, neighbours, parents);
    if (!around) {
      kept.push(passage);
      continue;
    }
    const { text, start, end } = stitch(around);
    kept.push({ ...passage, text: headOf(around[0]!) + text, start, end });
    shown.add(chunk.source, { start, end });
  }
  return kept;
}

/** Pieces of sources that are shown already, wider than the chunks that brought them. */
export function shownRanges() {
  const ranges = new Map<string, { start: number; end: number }[]>();
  return {
    /** Whether one of them has all of a chunk. */
    hold: (chunk: { source: string; start: number; end: number }) =>
      (ranges.get(chunk.source) ?? []).some(
        ({ start, end }) => start <= chunk.start && chunk.end <= end,
      ),
    add(source: string, range: { start: number; end: number }) {
      ranges.set(source, [...(ranges.get(source) ?? []), range]);
    },
  };
}

/** The chunks that come with one, itself among them; undefined where it comes alone. */
async function surroundings(
  store: Store,
  chunk: StoredChunk,
  neighbours: number,
  parents: boolean,
): Promise<StoredChunk[] | undefined> {
  const { source, index, parent } = chunk;
  if (parents && parent) {
    const inside = ({ start, end }: StoredChunk) => start < parent.end && end > parent.start;
    for (let reach = 16; ; reach *= 4) {
      const from = Math.max(0, index - reach);
      const near = await store.chunks(source, from, index + reach + 1);
      if (!still(near, chunk)) return undefined;
      const wholly =
        (from === 0 || near[0]!.end <= parent.start) &&
        (near.length < index + reach + 1 - from || near.at(-1)!.start >= parent.end);
      if (wholly) return near.filter(inside);
    }
  }
  if (neighbours === 0) return undefined;
  const from = Math.max(0, index - neighbours);
  return still(await store.chunks(source, from, index + neighbours + 1), chunk);
}

/** The document may have been replaced since it was searched: then what was found stands alone. */
function still(chunks: StoredChunk[], { id }: StoredChunk): StoredChunk[] | undefined {
  return chunks.some((one) => one.id === id) ? chunks : undefined;
}

/** What the chunker has put before a chunk's own words: the headings that it stands under. */
function headOf({ text, raw }: StoredChunk): string {
  return text.endsWith(raw) ? text.slice(0, text.length - raw.length) : "";
}

/** Groups of what belongs together; those of last time stay, so that little is summed up anew. */
import { cosine } from "@polycall/embeddings";
import { clusters } from "./clusters.ts";
import type { Item } from "./summary.ts";

export interface GroupOptions {
  /** Characters of a group. */
  most: number;
  seed: number;
  /** Ids that were together. */
  before: readonly (readonly string[])[];
  signal?: AbortSignal;
}

/** With more than this share of new items all are grouped anew. */
const mostNew = 0.3;

/** @returns items that belong together, in their order; every item is in one group */
export async function grouped(
  items: readonly Item[],
  { most, seed, before, signal }: GroupOptions,
): Promise<Item[][]> {
  const cut = async (members: readonly Item[]) => {
    const groups = await clusters(
      members.map(({ vector }) => vector),
      { sizes: members.map(({ text }) => text.length), most, seed, ...(signal && { signal }) },
    );
    return groups.map((group) => group.map((i) => members[i]!));
  };

  const kept = surviving(items, before);
  const known = kept.reduce((sum, { length }) => sum + length, 0);
  const groups = items.length - known > mostNew * items.length ? await cut(items) : [];
  if (groups.length === 0) {
    const members = new Set(kept.flat());
    const centres = kept.map(centreOf);
    for (const item of items) {
      if (!members.has(item)) kept[nearest(item, centres)]!.push(item);
    }
    for (const group of kept) groups.push(...(sizeOf(group) > most ? await cut(group) : [group]));
  }
  const order = new Map(items.map((item, i) => [item, i]));
  return withoutSingles(groups, most).map((group) =>
    group.sort((a, b) => order.get(a)! - order.get(b)!),
  );
}

const sizeOf = (group: readonly Item[]) => group.reduce((sum, { text }) => sum + text.length, 0);

/** What is left of groups that had two at least. */
function surviving(items: readonly Item[], before: GroupOptions["before"]): Item[][] {
  const byId = new Map(items.map((item) => [item.id, item]));
  return before
    .map((ids) =>
      ids.flatMap((id) => {
        const item = byId.get(id);
        byId.delete(id);
        return item ? [item] : [];
      }),
    )
    .filter(({ length }) => length > 0);
}

/** One that is alone goes to the nearest group that has room for it. */
function withoutSingles(groups: readonly Item[][], most: number): Item[][] {
  const full = groups.filter(({ length }) => length > 1).map((group) => [...group]);
  if (full.length === 0) return groups.map((group) => [...group]);
  const centres = full.map(centreOf);
  const sizes = full.map(sizeOf);
  const alone: Item[][] = [];
  for (const [item] of groups.filter(({ length }) => length === 1) as [Item][]) {
    const open = centres.flatMap((centre, i) =>
      sizes[i]! + item.text.length <= most ? [{ centre, i }] : [],
    );
    const at =
      open[
        nearest(
          item,
          open.map(({ centre }) => centre),
        )
      ]?.i;
    if (at === undefined) alone.push([item]);
    else {
      full[at]!.push(item);
      sizes[at]! += item.text.length;
    }
  }
  return [...full, ...alone];
}

export function centreOf(group: readonly Item[]): Float32Array {
  const sum = new Float32Array(group[0]!.vector.length);
  for (const { vector } of group) for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]!;
  return sum;
}

function nearest({ vector }: Item, centres: readonly Float32Array[]): number {
  let [best, at] = [-Infinity, 0];
  for (const [i, centre] of centres.entries()) {
    const score = centre.some((x) => x !== 0) ? cosine(vector, centre) : -1;
    if (score > best) [best, at] = [score, i];
  }
  return at;
}

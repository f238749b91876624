/** A tree of summaries, level by level: what is grouped together is summed up, and the summaries again. */
import { digest } from "@polycall/embeddings";
import { grouped } from "./groups.ts";
import type { Group, Item, Summary } from "./summary.ts";

/** Another way to sum up or to keep it: all is done anew. */
const edition = 1;

export interface GrowOptions {
  levels: number;
  /** Characters of a group. */
  most: number;
  seed: number;
  signal?: AbortSignal;
  /** What makes summaries what they are, beside the texts. */
  settings: string;
  /** The tree of last time. */
  before: Iterable<Pick<Summary, "level" | "children">>;
  /** Sums groups of one level up; undefined where it could not be done. */
  sumUp(groups: readonly Group[]): Promise<readonly (Item | undefined)[]>;
}

/** @param items by their place, so that the same corpus gives the same tree */
export async function grow(items: readonly Item[], options: GrowOptions): Promise<void> {
  const { levels, most, seed, settings, sumUp, signal } = options;
  const before = new Map<number, string[][]>();
  for (const { level, children } of options.before) {
    const ids = children.map(({ id }) => id);
    const known = before.get(level) ?? [];
    before.set(level, known);
    known.push(ids);
  }
  const seen = new Set<string>();
  let current = [...items];
  for (let level = 1; level <= levels && current.length > 1; level++) {
    const groups = await grouped(current, {
      ...{ most, seed, before: before.get(level) ?? [] },
      ...(signal && { signal }),
    });
    const alone = groups.filter(({ length }) => length === 1).flat();
    const together: Group[] = [];
    for (const children of groups.filter(({ length }) => length > 1)) {
      const hashes = children.map(({ hash }) => hash);
      let id: string;
      // Texts that stand there twice may make two groups of the same content.
      for (let copy = 0; ; copy++) {
        id = (await digest(JSON.stringify([edition, settings, level, copy, hashes]))).slice(0, 32);
        if (!seen.has(id)) break;
      }
      seen.add(id);
      together.push({ id, level, children });
    }
    if (together.length === 0) return;
    const made = (await sumUp(together)).filter((one) => one !== undefined);
    current = [...made, ...alone].sort((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
  }
}

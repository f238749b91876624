/** Pieces of a corpus in an order that a seed determines, spread over categories and documents. Pure. */
import { randomOf } from "../random.ts";

/** What a question may be asked about. */
export interface Piece {
  source: string;
  category?: string;
  raw: string;
  start: number;
  headings: readonly string[];
}

/**
 * By turns from each category, and in it from each document; which one of a document is chance. The order in which a
 * store gives them makes no difference.
 */
export function spread(pieces: readonly Piece[], seed: number): Piece[] {
  const random = randomOf(seed);
  const sorted = [...pieces].sort(
    (a, b) => compare(a.source, b.source) || a.start - b.start || compare(a.raw, b.raw),
  );
  const drawn = sorted
    .map((piece) => ({ piece, chance: random() }))
    .sort((a, b) => a.chance - b.chance);
  const byTurns = (
    all: readonly Piece[],
    key: (piece: Piece) => string,
    then: (group: Piece[]) => Piece[],
  ) => {
    let groups = [...Map.groupBy(all, key).values()].map(then);
    const taken: Piece[] = [];
    for (let turn = 0; groups.length; turn++) {
      for (const group of groups) taken.push(group[turn]!);
      groups = groups.filter(({ length }) => length > turn + 1);
    }
    return taken;
  };
  return byTurns(
    drawn.map(({ piece }) => piece),
    ({ category }) => category ?? "",
    (group) =>
      byTurns(
        group,
        ({ source }) => source,
        (own) => own,
      ),
  );
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

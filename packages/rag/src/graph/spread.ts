/** Personalised PageRank from a few seeds, by pushing: it looks at what is near them, not at the whole graph. */

export interface SpreadOptions<Kind extends string> {
  /** The share of its activation that a node keeps; the rest goes on to its neighbours. */
  keep: number;
  /** So many nodes pass on what they have, those with the most first. */
  visits: number;
  neighbours(id: string): Promise<readonly { to: string; kind: Kind; weight: number }[]>;
}

export interface Activated<Kind extends string> {
  score: number;
  /** Where most of it came from; absent where it is a seed's own. */
  by?: { from: string; kind: Kind; amount: number };
}

/** Less than this is not passed on. */
const least = 1e-4;

/**
 * @param seeds need not sum to 1
 * @returns scores that sum to 1
 * @see Andersen, Chung, Lang, Local Graph Partitioning using PageRank Vectors, FOCS 2006
 */
export async function spread<Kind extends string>(
  seeds: ReadonlyMap<string, number>,
  { keep, visits, neighbours }: SpreadOptions<Kind>,
): Promise<Map<string, Activated<Kind>>> {
  const total = [...seeds.values()].reduce((sum, one) => sum + one, 0);
  const waiting = new Map([...seeds].map(([id, weight]) => [id, weight / total]));
  const found = new Map<string, Activated<Kind>>();
  const settle = (id: string, amount: number) => {
    const known = found.get(id) ?? { score: 0 };
    known.score += amount;
    found.set(id, known);
  };
  for (let visit = 0; visit < visits; visit++) {
    let [id, amount] = ["", least];
    for (const [one, has] of waiting) if (has > amount) [id, amount] = [one, has];
    if (!id) break;
    waiting.delete(id);
    const edges = await neighbours(id);
    const weights = edges.reduce((sum, { weight }) => sum + weight, 0);
    const passes = keep < 1 && weights > 0;
    settle(id, passes ? keep * amount : amount);
    if (!passes) continue;
    for (const { to, kind, weight } of edges) {
      const passed = ((1 - keep) * amount * weight) / weights;
      waiting.set(to, (waiting.get(to) ?? 0) + passed);
      const known = found.get(to) ?? { score: 0 };
      found.set(to, known);
      if (!seeds.has(to) && passed > (known.by?.amount ?? 0)) {
        known.by = { from: id, kind, amount: passed };
      }
    }
  }
  for (const [id, amount] of waiting) settle(id, amount);
  return found;
}

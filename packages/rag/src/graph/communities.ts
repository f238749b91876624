/** Entities that belong together. Those of last time stay together, so that little is reported anew. */
import { louvain } from "./louvain.ts";
import type { EntityGraph } from "./merge.ts";

/** A community of more is divided, where it can be. */
const most = 60;
/** With more than this share of new entities all is divided anew. */
const mostNew = 0.3;

/** @returns keys of entities, each in one community; those of nobody else alone */
export function communities(
  graph: EntityGraph,
  { seed, before }: { seed: number; before: readonly (readonly string[])[] },
): string[][] {
  const known = new Map<string, number>();
  for (const [i, keys] of before.entries()) {
    for (const key of keys) if (graph.entities.has(key)) known.set(key, i);
  }
  const all = [...graph.entities.keys()];
  if (all.length - known.size > mostNew * all.length) return divided(graph, all, seed);
  // Each new one to the community that it has most to do with, those first that have one.
  let next = before.length;
  const waiting = new Set(all.filter((key) => !known.has(key)));
  for (let found = true; waiting.size > 0; ) {
    const joining = found ? [...waiting] : [[...waiting][0]!];
    const alone = !found;
    found = false;
    for (const key of joining) {
      const sums = new Map<number, number>();
      for (const { source, target, weight } of graph.relationsOf.get(key) ?? []) {
        const of = known.get(source === key ? target : source);
        if (of !== undefined) sums.set(of, (sums.get(of) ?? 0) + weight);
      }
      const [best] = [...sums].sort(([a, x], [b, y]) => y - x || a - b);
      if (!best && !alone) continue;
      known.set(key, best ? best[0] : next++);
      waiting.delete(key);
      found = true;
    }
  }
  const groups = new Map<number, string[]>();
  for (const key of all) {
    const of = known.get(key)!;
    groups.set(of, [...(groups.get(of) ?? []), key]);
  }
  return [...groups.values()].flatMap((keys) =>
    keys.length > 2 * most ? divided(graph, keys, seed) : [keys],
  );
}

function divided(graph: EntityGraph, keys: readonly string[], seed: number): string[][] {
  const at = new Map(keys.map((key, i) => [key, i]));
  const edges = graph.relations.flatMap(({ source, target, weight }) => {
    const [a, b] = [at.get(source), at.get(target)];
    return a === undefined || b === undefined ? [] : [{ a, b, weight }];
  });
  const groups: string[][] = [];
  for (const [i, community] of louvain(keys.length, edges, seed).entries()) {
    groups[community] ??= [];
    groups[community].push(keys[i]!);
  }
  if (groups.length === 1) return groups;
  return groups.flatMap((group) => (group.length > most ? divided(graph, group, seed) : [group]));
}

/** Entities that belong together. Those of last time stay together, so that little is reported anew. */
import { louvain } from "./louvain.ts";
import type { EntityGraph, Relation } from "./merge.ts";

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
  const queue = [...waiting];
  const join = (key: string, community: number) => {
    known.set(key, community);
    waiting.delete(key);
    for (const relation of graph.relationsOf.get(key) ?? []) {
      const other = otherOf(relation, key);
      if (waiting.has(other)) queue.push(other);
    }
  };
  for (const alone of waiting) {
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      const best = waiting.has(key) ? nearest(graph, key, known) : undefined;
      if (best !== undefined) join(key, best);
    }
    if (waiting.has(alone)) join(alone, next++);
  }
  const groups = new Map<number, string[]>();
  for (const key of all) {
    const of = known.get(key)!;
    const group = groups.get(of) ?? [];
    groups.set(of, group);
    group.push(key);
  }
  return [...groups.values()].flatMap((keys) =>
    keys.length > 2 * most ? divided(graph, keys, seed) : [keys],
  );
}

const otherOf = ({ source, target }: Relation, key: string) => (source === key ? target : source);

/** The community that an entity has most to do with; undefined where it has nothing to do with any. */
function nearest(
  { relationsOf }: EntityGraph,
  key: string,
  known: ReadonlyMap<string, number>,
): number | undefined {
  const sums = new Map<number, number>();
  for (const relation of relationsOf.get(key) ?? []) {
    const of = known.get(otherOf(relation, key));
    if (of !== undefined) sums.set(of, (sums.get(of) ?? 0) + relation.weight);
  }
  const [best] = [...sums].sort(([a, x], [b, y]) => y - x || a - b);
  return best?.[0];
}

function divided(graph: EntityGraph, keys: readonly string[], seed: number): string[][] {
  const at = new Map(keys.map((key, i) => [key, i]));
  const edges = keys.flatMap((key, a) =>
    (graph.relationsOf.get(key) ?? []).flatMap(({ source, target, weight }) => {
      const b = source === key ? at.get(target) : undefined;
      return b === undefined ? [] : [{ a, b, weight }];
    }),
  );
  const groups: string[][] = [];
  for (const [i, community] of louvain(keys.length, edges, seed).entries()) {
    groups[community] ??= [];
    groups[community].push(keys[i]!);
  }
  if (groups.length === 1) return groups;
  return groups.flatMap((group) => (group.length > most ? divided(graph, group, seed) : [group]));
}

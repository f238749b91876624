/** Communities of a graph by modularity: nodes move to where they gain, communities become nodes, and again. */
import { randomOf } from "../random.ts";

export interface WeightedEdge {
  a: number;
  b: number;
  weight: number;
}

/** Neighbours of node n in [starts[n], starts[n + 1]). */
interface Adjacency {
  starts: Int32Array;
  to: Int32Array;
  weights: Float64Array;
  /** Of each node: all its edges, those to itself twice. */
  degrees: Float64Array;
  /** Twice the weight of all edges. */
  total: number;
}

/**
 * The community of each node. The same seed gives the same ones.
 * @see Blondel et al., Fast unfolding of communities in large networks, 2008; that none falls apart is from
 *   Traag, Waltman, van Eck, From Louvain to Leiden, 2019
 */
export function louvain(nodes: number, edges: readonly WeightedEdge[], seed = 1): Int32Array {
  const random = randomOf(seed);
  let of = Int32Array.from({ length: nodes }, (_, node) => node);
  let count = nodes;
  let level: readonly WeightedEdge[] = edges;
  for (;;) {
    const moved = settle(adjacency(count, level), random);
    const names = new Map<number, number>();
    for (const community of moved) if (!names.has(community)) names.set(community, names.size);
    if (names.size === count) break;
    of = of.map((node) => names.get(moved[node]!)!);
    count = names.size;
    const sums = new Map<number, WeightedEdge>();
    for (const { a, b, weight } of level) {
      const [x, y] = [names.get(moved[a]!)!, names.get(moved[b]!)!].sort((p, q) => p - q) as [
        number,
        number,
      ];
      const known = sums.get(x * count + y);
      if (known) known.weight += weight;
      else sums.set(x * count + y, { a: x, b: y, weight });
    }
    level = [...sums.values()];
  }
  return connected(adjacency(nodes, edges), of);
}

function adjacency(nodes: number, edges: readonly WeightedEdge[]): Adjacency {
  const starts = new Int32Array(nodes + 1);
  const degrees = new Float64Array(nodes);
  let total = 0;
  for (const { a, b, weight } of edges) {
    degrees[a]! += weight;
    degrees[b]! += weight;
    total += 2 * weight;
    if (a === b) continue;
    starts[a + 1]!++;
    starts[b + 1]!++;
  }
  for (let node = 0; node < nodes; node++) starts[node + 1]! += starts[node]!;
  const next = starts.slice();
  const to = new Int32Array(starts[nodes]!);
  const weights = new Float64Array(to.length);
  for (const { a, b, weight } of edges) {
    if (a === b) continue;
    to[next[a]!] = b;
    weights[next[a]!++] = weight;
    to[next[b]!] = a;
    weights[next[b]!++] = weight;
  }
  return { starts, to, weights, degrees, total };
}

/** Moves nodes until none gains by it. */
function settle(
  { starts, to, weights, degrees, total }: Adjacency,
  random: () => number,
): Int32Array {
  const nodes = degrees.length;
  const of = Int32Array.from({ length: nodes }, (_, node) => node);
  const sums = degrees.slice();
  const order = shuffled(nodes, random);
  const shared = new Float64Array(nodes);
  for (let moved = 1; moved > 0; ) {
    moved = 0;
    for (const node of order) {
      const own = of[node]!;
      const near: number[] = [];
      for (let at = starts[node]!; at < starts[node + 1]!; at++) {
        const community = of[to[at]!]!;
        if (shared[community] === 0) near.push(community);
        shared[community]! += weights[at]!;
      }
      sums[own]! -= degrees[node]!;
      const gain = (community: number) =>
        shared[community]! - (sums[community]! * degrees[node]!) / total;
      let [best, most] = [own, gain(own)];
      for (const community of near) {
        const one = gain(community);
        if (one > most + 1e-12) [best, most] = [community, one];
      }
      sums[best]! += degrees[node]!;
      for (const community of near) shared[community] = 0;
      if (best === own) continue;
      of[node] = best;
      moved++;
    }
  }
  return of;
}

function shuffled(nodes: number, random: () => number): Int32Array {
  const order = Int32Array.from({ length: nodes }, (_, node) => node);
  for (let i = nodes - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Numbers the communities anew; one whose nodes do not hang together becomes several. */
function connected({ starts, to }: Adjacency, of: Int32Array): Int32Array {
  const parts = new Int32Array(of.length).fill(-1);
  let count = 0;
  for (let first = 0; first < of.length; first++) {
    if (parts[first] !== -1) continue;
    const waiting = [first];
    parts[first] = count;
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      for (let at = starts[node]!; at < starts[node + 1]!; at++) {
        const next = to[at]!;
        if (parts[next] !== -1 || of[next] !== of[node]) continue;
        parts[next] = count;
        waiting.push(next);
      }
    }
    count++;
  }
  return parts;
}

/**
 * UMAP: the graph of neighbours, laid out by pulling along its edges and pushing at random.
 * @see McInnes, Healy and Melville, arXiv:1802.03426; umap-learn 0.5 for the schedule
 */
import { bothWays, type Graph } from "./graph.ts";
import { type Neighbourhood, neighbourhood } from "./neighbours.ts";
import type { Pace } from "./pace.ts";
import { farthest, type Reduced, startFrom } from "./start.ts";

export interface UmapSettings {
  dimensions: 2 | 3;
  neighbours: number;
  minDist: number;
  iterations: number;
  random: () => number;
  pace: Pace;
}

/** Points pushed away for each one pulled. */
const negatives = 5;

/** @returns three numbers each */
export async function umap(reduced: Reduced, settings: UmapSettings): Promise<Float64Array> {
  const { dimensions, neighbours, minDist, iterations, random, pace } = settings;
  const { count, points: rows, width } = reduced;
  const near = await neighbourhood(rows, width, Math.min(count - 1, neighbours), pace);
  const graph = await bothWays(near, await memberships(near, pace), (a, b) => a + b - a * b, pace);
  const points = startFrom(reduced, dimensions, {
    ...{ size: farthest(reduced, dimensions), to: 10 },
    ...{ chance: 1e-3, random },
  });
  const layout = new Layout(graph, points, iterations, curve(minDist), random);
  for (let round = 0; round < iterations; round++) {
    layout.round(round);
    if (pace.due) await pace.rest("layout", round, iterations);
  }
  pace.done("layout", iterations);
  return points;
}

/** How much each neighbour belongs: the nearest wholly, the others by how much farther they are. */
async function memberships(
  { count, k, squares }: Neighbourhood,
  pace: Pace,
): Promise<Float64Array> {
  const all = new Float64Array(count * k);
  const distances = Float64Array.from(squares, Math.sqrt);
  const aim = Math.log2(k) || 1;
  const overall = distances.reduce((sum, one) => sum + one, 0) / (distances.length || 1);
  for (let i = 0; i < count; i++) {
    const own = distances.subarray(i * k, (i + 1) * k);
    const first = own.find((one) => one > 0) ?? 0;
    let low = 0;
    let high = Infinity;
    let sigma = 1;
    for (let tries = 0; tries < 64; tries++) {
      let sum = 0;
      for (const one of own) sum += one > first ? Math.exp((first - one) / sigma) : 1;
      if (Math.abs(sum - aim) < 1e-5) break;
      if (sum > aim) high = sigma;
      else low = sigma;
      sigma = high === Infinity ? sigma * 2 : (low + high) / 2;
    }
    const mean = own.reduce((sum, one) => sum + one, 0) / k;
    sigma = Math.max(sigma, 1e-3 * (first > 0 ? mean : overall)) || 1;
    own.forEach((one, n) => {
      all[i * k + n] = one > first ? Math.exp((first - one) / sigma) : 1;
    });
    if (pace.due) await pace.pause();
  }
  return all;
}

/**
 * a and b of 1 / (1 + a x^2b), the curve that is nearest to 1 up to the smallest distance and e^-(x -
 * minDist) from there on: least squares, by Gauss and Newton.
 */
export function curve(minDist: number): { a: number; b: number } {
  const xs = Array.from({ length: 300 }, (_, i) => (3 * (i + 1)) / 300);
  const ys = xs.map((x) => (x < minDist ? 1 : Math.exp(minDist - x)));
  const missed = (a: number, b: number) =>
    xs.reduce((sum, x, i) => sum + (ys[i]! - 1 / (1 + a * x ** (2 * b))) ** 2, 0);
  let [a, b] = [1, 1];
  let damping = 1e-3;
  for (let round = 0; round < 200; round++) {
    let [aa, ab, bb, ra, rb] = [0, 0, 0, 0, 0];
    xs.forEach((x, i) => {
      const power = x ** (2 * b);
      const y = 1 / (1 + a * power);
      const da = -y * y * power;
      const db = da * a * 2 * Math.log(x);
      const rest = ys[i]! - y;
      aa += da * da;
      ab += da * db;
      bb += db * db;
      ra += da * rest;
      rb += db * rest;
    });
    aa *= 1 + damping;
    bb *= 1 + damping;
    const det = aa * bb - ab * ab;
    const nextA = a + (bb * ra - ab * rb) / det;
    const nextB = b + (aa * rb - ab * ra) / det;
    if (nextA > 0 && nextB > 0 && missed(nextA, nextB) <= missed(a, b)) {
      const done = Math.abs(nextA - a) + Math.abs(nextB - b) < 1e-10;
      [a, b] = [nextA, nextB];
      if (done) break;
      damping /= 4;
    } else damping *= 4;
  }
  return { a, b };
}

/** A float's bits, to look a force up by: its exponent and seven bits more. */
const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);
const dropped = 16;

class Layout {
  readonly #points: Float64Array;
  readonly #count: number;
  readonly #heads: Int32Array;
  readonly #tails: Int32Array;
  /** An edge is pulled every so many rounds: the strongest in each. */
  readonly #every: Float64Array;
  readonly #next: Float64Array;
  readonly #nextPush: Float64Array;
  readonly #pulls: Float64Array;
  readonly #pushes: Float64Array;
  readonly #rounds: number;
  #state: number;

  constructor(
    { count, starts, ends, weights }: Graph,
    points: Float64Array,
    rounds: number,
    { a, b }: { a: number; b: number },
    random: () => number,
  ) {
    this.#points = points;
    this.#count = count;
    this.#rounds = rounds;
    this.#state = Math.floor(random() * 2 ** 32) | 1;
    const strongest = weights.reduce((most, one) => Math.max(most, one), 0);
    const heads = new Int32Array(ends.length);
    const tails = new Int32Array(ends.length);
    const every = new Float64Array(ends.length);
    let kept = 0;
    for (let i = 0; i < count; i++) {
      for (let n = starts[i]!; n < starts[i + 1]!; n++) {
        if (weights[n]! < strongest / rounds) continue;
        heads[kept] = i;
        tails[kept] = ends[n]!;
        every[kept++] = strongest / weights[n]!;
      }
    }
    this.#heads = heads.subarray(0, kept);
    this.#tails = tails.subarray(0, kept);
    this.#every = every.subarray(0, kept);
    this.#next = this.#every.slice();
    this.#nextPush = this.#every.map((one) => one / negatives);
    // Powers are dear: one for each float that is told apart, not one for each pair.
    const forces = (of: (square: number) => number) =>
      Float64Array.from({ length: 0x7f800000 >>> dropped }, (_, at) => {
        bits[0] = (at << dropped) | (1 << (dropped - 1));
        return of(float[0]!);
      });
    this.#pulls = forces((s) => (-2 * a * b * s ** (b - 1)) / (1 + a * s ** b));
    this.#pushes = forces((s) => (2 * b) / ((0.001 + s) * (1 + a * s ** b)));
  }

  round(round: number): void {
    const rate = 1 - round / this.#rounds;
    const { length } = this.#heads;
    for (let e = 0; e < length; e++) {
      if (this.#next[e]! <= round) this.#edge(e, round, rate);
    }
  }

  #edge(e: number, round: number, rate: number): void {
    const points = this.#points;
    const i = 3 * this.#heads[e]!;
    const j = 3 * this.#tails[e]!;
    let x = points[i]!;
    let y = points[i + 1]!;
    let z = points[i + 2]!;
    let dx = x - points[j]!;
    let dy = y - points[j + 1]!;
    let dz = z - points[j + 2]!;
    let square = dx * dx + dy * dy + dz * dz;
    if (square > 0) {
      float[0] = square;
      const force = this.#pulls[bits[0]! >>> dropped]!;
      const mx = rate * clip(force * dx);
      const my = rate * clip(force * dy);
      const mz = rate * clip(force * dz);
      x += mx;
      y += my;
      z += mz;
      points[j]! -= mx;
      points[j + 1]! -= my;
      points[j + 2]! -= mz;
    }
    const every = this.#every[e]!;
    this.#next[e]! += every;
    const everyPush = every / negatives;
    const pushes = Math.floor((round - this.#nextPush[e]!) / everyPush);
    let state = this.#state;
    for (let p = 0; p < pushes; p++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const k = 3 * Math.floor(((state >>> 0) / 4294967296) * this.#count);
      if (k === i) continue;
      dx = x - points[k]!;
      dy = y - points[k + 1]!;
      dz = z - points[k + 2]!;
      square = dx * dx + dy * dy + dz * dz;
      if (square === 0) continue;
      float[0] = square;
      const force = this.#pushes[bits[0]! >>> dropped]!;
      x += rate * clip(force * dx);
      y += rate * clip(force * dy);
      z += rate * clip(force * dz);
    }
    this.#state = state;
    this.#nextPush[e]! += pushes * everyPush;
    points[i] = x;
    points[i + 1] = y;
    points[i + 2] = z;
  }
}

const clip = (value: number) => Math.min(4, Math.max(-4, value));

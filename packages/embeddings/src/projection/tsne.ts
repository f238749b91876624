/**
 * t-SNE: neighbours stay neighbours.
 * @see van der Maaten, Accelerating t-SNE using tree-based algorithms, JMLR 15 (2014); Belkina et al., Nature
 *   Communications 10 (2019), for the learning rate; Kobak and Linderman, Nature Biotechnology 39 (2021), for
 *   the start
 */
import { bothWays, type Graph } from "./graph.ts";
import { type Neighbourhood, neighbourhood } from "./neighbours.ts";
import type { Pace } from "./pace.ts";
import { deviation, type Reduced, startFrom } from "./start.ts";
import { RepulsionTree } from "./tree.ts";

export interface TsneSettings {
  dimensions: 2 | 3;
  perplexity: number;
  iterations: number;
  random: () => number;
  pace: Pace;
}

/** How much closer neighbours are pulled at first, so that groups find each other. */
const exaggeration = 12;

/** @returns three numbers each */
export async function tsne(reduced: Reduced, settings: TsneSettings): Promise<Float64Array> {
  const { dimensions, perplexity, iterations, random, pace } = settings;
  const { count, points: rows, width } = reduced;
  const k = Math.min(count - 1, Math.max(1, Math.floor(3 * perplexity)));
  const near = await neighbourhood(rows, width, k, pace);
  const likely = await affinities(near, perplexity, pace);
  const graph = await bothWays(near, likely, (a, b) => (a + b) / (2 * count), pace);
  const points = startFrom(reduced, dimensions, {
    ...{ size: deviation(reduced), to: 1e-4 },
    ...{ chance: 1e-6, random },
  });
  const tree = new RepulsionTree(count, dimensions);
  const apart = new Float64Array(count * 3);
  const step = new Float64Array(count * 3);
  const gains = new Float64Array(count * 3).fill(1);
  const rate = Math.max(200, count / exaggeration);
  const early = Math.floor(iterations / 3);
  for (let round = 0; round < iterations; round++) {
    const sum = tree.repel(points, apart);
    const more = round < early ? exaggeration : 1;
    pull(graph, points, apart, sum, more);
    move(points, apart, step, gains, round < early ? 0.5 : 0.8, rate);
    if (pace.due) await pace.rest("layout", round, iterations);
  }
  pace.done("layout", iterations);
  return points;
}

/** How likely each would choose its neighbours: as many of them as the perplexity says. */
async function affinities(
  { count, k, squares }: Neighbourhood,
  perplexity: number,
  pace: Pace,
): Promise<Float64Array> {
  const all = new Float64Array(count * k);
  const aim = Math.log(Math.min(perplexity, k));
  for (let i = 0; i < count; i++) {
    const own = all.subarray(i * k, (i + 1) * k);
    const least = squares[i * k]!;
    let beta = 1 / (squares[(i + 1) * k - 1]! - least || 1);
    let low = 0;
    let high = Infinity;
    for (let tries = 0; tries < 60; tries++) {
      let sum = 0;
      let weighted = 0;
      for (let n = 0; n < k; n++) {
        const square = squares[i * k + n]! - least;
        const p = Math.exp(-beta * square);
        own[n] = p;
        sum += p;
        weighted += p * square;
      }
      for (let n = 0; n < k; n++) own[n]! /= sum;
      const entropy = Math.log(sum) + (beta * weighted) / sum;
      if (Math.abs(entropy - aim) < 1e-5) break;
      if (entropy > aim) low = beta;
      else high = beta;
      const next = high === Infinity ? beta * 2 : (low + high) / 2;
      // All as far as each other: no beta tells them apart.
      if (!Number.isFinite(next)) break;
      beta = next;
    }
    if (pace.due) await pace.pause();
  }
  return all;
}

/** Turns how points are pushed into how they fall: the gradient, without its factor 4. */
function pull(
  { count, starts, ends, weights }: Graph,
  points: Float64Array,
  apart: Float64Array,
  sum: number,
  more: number,
): void {
  const part = 1 / sum;
  for (let i = 0; i < count; i++) {
    const x = points[3 * i]!;
    const y = points[3 * i + 1]!;
    const z = points[3 * i + 2]!;
    let fx = 0;
    let fy = 0;
    let fz = 0;
    for (let n = starts[i]!; n < starts[i + 1]!; n++) {
      const j = 3 * ends[n]!;
      const dx = x - points[j]!;
      const dy = y - points[j + 1]!;
      const dz = z - points[j + 2]!;
      const force = weights[n]! / (1 + dx * dx + dy * dy + dz * dz);
      fx += force * dx;
      fy += force * dy;
      fz += force * dz;
    }
    apart[3 * i] = more * fx - part * apart[3 * i]!;
    apart[3 * i + 1] = more * fy - part * apart[3 * i + 1]!;
    apart[3 * i + 2] = more * fz - part * apart[3 * i + 2]!;
  }
}

function move(
  points: Float64Array,
  gradient: Float64Array,
  step: Float64Array,
  gains: Float64Array,
  momentum: number,
  rate: number,
): void {
  for (let i = 0; i < points.length; i++) {
    const slope = gradient[i]!;
    const sameWay = slope * step[i]! > 0;
    const gain = Math.max(0.01, sameWay ? gains[i]! * 0.8 : gains[i]! + 0.2);
    gains[i] = gain;
    const next = momentum * step[i]! - rate * gain * slope;
    step[i] = next;
    points[i]! += next;
  }
}

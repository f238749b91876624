/** Where a picture starts: at the first components. */
import { normalBy } from "./random.ts";

/** Vectors as t-SNE and UMAP take them. */
export interface Reduced {
  count: number;
  /** `width` numbers each: what neighbours are found in. */
  points: Float64Array;
  width: number;
  /** Their first components, largest first, `startWidth` of them. */
  start: Float64Array;
  startWidth: number;
}

/**
 * Three numbers each: the components brought to a size, the third 0 in the plane.
 * @param sizeOf how large the picture is by itself, from its first components
 * @param to how large it shall be
 * @param chance what parts points that coincide
 */
export function startFrom(
  { count, start, startWidth }: Reduced,
  dimensions: number,
  { size, to, chance, random }: { size: number; to: number; chance: number; random: () => number },
): Float64Array {
  const points = new Float64Array(count * 3);
  const normal = normalBy(random);
  const scale = size > 0 ? to / size : 0;
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < dimensions; c++) {
      const place = c < startWidth ? start[i * startWidth + c]! * scale : 0;
      points[3 * i + c] = place + chance * normal();
    }
  }
  return points;
}

/** The deviation along the first component. */
export function deviation({ count, start, startWidth }: Reduced): number {
  let square = 0;
  for (let i = 0; i < count; i++) square += start[i * startWidth]! ** 2;
  return Math.sqrt(square / count);
}

/** The farthest along any of the first components. */
export function farthest({ count, start, startWidth }: Reduced, dimensions: number): number {
  let most = 0;
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < Math.min(dimensions, startWidth); c++) {
      most = Math.max(most, Math.abs(start[i * startWidth + c]!));
    }
  }
  return most;
}

/** From a point's place to where it is seen: the same in the page and in the still picture. */

export interface Camera {
  /** Radians around the upright axis, and of tilt. */
  yaw: number;
  pitch: number;
  /** 1 shows all. */
  zoom: number;
  /** Of the middle, in pixels. */
  panX: number;
  panY: number;
}

export const startCamera = (): Camera => ({ yaw: 0.6, pitch: 0.35, zoom: 1, panX: 0, panY: 0 });

/** How far away the eye is, where the points reach to 1. */
const eye = 4;

export interface Panel {
  title: string;
  dimensions: 2 | 3;
  /** Two or three numbers each, the widest axis from -1 to 1. */
  places: readonly number[];
  /** How far they reach along each axis. */
  reach: readonly [number, number, number];
}

export interface Seen {
  xs: Float32Array;
  ys: Float32Array;
  /** How large each is by perspective; 1 in the middle, and in the plane. */
  sizes: Float32Array;
  /** From the farthest. In the plane of no meaning. */
  order: Uint32Array;
}

export interface Area {
  width: number;
  height: number;
  /** Left free at each side. */
  margin: number;
}

/** Pixels for one unit. */
function scaleOf(panel: Panel, { zoom }: Camera, { width, height, margin }: Area): number {
  // However it is turned, nearly all of it is in.
  const around = 0.95 * Math.hypot(...panel.reach);
  const [x, y] = panel.dimensions === 2 ? panel.reach : [around, around];
  const free = Math.min((width / 2 - margin) / (x || 1), (height / 2 - margin) / (y || 1));
  return Math.max(1, free) * zoom;
}

/** One place, as it is seen. */
export function lookAt(
  panel: Panel,
  camera: Camera,
  area: Area,
): (x: number, y: number, z: number) => { x: number; y: number; depth: number; size: number } {
  const scale = scaleOf(panel, camera, area);
  const middleX = area.width / 2 + camera.panX;
  const middleY = area.height / 2 + camera.panY;
  if (panel.dimensions === 2) {
    return (x, y) => ({ x: middleX + x * scale, y: middleY - y * scale, depth: 0, size: 1 });
  }
  const [sinYaw, cosYaw] = [Math.sin(camera.yaw), Math.cos(camera.yaw)];
  const [sinPitch, cosPitch] = [Math.sin(camera.pitch), Math.cos(camera.pitch)];
  return (x, y, z) => {
    const across = x * cosYaw + z * sinYaw;
    const into = z * cosYaw - x * sinYaw;
    const up = y * cosPitch - into * sinPitch;
    const depth = y * sinPitch + into * cosPitch;
    const size = eye / (eye - depth);
    return { x: middleX + across * size * scale, y: middleY - up * size * scale, depth, size };
  };
}

export function see(panel: Panel, camera: Camera, area: Area, count: number): Seen {
  const { dimensions, places } = panel;
  const xs = new Float32Array(count);
  const ys = new Float32Array(count);
  const sizes = new Float32Array(count);
  const look = lookAt(panel, camera, area);
  for (let i = 0; i < count; i++) {
    const at = i * dimensions;
    const seen = look(places[at]!, places[at + 1]!, dimensions === 3 ? places[at + 2]! : 0);
    xs[i] = seen.x;
    ys[i] = seen.y;
    sizes[i] = seen.size;
  }
  return { xs, ys, sizes, order: dimensions === 2 ? shuffled(count) : bySize(sizes) };
}

/** So that of two groups that overlap neither hides the other. */
function shuffled(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  let state = 1;
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** From the smallest, that is the farthest; in buckets, finer than is seen. */
function bySize(sizes: Float32Array): Uint32Array {
  const buckets = 2048;
  const low = 0.6;
  const of = (size: number) =>
    Math.min(buckets - 1, Math.max(0, Math.floor(((size - low) / 1.4) * buckets)));
  const starts = new Uint32Array(buckets + 1);
  for (const size of sizes) starts[of(size) + 1]!++;
  for (let b = 0; b < buckets; b++) starts[b + 1]! += starts[b]!;
  const order = new Uint32Array(sizes.length);
  sizes.forEach((size, i) => {
    order[starts[of(size)]!++] = i;
  });
  return order;
}

/** How many pixels a point reaches, where there are so many. */
export const radiusFor = (count: number) => Math.min(6, Math.max(1.6, 14 * count ** -0.2));

/** The edges of the box around what is drawn in three dimensions. */
export const boxEdges: readonly (readonly [number, number, number, number, number, number])[] = [
  -1, 1,
].flatMap((a) =>
  [-1, 1].flatMap((b) => [
    [-1, a, b, 1, a, b] as const,
    [a, -1, b, a, 1, b] as const,
    [a, b, -1, a, b, 1] as const,
  ]),
);

/** How clearly a point of a size is seen: what is far is paler. */
export const depthOf = (size: number) => Math.min(1, Math.max(0.4, (size - 0.6) * 1.7));

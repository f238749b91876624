/**
 * How points push each other apart, in n log n: what is far is felt as one. The tree of Barnes and Hut, laid
 * out along the Z curve, so that it is walked from front to back. In the plane the third axis is all 0.
 */

/** A cell is one point where its width is less than this part of its distance. */
const theta = 0.5;

/** So many points are not divided further. */
const bucket = 6;

export class RepulsionTree {
  readonly #count: number;
  readonly #levels: number;
  readonly #codes: Uint32Array;
  readonly #order: Int32Array;
  readonly #spare: Int32Array;
  /** The points in the order of the curve. */
  readonly #sorted: Float64Array;
  /** Of each cell: its middle and mass, beyond which square it is one point, and what follows it. */
  #cells = new Float64Array(0);
  #links = new Int32Array(0);
  #size = 0;

  constructor(count: number, dimensions: 2 | 3) {
    this.#count = count;
    this.#levels = dimensions === 2 ? 15 : 10;
    this.#codes = new Uint32Array(count);
    this.#order = new Int32Array(count);
    this.#spare = new Int32Array(count);
    this.#sorted = new Float64Array(count * 3);
    this.#grow(count * 2 + 16);
  }

  /**
   * @param points three numbers each
   * @param force is written: the sum of q² (a - b), for t-SNE's q = 1 / (1 + |a - b|²)
   * @returns the sum of q over all pairs, each counted both ways
   */
  repel(points: Float64Array, force: Float64Array): number {
    this.#sort(points);
    this.#size = 0;
    this.#build(0, this.#count, this.#levels - 1);
    const sorted = this.#sorted;
    const cells = this.#cells;
    const links = this.#links;
    const size = this.#size;
    let sum = 0;
    for (let i = 0; i < this.#count; i++) {
      const x = sorted[3 * i]!;
      const y = sorted[3 * i + 1]!;
      const z = sorted[3 * i + 2]!;
      let fx = 0;
      let fy = 0;
      let fz = 0;
      for (let cell = 0; cell < size; ) {
        const c = cell * 5;
        const dx = x - cells[c]!;
        const dy = y - cells[c + 1]!;
        const dz = z - cells[c + 2]!;
        const square = dx * dx + dy * dy + dz * dz;
        if (square > cells[c + 4]!) {
          const q = 1 / (1 + square);
          const all = cells[c + 3]! * q;
          sum += all;
          const push = all * q;
          fx += push * dx;
          fy += push * dy;
          fz += push * dz;
          cell = links[cell * 2]!;
        } else {
          const from = links[cell * 2 + 1]!;
          if (from < 0) cell++;
          else {
            // Itself too: it pushes with 0, and its q is taken off in the end.
            const to = from + cells[c + 3]!;
            for (let n = from; n < to; n++) {
              const ex = x - sorted[3 * n]!;
              const ey = y - sorted[3 * n + 1]!;
              const ez = z - sorted[3 * n + 2]!;
              const q = 1 / (1 + ex * ex + ey * ey + ez * ez);
              sum += q;
              const push = q * q;
              fx += push * ex;
              fy += push * ey;
              fz += push * ez;
            }
            cell = links[cell * 2]!;
          }
        }
      }
      const to = 3 * this.#order[i]!;
      force[to] = fx;
      force[to + 1] = fy;
      force[to + 2] = fz;
    }
    return sum - this.#count;
  }

  #sort(points: Float64Array): void {
    const count = this.#count;
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (let i = 0; i < 3 * count; i++) {
      const axis = i % 3;
      const value = points[i]!;
      if (value < low[axis]!) low[axis] = value;
      if (value > high[axis]!) high[axis] = value;
    }
    const flat = this.#levels === 15;
    const width = Math.max(high[0]! - low[0]!, high[1]! - low[1]!, high[2]! - low[2]!) || 1;
    const scale = (2 ** this.#levels - 1) / width;
    for (let i = 0; i < count; i++) {
      const x = spread((points[3 * i]! - low[0]!) * scale, flat);
      const y = spread((points[3 * i + 1]! - low[1]!) * scale, flat);
      const z = flat ? 0 : spread((points[3 * i + 2]! - low[2]!) * scale, flat);
      this.#codes[i] = x | (y << 1) | (z << 2);
      this.#order[i] = i;
    }
    this.#radix();
    for (let i = 0; i < count; i++) {
      const from = 3 * this.#order[i]!;
      this.#sorted[3 * i] = points[from]!;
      this.#sorted[3 * i + 1] = points[from + 1]!;
      this.#sorted[3 * i + 2] = points[from + 2]!;
    }
  }

  /** Sorts the order by code, ten bits at a time. */
  #radix(): void {
    let from = this.#order;
    let to = this.#spare;
    const counts = new Int32Array(1025);
    for (let shift = 0; shift < 30; shift += 10) {
      counts.fill(0);
      for (const i of from) counts[((this.#codes[i]! >>> shift) & 1023) + 1]!++;
      for (let d = 0; d < 1024; d++) counts[d + 1]! += counts[d]!;
      for (const i of from) to[counts[(this.#codes[i]! >>> shift) & 1023]!++] = i;
      [from, to] = [to, from];
    }
    // Three turns: what is sorted lies in the spare.
    if (from !== this.#order) this.#order.set(from);
  }

  /** The cell of the sorted points in [from, to), and those within it. */
  #build(from: number, to: number, level: number): void {
    if (this.#size * 2 + 2 > this.#links.length) this.#grow(this.#size * 2);
    const cell = this.#size++;
    const sorted = this.#sorted;
    const count = to - from;
    let mx = 0;
    let my = 0;
    let mz = 0;
    const c = cell * 5;
    if (count <= bucket || level < 0) {
      let lx = Infinity;
      let ly = Infinity;
      let lz = Infinity;
      let hx = -Infinity;
      let hy = -Infinity;
      let hz = -Infinity;
      for (let n = from; n < to; n++) {
        const x = sorted[3 * n]!;
        const y = sorted[3 * n + 1]!;
        const z = sorted[3 * n + 2]!;
        mx += x;
        my += y;
        mz += z;
        lx = Math.min(lx, x);
        ly = Math.min(ly, y);
        lz = Math.min(lz, z);
        hx = Math.max(hx, x);
        hy = Math.max(hy, y);
        hz = Math.max(hz, z);
      }
      this.#links[cell * 2 + 1] = from;
      this.#bounds(cell, lx, ly, lz, hx, hy, hz);
    } else {
      this.#links[cell * 2 + 1] = -1;
      const bits = this.#levels === 15 ? 2 : 3;
      const shift = level * bits;
      const codes = this.#codes;
      const order = this.#order;
      let start = from;
      let first = true;
      while (start < to) {
        const part = codes[order[start]!]! >>> shift;
        let end = start + 1;
        while (end < to && codes[order[end]!]! >>> shift === part) end++;
        const child = this.#size;
        this.#build(start, end, level - 1);
        const d = child * 5;
        const mass = this.#cells[d + 3]!;
        mx += this.#cells[d]! * mass;
        my += this.#cells[d + 1]! * mass;
        mz += this.#cells[d + 2]! * mass;
        this.#widen(cell, child, first);
        first = false;
        start = end;
      }
    }
    const cells = this.#cells;
    cells[c] = mx / count;
    cells[c + 1] = my / count;
    cells[c + 2] = mz / count;
    cells[c + 3] = count;
    const b = cell * 6;
    const box = this.#boxes;
    const width = Math.max(
      box[b + 3]! - box[b]!,
      box[b + 4]! - box[b + 1]!,
      box[b + 5]! - box[b + 2]!,
    );
    cells[c + 4] = (width / theta) ** 2;
    this.#links[cell * 2] = this.#size;
  }

  /** What each cell's points span: low x, y, z, high x, y, z. */
  #boxes = new Float64Array(0);

  #bounds(cell: number, ...box: number[]): void {
    this.#boxes.set(box, cell * 6);
  }

  #widen(cell: number, child: number, first: boolean): void {
    const box = this.#boxes;
    const [b, d] = [cell * 6, child * 6];
    for (let axis = 0; axis < 6; axis++) {
      const value = box[d + axis]!;
      if (first) box[b + axis] = value;
      else {
        box[b + axis] =
          axis < 3 ? Math.min(box[b + axis]!, value) : Math.max(box[b + axis]!, value);
      }
    }
  }

  #grow(cells: number): void {
    this.#cells = grown(this.#cells, cells * 5);
    this.#boxes = grown(this.#boxes, cells * 6);
    const links = new Int32Array(cells * 2);
    links.set(this.#links);
    this.#links = links;
  }
}

function grown(array: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(array);
  return larger;
}

/** A bit of the number to every second place, or to every third. */
function spread(value: number, flat: boolean): number {
  let v = value | 0;
  if (flat) {
    v = (v | (v << 8)) & 0x00ff00ff;
    v = (v | (v << 4)) & 0x0f0f0f0f;
    v = (v | (v << 2)) & 0x33333333;
    return (v | (v << 1)) & 0x55555555;
  }
  v = (v | (v << 16)) & 0x030000ff;
  v = (v | (v << 8)) & 0x0300f00f;
  v = (v | (v << 4)) & 0x030c30c3;
  return (v | (v << 2)) & 0x09249249;
}

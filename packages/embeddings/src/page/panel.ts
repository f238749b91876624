/** One picture on its canvas. */
import {
  type Area,
  boxEdges,
  type Camera,
  depthOf,
  lookAt,
  type Panel,
  radiusFor,
  type Seen,
  see,
  startCamera,
} from "../pictures/camera.ts";
import { paper } from "../pictures/colours.ts";
import { lookIn } from "../pictures/looks.ts";
import { outline } from "./outline.ts";
import { colourOf, Sheet } from "./sheet.ts";
import { Inks, stampOf } from "./stamps.ts";
import type { State } from "./state.ts";

/** How near the pointer must be, in pixels. */
const reach = 14;

export class Picture {
  readonly canvas: HTMLCanvasElement;
  readonly panel: Panel;
  readonly camera: Camera = startCamera();
  readonly #state: State;
  readonly #index: number;
  #area: Area = { width: 1, height: 1, margin: 0 };
  #pixels = 1;
  #seen: Seen | undefined;
  #inks: Inks | undefined;
  #sheet = new Sheet(1, 1);
  /** What the sheet shows. */
  #painted: { sight: Seen; version: number } | undefined;

  constructor(canvas: HTMLCanvasElement, state: State, index: number) {
    this.canvas = canvas;
    this.panel = state.scene.panels[index]!;
    this.#state = state;
    this.#index = index;
    state.onChange(() => this.#draw());
    new ResizeObserver(() => this.#resize()).observe(canvas);
  }

  home(): void {
    Object.assign(this.camera, startCamera());
    this.moved();
  }

  /** The camera is another. */
  moved(): void {
    this.#seen = undefined;
    this.#state.draw();
  }

  /** Keeps what is at a place where it is. */
  zoom(by: number, x = this.#area.width / 2, y = this.#area.height / 2): void {
    const { camera } = this;
    const zoom = Math.min(200, Math.max(0.3, camera.zoom * by));
    const part = zoom / camera.zoom;
    camera.panX += (1 - part) * (x - this.#area.width / 2 - camera.panX);
    camera.panY += (1 - part) * (y - this.#area.height / 2 - camera.panY);
    camera.zoom = zoom;
    this.moved();
  }

  /** The item at a place, -1 for none: the nearest; where several lie, the foremost. */
  at(x: number, y: number): number {
    const { xs, ys, sizes } = this.#sight();
    let best = -1;
    let least = reach;
    for (let i = 0; i < xs.length; i++) {
      const far = Math.hypot(xs[i]! - x, ys[i]! - y) - sizes[i]! * 0.5;
      if (far >= least || this.#state.isHidden(i)) continue;
      least = far;
      best = i;
    }
    return best;
  }

  /** Where an item is, in the window. */
  placeOf(item: number): { x: number; y: number } {
    const { xs, ys } = this.#sight();
    const { left, top } = this.canvas.getBoundingClientRect();
    return { x: left + xs[item]!, y: top + ys[item]! };
  }

  #sight(): Seen {
    this.#seen ??= see(this.panel, this.camera, this.#area, this.#state.scene.count);
    return this.#seen;
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    this.#pixels = Math.min(3, window.devicePixelRatio || 1);
    this.canvas.width = Math.max(1, Math.round(width * this.#pixels));
    this.canvas.height = Math.max(1, Math.round(height * this.#pixels));
    this.#area = { width, height, margin: this.panel.title ? 44 : 30 };
    this.#sheet = new Sheet(this.canvas.width, this.canvas.height);
    this.#seen = undefined;
    // At once: a canvas that was measured anew is empty.
    this.#draw();
  }

  #draw(): void {
    const state = this.#state;
    const { version } = state;
    // Not one that is often read: to that it took 27 ms to put the pixels, without a card for graphics.
    const context = this.canvas.getContext("2d", { alpha: false })!;
    context.setTransform(this.#pixels, 0, 0, this.#pixels, 0, 0);
    const sight = this.#sight();
    const painted = this.#painted;
    // Where only a ring is another, the points stay.
    if (painted?.sight !== sight || painted.version !== version) this.#paint(sight);
    this.#painted = { sight, version };
    context.putImageData(this.#sheet.image, 0, 0);
    if (state.names) this.#names(context);
    if (state.kept >= 0) this.#ring(context, sight, state.kept);
    if (state.hover >= 0) this.#ring(context, sight, state.hover);
  }

  #paint(sight: Seen): void {
    const state = this.#state;
    const { theme, coloured } = state;
    this.#sheet.fill(colourOf(paper[theme].card));
    if (this.panel.dimensions === 3) this.#box();
    if (!this.#inks?.fit(coloured, theme)) this.#inks = new Inks(coloured, theme);
    // First what is passed over, then what is looked at.
    const looking = state.found !== undefined || state.focused !== undefined;
    if (looking) this.#points(sight, this.#inks, true);
    this.#points(sight, this.#inks, false);
  }

  #points({ xs, ys, sizes, order }: Seen, inks: Inks, dimmed: boolean): void {
    const state = this.#state;
    const sheet = this.#sheet;
    const pixels = this.#pixels;
    const solid = this.panel.dimensions === 3;
    // Closer by, points may be larger, though not as much.
    const grown = Math.min(2.2, Math.max(1, this.camera.zoom ** 0.3));
    const radius = radiusFor(state.scene.count) * grown * pixels;
    for (const i of order) {
      if (state.isDimmed(i) !== dimmed || state.isHidden(i)) continue;
      const size = sizes[i]!;
      const alpha = (dimmed ? 0.1 : 0.88) * (solid ? depthOf(size) : 1);
      const ink = inks.of(state.kindOf(i));
      const stamp = stampOf(ink, radius * size);
      sheet.put(stamp, ink.colour, xs[i]! * pixels, ys[i]! * pixels, Math.round(alpha * 256));
    }
  }

  #box(): void {
    const look = lookAt(this.panel, this.camera, this.#area);
    const colour = colourOf(paper[this.#state.theme].line);
    const pixels = this.#pixels;
    const [x, y, z] = this.panel.reach;
    for (const [a, b, c, d, e, f] of boxEdges) {
      const from = look(a * x, b * y, c * z);
      const to = look(d * x, e * y, f * z);
      const ends = [from.x, from.y, to.x, to.y].map((one) => one * pixels);
      this.#sheet.line(...(ends as [number, number, number, number]), pixels, colour);
    }
  }

  #names(context: CanvasRenderingContext2D): void {
    const { theme, coloured, scene, field, hidden, focused } = this.#state;
    const places = scene.names[field]?.[this.#index];
    if (!coloured || !("kinds" in coloured) || !places) return;
    const look = lookAt(this.panel, this.camera, this.#area);
    context.font = "600 12.5px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 4;
    const taken: [number, number, number][] = [];
    for (const [kind, { name }] of coloured.kinds.entries()) {
      if (hidden.has(kind) || (focused !== undefined && focused !== kind)) continue;
      const [px, py, pz] = places[kind] as [number, number, number];
      const { x, y } = look(px, py, pz);
      const shown = name.length > 28 ? `${name.slice(0, 27)}…` : name;
      const half = context.measureText(shown).width / 2 + 3;
      if (taken.some(([a, b, c]) => Math.abs(a - x) < half + c && Math.abs(b - y) < 15)) continue;
      taken.push([x, y, half]);
      context.strokeStyle = paper[theme].card;
      context.fillStyle = paper[theme].ink;
      context.strokeText(shown, x, y);
      context.fillText(shown, x, y);
    }
  }

  #ring(context: CanvasRenderingContext2D, { xs, ys, sizes }: Seen, item: number): void {
    const { theme, coloured, scene } = this.#state;
    const [x, y] = [xs[item]!, ys[item]!];
    const radius = radiusFor(scene.count) * sizes[item]! * 1.35 + 1.5;
    const { colour, shape } = lookIn(coloured, this.#state.kindOf(item), theme);
    outline(context, shape, x, y, radius);
    context.fillStyle = colour;
    context.fill();
    context.beginPath();
    context.arc(x, y, radius + 4.5, 0, 2 * Math.PI);
    context.strokeStyle = paper[theme].card;
    context.lineWidth = 5;
    context.stroke();
    context.strokeStyle = paper[theme].ink;
    context.lineWidth = 2;
    context.stroke();
  }
}

/**
 * Points put into pixels one by one. Thousands of copies by the canvas itself took a second a frame in a
 * Chromium without a card for graphics, and tens of seconds until they were read (5,000 points, 2026-11-26).
 */
import type { Shape, Theme } from "../pictures/colours.ts";
import { lookIn } from "../pictures/looks.ts";
import type { Field } from "../pictures/scene.ts";
import { outline } from "./outline.ts";

/** Sizes are told apart to this part of a pixel. */
const steps = 4;

/** How much of each pixel a shape covers, of 256. */
interface Stamp {
  width: number;
  cover: Uint8Array;
}

interface Ink {
  shape: Shape;
  red: number;
  green: number;
  blue: number;
}

const stamps = new Map<Shape, Stamp[]>();

/** @param radius in pixels of the canvas */
function stampOf(shape: Shape, radius: number): Stamp {
  let sizes = stamps.get(shape);
  if (!sizes) {
    sizes = [];
    stamps.set(shape, sizes);
  }
  const step = Math.max(2, Math.round(radius * steps));
  sizes[step] ??= cut(shape, step / steps);
  return sizes[step];
}

function cut(shape: Shape, radius: number): Stamp {
  const canvas = document.createElement("canvas");
  const width = 2 * Math.ceil(radius * 1.5 + 1);
  canvas.width = width;
  canvas.height = width;
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  outline(context, shape, width / 2, width / 2, radius);
  context.fill();
  const { data } = context.getImageData(0, 0, width, width);
  return { width, cover: Uint8Array.from({ length: width * width }, (_, i) => data[4 * i + 3]!) };
}

/** The points of one field in one theme. */
export class Inks {
  readonly #field: Field | undefined;
  readonly #theme: Theme;
  readonly #known = new Map<number, Ink>();

  constructor(field: Field | undefined, theme: Theme) {
    this.#field = field;
    this.#theme = theme;
  }

  fit(field: Field | undefined, theme: Theme): boolean {
    return this.#field === field && this.#theme === theme;
  }

  /** Puts a point over what is there, which lets nothing through. */
  put(onto: ImageData, x: number, y: number, radius: number, kind: number, alpha: number): void {
    const { shape, red, green, blue } = this.#of(kind);
    const { width, cover } = stampOf(shape, radius);
    const { data, width: across, height: down } = onto;
    const left = Math.round(x - width / 2);
    const top = Math.round(y - width / 2);
    const firstRow = Math.max(0, -top);
    const lastRow = Math.min(width, down - top);
    const first = Math.max(0, -left);
    const last = Math.min(width, across - left);
    for (let row = firstRow; row < lastRow; row++) {
      let at = 4 * ((top + row) * across + left + first);
      for (let i = row * width + first; i < row * width + last; i++, at += 4) {
        const part = cover[i]!;
        if (part === 0) continue;
        const share = (part * alpha) / 255;
        data[at]! += (red - data[at]!) * share;
        data[at + 1]! += (green - data[at + 1]!) * share;
        data[at + 2]! += (blue - data[at + 2]!) * share;
      }
    }
  }

  #of(kind: number): Ink {
    let ink = this.#known.get(kind);
    if (!ink) {
      const { colour, shape } = lookIn(this.#field, kind, this.#theme);
      const [red, green, blue] = [1, 3, 5].map((at) =>
        Number.parseInt(colour.slice(at, at + 2), 16),
      );
      ink = { shape, red: red!, green: green!, blue: blue! };
      this.#known.set(kind, ink);
    }
    return ink;
  }
}

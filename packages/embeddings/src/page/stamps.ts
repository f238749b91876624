/**
 * What the points of a picture look like, as shares of its pixels. Thousands of copies by the canvas itself took a
 * second a frame in a Chromium without a card for graphics, and tens of seconds until they were read (5,000
 * points, 2026-11-26).
 */
import type { Shape, Theme } from "../pictures/colours.ts";
import { lookIn } from "../pictures/looks.ts";
import type { Field } from "../pictures/scene.ts";
import { outline } from "./outline.ts";
import { type Colour, colourOf } from "./sheet.ts";

/** Sizes are told apart to this part of a pixel. */
const steps = 4;

/** How much of each pixel a shape covers, of 256. */
export interface Stamp {
  width: number;
  cover: Uint16Array;
}

const stamps = new Map<Shape, Stamp[]>();

function cut(shape: Shape, radius: number): Stamp {
  const canvas = document.createElement("canvas");
  const width = 2 * Math.ceil(radius * 1.5 + 1);
  canvas.width = width;
  canvas.height = width;
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  outline(context, shape, width / 2, width / 2, radius);
  context.fill();
  const { data } = context.getImageData(0, 0, width, width);
  const share = (_: unknown, i: number) => Math.round((data[4 * i + 3]! * 256) / 255);
  return { width, cover: Uint16Array.from({ length: width * width }, share) };
}

interface Ink {
  colour: Colour;
  /** By size. */
  sizes: Stamp[];
  shape: Shape;
}

/** The points of one field in one theme. */
export class Inks {
  readonly #field: Field | undefined;
  readonly #theme: Theme;
  /** By kind, the one that is none first. */
  readonly #known: Ink[] = [];

  constructor(field: Field | undefined, theme: Theme) {
    this.#field = field;
    this.#theme = theme;
  }

  fit(field: Field | undefined, theme: Theme): boolean {
    return this.#field === field && this.#theme === theme;
  }

  of(kind: number): Ink {
    this.#known[kind + 1] ??= this.#made(kind);
    return this.#known[kind + 1]!;
  }

  #made(kind: number): Ink {
    const { colour, shape } = lookIn(this.#field, kind, this.#theme);
    const sizes = stamps.get(shape) ?? [];
    stamps.set(shape, sizes);
    return { colour: colourOf(colour), sizes, shape };
  }
}

/** @param radius in pixels of the canvas */
export function stampOf({ sizes, shape }: Ink, radius: number): Stamp {
  const step = Math.max(2, Math.round(radius * steps));
  sizes[step] ??= cut(shape, step / steps);
  return sizes[step];
}

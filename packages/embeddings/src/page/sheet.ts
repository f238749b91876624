/** The pixels of a picture, which are written one by one: nothing is read from a canvas, which takes long. */
import type { Stamp } from "./stamps.ts";

/** As pixels lie in memory, red first: red and blue, green, and all with nothing let through. */
export interface Colour {
  outer: number;
  green: number;
  word: number;
}

/** @param hex "#rrggbb" */
export function colourOf(hex: string): Colour {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  const outer = red! | (blue! << 16);
  return { outer, green: green! << 8, word: outer | (green! << 8) | (255 << 24) };
}

export class Sheet {
  readonly image: ImageData;
  readonly #words: Int32Array;

  constructor(width: number, height: number) {
    this.image = new ImageData(width, height);
    this.#words = new Int32Array(this.image.data.buffer);
  }

  fill({ word }: Colour): void {
    this.#words.fill(word);
  }

  /** @param alpha of 256, for what the stamp covers wholly */
  put({ width, cover }: Stamp, colour: Colour, x: number, y: number, alpha: number): void {
    const words = this.#words;
    const { width: across, height: down } = this.image;
    const { outer, green } = colour;
    const left = Math.round(x - width / 2);
    const top = Math.round(y - width / 2);
    const lastRow = Math.min(width, down - top);
    const first = Math.max(0, -left);
    const last = Math.min(width, across - left);
    for (let row = Math.max(0, -top); row < lastRow; row++) {
      let at = (top + row) * across + left + first;
      for (let i = row * width + first; i < row * width + last; i++, at++) {
        const part = cover[i]!;
        if (part !== 0) words[at] = mixed(words[at]!, outer, green, (part * alpha) >> 8);
      }
    }
  }

  /** @param thick in pixels */
  line(x0: number, y0: number, x1: number, y1: number, thick: number, colour: Colour): void {
    const { width, height } = this.image;
    const steep = Math.abs(y1 - y0) > Math.abs(x1 - x0);
    const [a0, b0, a1, b1] = steep ? [y0, x0, y1, x1] : [x0, y0, x1, y1];
    const slope = (b1 - b0) / (a1 - a0 || 1);
    const [along, across] = steep ? [height, width] : [width, height];
    const [step, beside] = steep ? [width, 1] : [1, width];
    const end = Math.min(along - 1, Math.floor(Math.max(a0, a1)));
    for (let a = Math.max(0, Math.ceil(Math.min(a0, a1))); a <= end; a++) {
      const low = b0 + (a - a0) * slope - thick / 2;
      const high = low + thick;
      for (let b = Math.max(0, Math.floor(low)); b < Math.min(across, high); b++) {
        const part = Math.min(high, b + 1) - Math.max(low, b);
        const at = a * step + b * beside;
        const share = Math.round(part * 256);
        this.#words[at] = mixed(this.#words[at]!, colour.outer, colour.green, share);
      }
    }
  }
}

/** A share of 256 of a colour over a pixel that lets nothing through: red and blue in one go. */
function mixed(under: number, outer: number, green: number, share: number): number {
  const o = under & 0xff00ff;
  const g = under & 0x00ff00;
  return (
    ((o + (Math.imul(outer - o, share) >> 8)) & 0xff00ff) |
    ((g + (((green - g) * share) >> 8)) & 0x00ff00) |
    (255 << 24)
  );
}

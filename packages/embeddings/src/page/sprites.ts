/** Points drawn once, and copied from then on: a circle is dear, a copy is not. */
import { corners, type Shape } from "../pictures/colours.ts";

export class Sprites {
  readonly #made = new Map<string, HTMLCanvasElement>();
  readonly radius: number;
  readonly #size: number;

  /** @param pixels for one of the page's */
  constructor(radius: number, pixels: number) {
    this.radius = radius;
    // Sharp where it is a little larger, by perspective or as the one looked at.
    this.#size = Math.ceil((radius * 3.4 + 2) * pixels);
  }

  of(colour: string, shape: Shape): HTMLCanvasElement {
    const key = `${colour} ${shape}`;
    const found = this.#made.get(key);
    if (found) return found;
    const canvas = document.createElement("canvas");
    canvas.width = this.#size;
    canvas.height = this.#size;
    const context = canvas.getContext("2d")!;
    context.fillStyle = colour;
    outline(context, shape, this.#size / 2, this.#size / 2, this.#size / 3.4);
    context.fill();
    this.#made.set(key, canvas);
    return canvas;
  }

  /** How wide a copy is on the page, for a point of the radius. */
  get width(): number {
    return this.radius * 3.4;
  }
}

export function outline(
  context: CanvasRenderingContext2D,
  shape: Shape,
  x: number,
  y: number,
  radius: number,
): void {
  context.beginPath();
  if (shape === "circle") context.arc(x, y, radius, 0, 2 * Math.PI);
  for (const [i, [a, b]] of corners[shape].entries()) {
    if (i === 0) context.moveTo(x + a * radius, y + b * radius);
    else context.lineTo(x + a * radius, y + b * radius);
  }
  context.closePath();
}

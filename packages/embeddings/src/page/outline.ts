/** A shape as a path. */
import { corners, type Shape } from "../pictures/colours.ts";

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

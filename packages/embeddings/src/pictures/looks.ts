/** What an item looks like by a field, and a number as it is read: in the page and in the still picture. */
import { lookOf, noColour, rampColour, type Shape, type Theme } from "./colours.ts";
import type { Field } from "./scene.ts";

export interface Look {
  colour: string;
  shape: Shape;
}

/** @param kind of the field, or a step of its ramp; -1 is none */
export function lookIn(field: Field | undefined, kind: number, theme: Theme): Look {
  if (!field || "kinds" in field) return lookOf(kind, theme);
  const colour = kind < 0 ? noColour[theme] : rampColour(kind, theme);
  return { colour, shape: "circle" };
}

export const shortNumber = (value: number) =>
  String(Number(value.toPrecision(4))).replace(/^-/, "−");

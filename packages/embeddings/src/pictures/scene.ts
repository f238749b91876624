/** What a picture shows: places, texts, and the fields by which points can be coloured. */
import type { Panel } from "./camera.ts";
import { mostKinds, rampSteps } from "./colours.ts";
import { visible } from "./visible.ts";

/** Kinds, each with a colour of its own. */
export interface KindField {
  name: string;
  kinds: readonly { name: string; count: number }[];
  /** Each item's kind, -1 for none. */
  of: readonly number[];
}

/** A number, as a step of the ramp. */
export interface RampField {
  name: string;
  min: number;
  max: number;
  /** Each item's step, -1 for none. */
  of: readonly number[];
}

export type Field = KindField | RampField;

export interface Scene {
  title: string;
  note: string;
  count: number;
  panels: readonly Panel[];
  /** Of each item, as it may be shown; empty where none was given. */
  texts: readonly string[];
  /** Of each item: name, value, name, value. */
  details: readonly (readonly string[])[];
  /** The first is shown first. */
  fields: readonly Field[];
  /** Where each kind's name stands in each panel: by field, panel, kind. Empty for a ramp. */
  names: readonly (readonly (readonly (readonly number[])[])[])[];
}

export type FieldValue = string | number | boolean | Date | null | undefined;

/** Numbers of fewer values than this are kinds. */
const fewValues = 9;

export function fieldOf(name: string, values: readonly FieldValue[]): Field {
  // A number that is none is no value.
  const given = values.map((value) =>
    typeof value === "number" && !Number.isFinite(value) ? undefined : value,
  );
  const words = given.map(wordOf);
  const counts = new Map<string, number>();
  for (const word of words) if (word !== undefined) counts.set(word, (counts.get(word) ?? 0) + 1);
  const areNumbers = given.every((value) => typeof value === "number" || value == null);
  if (areNumbers && counts.size >= fewValues) return rampOf(name, given);
  const inOrder = areNumbers
    ? [...counts].sort(([a], [b]) => Number(a) - Number(b))
    : [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  // The smallest share the last colour.
  const shown = inOrder.length > mostKinds ? inOrder.slice(0, mostKinds - 1) : inOrder;
  const rest = inOrder.slice(shown.length);
  const kinds = shown.map(([word, count]) => ({ name: word || "(empty)", count }));
  if (rest.length) {
    const count = rest.reduce((sum, [, one]) => sum + one, 0);
    kinds.push({ name: `${rest.length} more`, count });
  }
  const places = new Map(inOrder.map(([word], i) => [word, Math.min(i, kinds.length - 1)]));
  return { name, kinds, of: words.map((word) => (word === undefined ? -1 : places.get(word)!)) };
}

function rampOf(name: string, values: readonly FieldValue[]): RampField {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    if (typeof value !== "number") continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const of = values.map((value) =>
    typeof value === "number"
      ? Math.round(((value / 2 - min / 2) / (max / 2 - min / 2)) * (rampSteps - 1))
      : -1,
  );
  return { name, min, max, of };
}

/** A value as a word; undefined for none. */
export function wordOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  return visible(typeof value === "object" ? jsonOf(value) : String(value), 120);
}

/** What JSON has no place for is shown as a word all the same. */
function jsonOf(value: object): string {
  const plain = (_: string, one: unknown) => (typeof one === "bigint" ? String(one) : one);
  try {
    return JSON.stringify(value, plain) ?? "";
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** Places brought to the middle and to a reach of 1. */
export function panelOf(
  title: string,
  points: readonly ArrayLike<number>[],
  dimensions: 2 | 3,
): Panel {
  const low = Array.from({ length: dimensions }, () => Infinity);
  const high = low.map((value) => -value);
  for (const point of points) {
    for (let c = 0; c < dimensions; c++) {
      low[c] = Math.min(low[c]!, point[c]!);
      high[c] = Math.max(high[c]!, point[c]!);
    }
  }
  const middle = low.map((value, c) => (points.length ? value / 2 + high[c]! / 2 : 0));
  const widest = Math.max(...low.map((value, c) => high[c]! / 2 - value / 2));
  const scale = points.length && widest > 0 ? widest : 1;
  const places: number[] = [];
  // A row of points has no width to be drawn to the edges by.
  const reach: [number, number, number] = [0.1, 0.1, 0.1];
  for (const point of points) {
    for (let c = 0; c < dimensions; c++) {
      const place = Math.round(((point[c]! - middle[c]!) / scale) * 1e4) / 1e4;
      places.push(place);
      reach[c] = Math.max(reach[c]!, Math.abs(place));
    }
  }
  return { title, dimensions, places, reach };
}

/** So many kinds are named in the picture itself. */
const mostNames = 20;
/** Of a kind so many points are asked where most are. */
const sample = 150;

/** The middle of where each kind is densest, in each panel. */
export function namesOf(field: Field, panels: readonly Panel[]): number[][][] {
  if (!("kinds" in field) || field.kinds.length > mostNames) return [];
  return panels.map((panel) =>
    field.kinds.map((_, kind) => {
      const own: number[] = [];
      field.of.forEach((one, i) => {
        if (one === kind) own.push(i);
      });
      return densest(panel, own);
    }),
  );
}

function densest({ dimensions, places }: Panel, own: readonly number[]): number[] {
  const step = Math.max(1, Math.floor(own.length / sample));
  let best: number[] = [0, 0, 0];
  let most = 0;
  for (let a = 0; a < own.length; a += step) {
    const sum = [0, 0, 0];
    let count = 0;
    for (let b = 0; b < own.length; b += step) {
      let square = 0;
      for (let c = 0; c < dimensions; c++) {
        square += (places[own[a]! * dimensions + c]! - places[own[b]! * dimensions + c]!) ** 2;
      }
      if (square > 0.04) continue;
      count++;
      for (let c = 0; c < dimensions; c++) sum[c]! += places[own[b]! * dimensions + c]!;
    }
    if (count > most) {
      most = count;
      best = sum.map((one) => Math.round((one / count) * 1e4) / 1e4);
    }
  }
  return best;
}

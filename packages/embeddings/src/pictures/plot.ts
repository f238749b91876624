/** `plot()`: points as a page to look around in, and as a still picture. */
import { InvalidRequestError } from "@polycall/core";
import type { Vector } from "../arithmetic.ts";
import type { Panel } from "./camera.ts";
import type { Theme } from "./colours.ts";
import { pageOf } from "./html.ts";
import { pngOf } from "./png.ts";
import { type FieldValue, fieldOf, namesOf, panelOf, type Scene, wordOf } from "./scene.ts";
import { svgOf } from "./svg.ts";
import { visible } from "./visible.ts";

export type { FieldValue, Theme };

/** What a point stands for: as a chunk or a search result is. */
export interface PlotItem {
  text?: string;
  metadata?: Readonly<Record<string, unknown>>;
}

/** One of several pictures of the same items. */
export interface PlotPanel {
  title: string;
  /** Of two or three numbers each. */
  points: readonly Vector[];
}

export interface PlotOptions {
  title?: string;
  /** A line below the title. Default: how many points there are */
  note?: string;
  /** What each point stands for: shown where the pointer rests, searched, coloured by. */
  items?: readonly (string | PlotItem)[];
  /**
   * A field of the metadata, or a value for each point. The page offers the other fields too. Words are
   * kinds, numbers a ramp.
   */
  colorBy?: string | readonly FieldValue[];
  /** Characters of a text that are kept; 0 for none. Default: 600 */
  maxText?: number;
}

export interface StillOptions {
  /** Default: 1000 */
  width?: number;
  /** Default: 640 */
  height?: number;
  /** Default: "light" */
  theme?: Theme;
}

export interface PngOptions extends StillOptions {
  /** Pixels for each of the width's and the height's. Default: 2 */
  scale?: number;
}

export interface Plot {
  /**
   * A page that is complete in itself: turned, moved and zoomed by pointer, touch and keys; texts, a legend
   * that switches, a search. It fetches nothing, runs nothing but its own script, and may be shown whatever
   * the texts hold.
   */
  toHTML(): string;
  /** A still picture. @throws InvalidRequestError */
  toSVG(options?: StillOptions): string;
  /**
   * The same as PNG. Needs `npm install @resvg/resvg-js`, and Node, Bun or Deno.
   * @throws InvalidRequestError
   */
  toPNG(options?: PngOptions): Promise<Uint8Array>;
}

/**
 * Points as a picture: those of one projection, or of several of the same items, side by side. Where the
 * pointer rests on an item, it lights up in all of them.
 * @example await writeFile("map.html", plot(points, { items: chunks, colorBy: "source" }).toHTML());
 * @example plot([{ title: "small", points: a }, { title: "large", points: b }], { items })
 * @throws InvalidRequestError for points that cannot be drawn, and for items that do not fit them
 */
export function plot(
  points: readonly Vector[] | readonly PlotPanel[],
  options: PlotOptions = {},
): Plot {
  const scene = sceneOf(points, options);
  return {
    toHTML: () => pageOf(scene),
    toSVG: (still) => svgOf(scene, still),
    toPNG: (still) => pngOf(scene, still),
  };
}

const refused = (param: string, message: string) => new InvalidRequestError(message, { param });

function sceneOf(given: readonly Vector[] | readonly PlotPanel[], options: PlotOptions): Scene {
  if (!Array.isArray(given)) throw refused("points", "points must be a list.");
  const several = given.length > 0 && given.every((one) => "points" in Object(one));
  const listed = several
    ? (given as readonly PlotPanel[])
    : [{ title: "", points: given as readonly Vector[] }];
  const panels = listed.map(({ title, points }, i) => {
    return checkedPanel(title, points, several ? `[${i}].points` : "points");
  });
  const count = listed[0]!.points.length;
  const odd = listed.findIndex(({ points }) => points.length !== count);
  if (odd >= 0) {
    const message = `[${odd}].points holds ${listed[odd]!.points.length} points, [0].points ${count}: panels show the same items.`;
    throw refused(`[${odd}].points`, message);
  }
  const { items = [], maxText = 600, colorBy } = options;
  if (options.items && items.length !== count) {
    throw refused("items", `There are ${items.length} items for ${count} points.`);
  }
  if (!(Number.isInteger(maxText) && maxText >= 0)) {
    throw refused("maxText", `maxText must be a whole number from 0, not ${maxText}.`);
  }
  const read = items.map((item): PlotItem => (typeof item === "string" ? { text: item } : item));
  const fields = fieldsOf(read, colorBy, count);
  return {
    title: visible(options.title ?? "Vectors", 200),
    note: visible(options.note ?? `${count.toLocaleString("en")} points`, 400),
    ...{ count, panels, fields },
    texts: read.map(({ text }) => visible(String(text ?? ""), maxText)),
    details: read.map(({ metadata }) =>
      Object.entries(metadata ?? {}).flatMap(([name, value]) => {
        const word = wordOf(value);
        return word === undefined ? [] : [visible(name, 60), word];
      }),
    ),
    names: fields.map((field) => namesOf(field, panels)),
  };
}

function checkedPanel(title: string, points: readonly Vector[], param: string): Panel {
  if (!Array.isArray(points)) throw refused(param, `${param} must be a list of points.`);
  const dimensions = points[0]?.length ?? 2;
  points.forEach((point: Vector, i) => {
    const at = `${param}[${i}]`;
    const numbers = Array.from(Object(point) as ArrayLike<unknown>);
    if (numbers.length !== dimensions || (dimensions !== 2 && dimensions !== 3)) {
      const message = `${at} has ${numbers.length} numbers: a point has two, or all have three. project() makes such of vectors.`;
      throw refused(at, message);
    }
    if (!numbers.every((value) => Number.isFinite(value))) {
      throw refused(at, `${at} holds something that is not a finite number.`);
    }
  });
  return panelOf(visible(String(title ?? ""), 120), points, dimensions as 2 | 3);
}

/** So many fields are offered; each costs the page a number for every point. */
const mostFields = 12;

function fieldsOf(
  items: readonly PlotItem[],
  colorBy: string | readonly FieldValue[] | undefined,
  count: number,
) {
  const names = new Set(items.flatMap(({ metadata }) => Object.keys(metadata ?? {})));
  const valuesOf = (name: string) => items.map(({ metadata }) => metadata?.[name] as FieldValue);
  if (typeof colorBy === "string" && !names.has(colorBy)) {
    const known = [...names].slice(0, 20).join(", ");
    const message = `colorBy is ${JSON.stringify(colorBy)}, which no item's metadata has${known && `: it has ${known}`}.`;
    throw refused("colorBy", message);
  }
  if (colorBy !== undefined && typeof colorBy !== "string" && colorBy.length !== count) {
    throw refused("colorBy", `There are ${colorBy.length} values in colorBy for ${count} points.`);
  }
  const first =
    typeof colorBy === "string"
      ? [fieldOf(visible(colorBy, 60), valuesOf(colorBy))]
      : colorBy
        ? [fieldOf("", colorBy)]
        : [];
  const others = [...names]
    .filter((name) => name !== colorBy)
    .flatMap((name) => {
      const values = valuesOf(name);
      const field = fieldOf(visible(name, 60), values);
      // What differs everywhere, or nowhere, says nothing as a colour.
      const tells =
        "kinds" in field ? field.kinds.length > 1 && new Set(values).size < count : true;
      return tells ? [field] : [];
    });
  return [...first, ...others].slice(0, mostFields);
}

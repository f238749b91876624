/** The still picture, as SVG. */
import { InvalidRequestError } from "@polycall/core";
import {
  type Area,
  boxEdges,
  depthOf,
  lookAt,
  type Panel,
  radiusFor,
  see,
  startCamera,
} from "./camera.ts";
import { corners, paper, rampColour, rampSteps, type Theme } from "./colours.ts";
import { lookIn, shortNumber } from "./looks.ts";
import type { StillOptions } from "./plot.ts";
import type { Field, Scene } from "./scene.ts";
import { escaped } from "./visible.ts";

const padding = 24;
const gap = 16;
/** Above the panels: title and note. */
const top = 78;
/** A panel that is smaller shows nothing. */
const least = 40;
const font = `font-family="Inter, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', 'Liberation Sans', sans-serif"`;
/** A letter is so wide, of its height: nothing here can measure text. */
const letter = 0.56;

export function svgOf(scene: Scene, options: StillOptions = {}): string {
  const { width = 1000, height = 640, theme = "light" } = options;
  for (const [param, value] of Object.entries({ width, height })) {
    if (!(value >= 200 && value <= 20_000)) {
      const message = `${param} must be between 200 and 20000, not ${value}.`;
      throw new InvalidRequestError(message, { param });
    }
  }
  if (!Object.hasOwn(paper, theme)) {
    const message = `theme must be "light" or "dark", not ${JSON.stringify(theme)}.`;
    throw new InvalidRequestError(message, { param: "theme" });
  }
  const { back, ink, quiet } = paper[theme];
  const [field] = scene.fields;
  const room = height - top - padding - 14;
  const legend = field
    ? legendOf(field, theme, width - 2 * padding, Math.min(room / 2, room - least))
    : { height: 0, parts: "" };
  const free = room + 14 - (legend.height ? legend.height + 14 : 0);
  const count = scene.panels.length;
  const each = (width - 2 * padding - gap * (count - 1)) / count;
  if (each < least) {
    const needed = 2 * padding + gap * (count - 1) + least * count;
    const message = `width must be at least ${needed} for ${count} panels, not ${width}.`;
    throw new InvalidRequestError(message, { param: "width" });
  }
  const panels = scene.panels.map((panel, i) =>
    panelIn(scene, panel, i, {
      theme,
      x: padding + i * (each + gap),
      y: top,
      width: each,
      height: free,
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ${font}>
<title>${escaped(scene.title)}</title>
<rect width="100%" height="100%" fill="${back}"/>
<text x="${padding}" y="40" font-size="21" font-weight="600" fill="${ink}">${escaped(fitted(scene.title, (width - 2 * padding) / 21))}</text>
<text x="${padding}" y="62" font-size="13" fill="${quiet}">${escaped(fitted(scene.note, (width - 2 * padding) / 13))}</text>
${panels.join("\n")}
<g transform="translate(${padding} ${height - padding - legend.height})">${legend.parts}</g>
</svg>
`;
}

interface Place {
  theme: Theme;
  x: number;
  y: number;
  width: number;
  height: number;
}

function panelIn(scene: Scene, panel: Panel, index: number, place: Place): string {
  const { theme, x, y, width, height } = place;
  const { card, line, ink } = paper[theme];
  const [field] = scene.fields;
  const area: Area = { width, height, margin: panel.title ? 34 : 22 };
  const radius = radiusFor(scene.count);
  const camera = startCamera();
  const { xs, ys, sizes, order } = see(panel, camera, area, scene.count);
  const points: string[] = [];
  for (const i of order) {
    const depth = panel.dimensions === 3 ? depthOf(sizes[i]!) : 1;
    points.push(mark(field, i, xs[i]!, ys[i]!, radius * sizes[i]!, depth, theme));
  }
  const look = lookAt(panel, camera, area);
  const [rx, ry, rz] = panel.reach;
  const box =
    panel.dimensions === 2
      ? ""
      : `<path fill="none" stroke="${line}" d="${boxEdges
          .map(([a, b, c, d, e, f]) => {
            const [from, to] = [look(a * rx, b * ry, c * rz), look(d * rx, e * ry, f * rz)];
            return `M${round(from.x)} ${round(from.y)}L${round(to.x)} ${round(to.y)}`;
          })
          .join("")}"/>`;
  const title = panel.title
    ? `<text x="14" y="22" font-size="13" font-weight="600" fill="${ink}">${escaped(fitted(panel.title, (width - 28) / 13))}</text>`
    : "";
  return `<g transform="translate(${round(x)} ${y})"><rect width="${round(width)}" height="${round(height)}" rx="12" fill="${card}" stroke="${line}"/>${box}<g fill-opacity=".85">${points.join("")}</g>${title}${namesIn(scene, index, look, place)}</g>`;
}

const round = (value: number) => Math.round(value * 10) / 10;

function mark(
  field: Field | undefined,
  item: number,
  x: number,
  y: number,
  radius: number,
  depth: number,
  theme: Theme,
): string {
  const { colour, shape } = lookIn(field, field ? field.of[item]! : 0, theme);
  const seen = depth < 1 ? ` opacity="${round(depth)}"` : "";
  if (shape === "circle") {
    return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" fill="${colour}"${seen}/>`;
  }
  const around = corners[shape].map(
    ([a, b]) => `${round(x + a * radius)} ${round(y + b * radius)}`,
  );
  return `<path d="M${around.join("L")}Z" fill="${colour}"${seen}/>`;
}

/** The kinds' names where they are; one that would lie on another is left to the legend. */
function namesIn(
  scene: Scene,
  panel: number,
  look: ReturnType<typeof lookAt>,
  { theme, width, height }: Place,
): string {
  const [field] = scene.fields;
  const places = scene.names[0]?.[panel];
  if (!field || !("kinds" in field) || !places) return "";
  const { card, ink } = paper[theme];
  const taken: [number, number, number][] = [];
  return field.kinds
    .map(({ name }, kind) => {
      const shown = fitted(name, 14);
      const half = (shown.length * letter * 12) / 2 + 4;
      const [px, py, pz] = places[kind] as [number, number, number];
      const at = look(px, py, pz);
      const x = Math.min(width - half - 4, Math.max(half + 4, at.x));
      const y = Math.min(height - 10, Math.max(16, at.y + 4));
      if (taken.some(([a, b, c]) => Math.abs(a - x) < half + c && Math.abs(b - y) < 15)) return "";
      taken.push([x, y, half]);
      return `<text x="${round(x)}" y="${round(y)}" text-anchor="middle" font-size="12" font-weight="600" fill="${ink}" stroke="${card}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke">${escaped(shown)}</text>`;
    })
    .join("");
}

/** @param most how high it may be: kinds that have no place are counted */
function legendOf(
  field: Field,
  theme: Theme,
  width: number,
  most: number,
): { height: number; parts: string } {
  const { ink, quiet } = paper[theme];
  const text = (x: number, y: number, words: string, fill: string) =>
    `<text x="${round(x)}" y="${y}" font-size="12" fill="${fill}">${escaped(words)}</text>`;
  if (!("kinds" in field)) {
    const bar = 220;
    const stops = Array.from({ length: rampSteps / 4 }, (_, i) => {
      const step = (bar / rampSteps) * 4;
      return `<rect x="${round(i * step)}" width="${round(step + 0.5)}" height="10" fill="${rampColour(i * 4, theme)}"/>`;
    });
    const ends = `${text(0, 26, shortNumber(field.min), quiet)}<text x="${bar}" y="26" font-size="12" text-anchor="end" fill="${quiet}">${shortNumber(field.max)}</text>`;
    return { height: 28, parts: stops.join("") + ends + text(bar + 14, 10, field.name, ink) };
  }
  let [x, y] = [0, 12];
  const parts: string[] = [];
  for (const [kind, { name, count }] of field.kinds.entries()) {
    const words = fitted(name, 30);
    const size = 18 + (words.length + String(count).length + 1) * 12 * letter + 18;
    const rest = field.kinds.length - kind;
    // In the last line there is room to say how many are left.
    const isLast = y + 24 > most && rest > 1;
    if (x > 0 && x + size + (isLast ? 60 : 0) > width) {
      if (y + 24 > most) {
        parts.push(text(x, y, `and ${rest} more`, quiet));
        break;
      }
      [x, y] = [0, y + 20];
    }
    const from = x;
    x += size;
    const amount = `<tspan dx="5" fill="${quiet}">${count}</tspan>`;
    parts.push(
      `${mark({ ...field, of: [kind] }, 0, from + 6, y - 4, 5, 1, theme)}<text x="${round(from + 18)}" y="${y}" font-size="12" fill="${ink}">${escaped(words)}${amount}</text>`,
    );
  }
  return { height: y + 4, parts: parts.join("") };
}

/** So many letters as have room, in their height. */
function fitted(text: string, room: number): string {
  const most = Math.max(4, Math.floor(room / letter));
  const flat = text.replace(/\s+/g, " ");
  return flat.length > most ? `${flat.slice(0, most - 1)}…` : flat;
}

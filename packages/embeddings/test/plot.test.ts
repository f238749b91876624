/** Points as still pictures and as data of a page: what is drawn where, what is refused, what cannot break out. */
import { createHash } from "node:crypto";
import { InvalidRequestError } from "@polycall/core";
import { expect, test, vi } from "vitest";
import { noColour, palettes, paper, rampColour, rampSteps } from "../src/pictures/colours.ts";
import { type PlotOptions, plot } from "../src/plot.ts";
import { pixelsOf } from "./support/pixels.ts";

const square = [
  [0, 0],
  [4, 0],
  [0, 4],
  [4, 4],
];
const items = ["north", "south", "north", "east"].map((side, i) => ({
  text: `text ${i}`,
  metadata: { side, weight: i },
}));

/** The circles of a picture: where, and in which colour. */
const circles = (svg: string) =>
  [...svg.matchAll(/<circle cx="([\d.-]+)" cy="([\d.-]+)" r="([\d.]+)" fill="(#\w+)"/g)].map(
    ([, x, y, r, fill]) => ({ x: Number(x), y: Number(y), r: Number(r), fill }),
  );

/** What a page's script is given. */
function sceneIn(html: string) {
  const [, json] = /<script type="application\/json" id="scene">(.*?)<\/script>/s.exec(html)!;
  return JSON.parse(json!);
}

test("places keep their proportions, up is up, and kinds have the palette's colours by number", () => {
  const svg = plot(square, { items, colorBy: "side" }).toSVG({ width: 800, height: 600 });
  const all = circles(svg);
  // The legend has three more, of radius 5.
  const points = all.filter(({ r }) => r !== 5);
  expect(points).toHaveLength(4);
  expect(all.length - points.length).toBe(3);
  const [blue, pink, ochre] = palettes.light;
  const [left, right] = [
    Math.min(...points.map(({ x }) => x)),
    Math.max(...points.map(({ x }) => x)),
  ];
  const [top, bottom] = [
    Math.min(...points.map(({ y }) => y)),
    Math.max(...points.map(({ y }) => y)),
  ];
  expect(right - left).toBeCloseTo(bottom - top, 0);
  const at = (x: number, y: number) => points.find((one) => one.x === x && one.y === y)?.fill;
  // "north" comes twice; of those that come once the first by letter: "east".
  expect([at(left, bottom), at(right, bottom), at(left, top), at(right, top)]).toEqual([
    ...[blue, ochre, blue, pink],
  ]);
});

test("numbers are a ramp, and what has none is grey", () => {
  const line = Array.from({ length: 12 }, (_, i) => [i, 0]);
  const colorBy = line.map(([x]) => (x === 11 ? Number.NaN : x! * 10));
  const svg = plot(line, { colorBy }).toSVG();
  const points = circles(svg).toSorted((a, b) => a.x - b.x);
  expect(points[0]!.fill).toBe(rampColour(0, "light"));
  expect(points[10]!.fill).toBe(rampColour(rampSteps - 1, "light"));
  expect(points[11]!.fill).toBe(noColour.light);
  expect(svg).toContain(">100</text>");
});

test("more kinds than colours: another shape, and at last one kind for the rest", () => {
  const many = Array.from({ length: 100 }, (_, i) => [i, i % 7]);
  const scene = sceneIn(plot(many, { colorBy: many.map((_, i) => `kind ${i % 40}`) }).toHTML());
  const [{ kinds, of }] = scene.fields;
  expect(kinds).toHaveLength(32);
  // The first twenty come three times, the others twice.
  expect(kinds[31]).toEqual({ name: "9 more", count: 18 });
  expect(Math.max(...of)).toBe(31);
  const svg = plot(many, { colorBy: many.map((_, i) => `kind ${i % 9}`) }).toSVG();
  expect(svg.match(/<path d="M[^"]+Z" fill="#1b6bab"/g)).toHaveLength(11 + 1);
});

test("three dimensions: what is nearer is larger, and drawn later", () => {
  const cube = [-1, 1].flatMap((x) => [-1, 1].flatMap((y) => [-1, 1].map((z) => [x, y, z])));
  const sizes = circles(plot(cube).toSVG()).map(({ r }) => r);
  expect(sizes).toHaveLength(8);
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  expect(sizes[7]! / sizes[0]!).toBeGreaterThan(1.3);
});

test.each([
  ["no points", []],
  ["one point", [[3, 3]]],
  [
    "points that coincide",
    [
      [1, 1],
      [1, 1],
    ],
  ],
  [
    "a line",
    [
      [1, 1],
      [2, 1],
    ],
  ],
  [
    "numbers near the end of all",
    [
      [1e308, 0],
      [-1e308, 1],
    ],
  ],
  [
    "three dimensions in a line",
    [
      [0, 0, 1],
      [0, 0, 2],
    ],
  ],
])("%s can be drawn", (_, points) => {
  const drawn = plot(points, { colorBy: points.map((_, i) => i) });
  expect(drawn.toSVG()).not.toMatch(/NaN|Infinity|undefined/);
  const scene = sceneIn(drawn.toHTML());
  expect(scene.count).toBe(points.length);
  expect(scene.panels[0].places.every(Number.isFinite)).toBe(true);
  expect(Math.max(0, ...scene.panels[0].places.map(Math.abs))).toBeLessThanOrEqual(1);
});

const evil = `</script></svg><script>alert(1)</script><!--"'&\u0000\u0007\u202e\ud800\ufffe]]>`;
const shownEvil = `</script></svg><script>alert(1)</script><!--"'&[U+0000][U+0007][U+202E]\ufffd[U+FFFE]]]>`;

test("text of anybody's cannot break out, and is shown as it is", () => {
  const options: PlotOptions = {
    ...{ title: evil, note: evil, colorBy: evil },
    items: square.map((_, i) => ({
      text: evil,
      metadata: { [evil]: evil, [`${evil}2`]: `${evil}${i % 2}` },
    })),
  };
  const drawn = plot([{ title: evil, points: square }], options);
  const html = drawn.toHTML();
  expect(html.match(/<script/g)).toHaveLength(2);
  expect(html.match(/<\/script/g)).toHaveLength(2);
  expect(html).not.toMatch(/<!--/);
  const scene = sceneIn(html);
  expect(scene.texts[0]).toBe(shownEvil);
  expect(scene.fields[0].kinds).toEqual([{ name: shownEvil, count: 4 }]);
  const svg = drawn.toSVG();
  expect(svg.match(/<\/svg>/g)).toHaveLength(1);
  expect(svg).not.toMatch(/<script|<!--/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no place for them.
  expect(svg + html).not.toMatch(/[\u0000-\u0008\u202e\ufffe]/);
});

test("the policy of the page allows its own script alone", () => {
  const html = plot(square).toHTML();
  const [, script] = /<script>(.*?)<\/script>/s.exec(html)!;
  const hash = createHash("sha256").update(script!).digest("base64");
  const [, policy] = /Content-Security-Policy" content="([^"]+)"/.exec(html)!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`script-src 'sha256-${hash}';`);
});

test("a page of 5,000 points is small", () => {
  const points = Array.from({ length: 5000 }, (_, i) => [Math.sin(i), Math.cos(i * 1.7), i / 5000]);
  const html = plot(points, { colorBy: points.map((_, i) => `kind ${i % 12}`) }).toHTML();
  expect(html.length).toBeLessThan(250_000);
});

test("numbers as far apart as numbers can be are a ramp", () => {
  const line = Array.from({ length: 11 }, (_, i) => [i, 0]);
  const colorBy = line.map(([x]) => (x! - 5) * 3e307);
  const [{ of }] = sceneIn(plot(line, { colorBy }).toHTML()).fields;
  expect([of[0], of[10]]).toEqual([0, rampSteps - 1]);
});

test("metadata that is no JSON is shown all the same", () => {
  const around: Record<string, unknown> = {};
  around.itself = around;
  const metadata = { count: 1n, inside: { count: 2n }, around };
  const odd = [{ metadata }, { metadata: null as never }, "text", "text"];
  const { details } = sceneIn(plot(square, { items: odd }).toHTML());
  expect(details).toEqual([
    ["count", "1", "inside", '{"count":"2"}', "around", "[object Object]"],
    ...[[], [], []],
  ]);
});

test.each([
  [0, ""],
  [1, "…"],
  [3, "a…"],
  [4, "a😀…"],
  [5, "a😀bc"],
])("of a text %d characters are kept", (maxText, kept) => {
  const { texts } = sceneIn(plot([[0, 0]], { items: ["a😀bc"], maxText }).toHTML());
  expect(texts).toEqual([kept]);
});

test("a long text is cut, and fields that say nothing are not offered", () => {
  const more = items.map((item, i) => ({
    text: "x".repeat(50),
    metadata: { ...item.metadata, id: `id ${i}`, same: true, when: new Date(0), half: i < 2 },
  }));
  const scene = sceneIn(plot(square, { items: more, maxText: 10 }).toHTML());
  expect(scene.texts[0]).toBe(`${"x".repeat(9)}…`);
  expect(scene.fields.map(({ name }: { name: string }) => name)).toEqual(["side", "half"]);
  expect(scene.details[0]).toEqual([
    ...["side", "north", "weight", "0", "id", "id 0", "same", "true"],
    ...["when", "1970-01-01T00:00:00.000Z", "half", "true"],
  ]);
});

const refusals: [string, unknown, PlotOptions, string][] = [
  ["no list", "points", {}, "points must be a list"],
  ["one number", [[1]], {}, "points[0] has 1 numbers"],
  ["vectors", [new Float32Array(384)], {}, "points[0] has 384 numbers"],
  [
    "two and three",
    [
      [1, 2],
      [1, 2, 3],
    ],
    {},
    "points[1] has 3 numbers",
  ],
  ["no number", [[1, Number.NaN]], {}, "points[0] holds something that is not a finite number"],
  ["no point", [[1, 2], undefined], {}, "points[1] has 0 numbers"],
  ["items", square, { items: ["a"] }, "There are 1 items for 4 points."],
  ["no length", square, { items, maxText: -1 }, "maxText must be a whole number from 0, not -1."],
  ["values", square, { colorBy: [1] }, "There are 1 values in colorBy for 4 points."],
  [
    "field",
    square,
    { items, colorBy: "sise" },
    'colorBy is "sise", which no item\'s metadata has: it has side, weight.',
  ],
  [
    "panels",
    [
      { title: "a", points: square },
      { title: "b", points: square.slice(1) },
    ],
    {},
    "[1].points holds 3 points, [0].points 4",
  ],
];
test.each(refusals)("refused: %s", (_, points, options, message) => {
  const draw = () => plot(points as number[][], options);
  expect(draw).toThrow(InvalidRequestError);
  expect(draw).toThrow(message);
});

test.each([
  [200, 200],
  [600, 400],
  [1000, 640],
])("a legend of 32 long names leaves room for the picture, in %d x %d", (width, height) => {
  const points = Array.from({ length: 64 }, (_, i) => [i, i % 8]);
  const colorBy = points.map((_, i) => `a name that is rather long ${i % 32}`);
  const svg = plot(points, { colorBy }).toSVG({ width, height });
  const [panel, legend] = [...svg.matchAll(/<g transform="translate\(24 (\d+)\)">/g)].map(([, y]) =>
    Number(y),
  );
  const [, high] = /<rect width="[\d.]+" height="([\d.]+)" rx/.exec(svg)!;
  expect(Number(high)).toBeGreaterThanOrEqual(40);
  expect(panel! + Number(high)).toBeLessThanOrEqual(legend!);
  const lines = svg.slice(svg.lastIndexOf("<g "));
  const named = lines.match(/<text /g)!.length;
  const more = Number(/>and (\d+) more</.exec(lines)?.[1] ?? 0);
  // What counts the rest is no name.
  expect(more ? named - 1 + more : named).toBe(32);
  const lowest = Math.max(...[...lines.matchAll(/ y="(\d+)"/g)].map(([, y]) => Number(y)));
  expect(legend! + lowest).toBeLessThanOrEqual(height);
});

test("a size or a theme that cannot be is refused", async () => {
  const drawn = plot(square);
  const many = plot(Array.from({ length: 10 }, () => ({ title: "one", points: square })));
  expect(() => many.toSVG({ width: 300 })).toThrow("width must be at least 592 for 10 panels");
  expect(() => drawn.toSVG({ width: 10 })).toThrow("width must be between 200 and 20000, not 10.");
  expect(() => drawn.toSVG({ theme: "blue" as "light" })).toThrow('not "blue"');
  await expect(drawn.toPNG({ scale: 0 })).rejects.toThrow("scale must be above 0");
});

test.each([1, 1.5, 3])(
  "PNG at %d pixels for one: its points where the SVG has them",
  async (scale) => {
    const grid = Array.from({ length: 9 }, (_, i) => [i % 3, Math.floor(i / 3)]);
    // By numbers: no names lie over the points.
    const drawn = plot(grid, { title: "Nine", colorBy: grid.map((_, i) => i) });
    const size = { width: 300, height: 260, theme: "dark" } as const;
    const { width, height, at } = pixelsOf(await drawn.toPNG({ ...size, scale }));
    expect([width, height]).toEqual([300 * scale, 260 * scale]);
    expect(at(2, 2)).toBe(paper.dark.back);
    const [, panel] = /<g transform="translate\(([\d. ]+)\)"><rect/.exec(drawn.toSVG(size))!;
    const [left, top] = panel!.split(" ").map(Number);
    const points = circles(drawn.toSVG(size));
    expect(points).toHaveLength(9);
    for (const { x, y, fill } of points) {
      // Of what lets 15 % through: 85 % of its colour over that of the panel, but for how it is rounded.
      const seen = channels(at((left! + x) * scale, (top! + y) * scale));
      const under = channels(paper.dark.card);
      const far = channels(fill!).map((value, c) => value * 0.85 + under[c]! * 0.15 - seen[c]!);
      expect(Math.max(...far.map(Math.abs))).toBeLessThan(2);
    }
  },
);

const channels = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

test("PNG without what draws it: says what to install", async () => {
  vi.doMock("@resvg/resvg-js", () => {
    throw new Error("not here");
  });
  const failure = plot(square).toPNG();
  await expect(failure).rejects.toBeInstanceOf(InvalidRequestError);
  await expect(failure).rejects.toThrow("npm install @resvg/resvg-js");
  vi.doUnmock("@resvg/resvg-js");
});

/** How protanopia, deuteranopia and tritanopia see linear RGB: Machado, Oliveira and Fernandes 2009. */
const eyes: Record<string, number[][]> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

test.each(Object.keys(eyes))("the colours stay apart for an eye of %s", (eye) => {
  for (const colours of Object.values(palettes)) {
    const seen = colours.map((colour) => oklab(colour, eyes[eye]!));
    const gaps = seen.flatMap((a, i) =>
      seen.slice(0, i).map((b) => Math.hypot(...a.map((value, c) => value - b[c]!))),
    );
    expect(Math.min(...gaps)).toBeGreaterThan(0.1);
  }
});

/** Ottosson's Oklab. */
function oklab(colour: string, eye: number[][]): number[] {
  const linear = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const times = (matrix: number[][], vector: number[]) =>
    matrix.map((row) => row.reduce((sum, one, i) => sum + one * vector[i]!, 0));
  const lms = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
  ];
  const lab = [
    [0.2104542553, 0.793617785, -0.0040720468],
    [1.9779984951, -2.428592205, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.808675766],
  ];
  const met = times(eye, linear).map((value) => Math.min(1, Math.max(0, value)));
  return times(lab, times(lms, met).map(Math.cbrt));
}

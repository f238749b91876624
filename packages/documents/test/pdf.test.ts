/** PDF: what a reader sees in the layout is what the Markdown says. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { toMarkdown } from "../src/index.ts";
import { lines, type PdfOptions, pdf, type Text } from "./support/pdf.ts";

const read = (pages: Text[][], options?: PdfOptions) => toMarkdown(pdf(pages, options));
const prose = [
  "Bees collect nectar from flowers all summer long and carry",
  "it home to the hive, where others take it from them and let",
  "it dry in the comb until it has become honey, which feeds",
  "them and their young through the whole of the winter.",
];

test("headings by size, paragraphs by gaps, words by gaps, words that were parted joined", async () => {
  const page = [
    { text: "On Bees", x: 72, y: 800, size: 24 },
    { text: "What they do", x: 72, y: 770, size: 14 },
    ...lines(["Bees collect nec-", "tar in a well-", "known way. All is well and known."], {
      y: 740,
    }),
    { text: "A second", x: 72, y: 690 },
    // Drawn word by word, without a blank between.
    { text: "paragraph", x: 115.5, y: 690 },
    { text: "hand", x: 72, y: 660 },
    // Drawn in two pieces that touch: Helvetica's "hand" at 10 points is 22.24 wide.
    { text: "kerchief", x: 94.3, y: 660 },
    { text: "What they eat", x: 72, y: 630, size: 14 },
    ...lines(prose, { y: 610 }),
  ];
  const reply = await read([page], {
    info: "<< /Title (Of bees) /Author (Maja) /CreationDate (D:20261124) >>",
  });
  expect(reply).toEqual({
    title: "Of bees",
    metadata: { pages: 1, author: "Maja", created: "2026-11-24" },
    pages: [{ number: 1, start: 0 }],
    warnings: [],
    markdown: `# On Bees

## What they do

Bees collect nectar in a well-known way. All is well and known.

A second paragraph

handkerchief

## What they eat

${prose.join(" ")}
`,
  });
});

test("pages begin where it is said, and running heads and page numbers do not come in between", async () => {
  const pages = [0, 1, 2, 3].map((at) => [
    { text: "The Book of Bees", x: 250, y: 815 },
    ...lines([`Page ${"abcd"[at]} begins`, ...prose], { y: 700 }),
    { text: `${at + 1}`, x: 300, y: 30 },
  ]);
  const { markdown, pages: found } = await read(pages);
  expect(found!.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  expect(found!.slice(1).map(({ start }) => markdown.slice(start, start + 13))).toEqual([
    "Page b begins",
    "Page c begins",
    "Page d begins",
  ]);
  expect(markdown.match(/Book of Bees/g)).toHaveLength(1);
  expect(markdown).not.toMatch(/^\d$/m);
});

test("a table without lines is a table, with its empty cells and its long ones", async () => {
  const at = (y: number, ...cells: string[]) =>
    cells.flatMap((text, column) => (text ? [{ text, x: [72, 200, 300, 400][column]!, y }] : []));
  const page = [
    ...lines(prose, { y: 800 }),
    ...at(700, "Part", "Count", "Price", "Remark"),
    ...at(680, "Comb", "12", "3.50", "of wax, made by"),
    ...at(669, "", "", "", "the bees"),
    ...at(649, "Queen", "", "100.00", "only one"),
    ...at(629, "Drone", "300", "", ""),
    ...lines(["After it, text goes on."], { y: 590 }),
  ];
  const { markdown } = await read([page]);
  expect(markdown).toBe(`${prose.join(" ")}

| Part | Count | Price | Remark |
| --- | --- | --- | --- |
| Comb | 12 | 3.50 | of wax, made by the bees |
| Queen |  | 100.00 | only one |
| Drone | 300 |  |  |

After it, text goes on.
`);
});

test("two columns are read one after the other, a heading over both first", async () => {
  const left = [
    ...prose.slice(0, 3),
    "them and their young through the whole of the winter, long",
    "and so they sleep, all of them, until the spring is here.",
  ];
  const right = prose.map((line) => line.toUpperCase());
  const page = [
    { text: "A heading over both of the columns", x: 150, y: 800, size: 16 },
    ...lines(left, { x: 40, y: 770, size: 7 }),
    // A little off the left one's baselines, as they often are.
    ...lines(right, { x: 310, y: 766, size: 7 }),
    {
      text: "A line under both that is as wide as the page is, from the left edge on and on and on to the right one, at last.",
      x: 40,
      y: 690,
      size: 7,
    },
  ];
  const { markdown } = await read([page]);
  expect(markdown).toBe(
    `# A heading over both of the columns

${left.join(" ")}

${right.join(" ")}

A line under both that is as wide as the page is, from the left edge on and on and on to the right one, at last.
`,
  );
});

test("lists, with their marks at a distance", async () => {
  const page = [
    ...lines(prose, { y: 800 }),
    { text: "•", x: 80, y: 700 },
    { text: "nectar", x: 100, y: 700 },
    { text: "•", x: 80, y: 688 },
    { text: "pollen, of which they", x: 100, y: 688 },
    { text: "need more", x: 100, y: 676 },
    ...lines(["1. first", "2. second"], { y: 650 }),
  ];
  const { markdown } = await read([page]);
  expect(markdown).toBe(`${prose.join(" ")}

* nectar
* pollen, of which they need more

1. first
2. second
`);
});

test("links and filled fields", async () => {
  const objects = {
    100: "<< /Type /Annot /Subtype /Link /Rect [70 758 94 772] /A << /S /URI /URI (https://bees.example/a?b=1) >> >>",
    101: "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Name) /V (Maja) /Rect [70 600 200 620] >>",
    102: "<< /Type /Annot /Subtype /Link /Rect [70 738 110 752] /A << /S /URI /URI (javascript:alert\\(1\\)) >> >>",
  };
  const page = [
    { text: "here", x: 72, y: 760 },
    { text: "and there", x: 96, y: 760 },
    { text: "danger", x: 72, y: 740 },
  ];
  const { markdown } = await read([page], {
    objects,
    page: "/Annots [100 0 R 101 0 R 102 0 R]",
    catalog: "/AcroForm << /Fields [101 0 R] >>",
  });
  expect(markdown).toBe("[here](https://bees.example/a?b=1) and there\n\ndanger\n\n* Name: Maja\n");
});

test("what looks like Markdown is text", async () => {
  const { markdown } = await read([lines(["# no heading", "<b>no tag</b>"], { leading: 40 })]);
  expect(markdown).toBe("\\# no heading\n\n\\<b>no tag\\</b>\n");
});

test("a page without text is told of", async () => {
  const { markdown, warnings } = await read([[], lines(prose)]);
  expect(markdown).toBe(`${prose.join(" ")}\n`);
  expect(warnings).toEqual([expect.stringMatching(/^Page 1 of 2 without text: scanned/)]);
});

test.each([
  [
    "needs a password",
    "encrypted",
    pdf([lines(prose)], {
      trailer: `/Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <${"ab".repeat(32)}> /U <${"cd".repeat(32)}> >> /ID [<00> <00>]`,
    }),
  ],
  ["is cut off", "damaged", pdf([lines(prose)]).slice(0, 60)],
  ["is none", "damaged", Buffer.from("%PDF-1.7\nnothing of the kind")],
])("one that %s is refused as %s", async (_, code, bytes) => {
  await expect(toMarkdown(bytes, { name: "a.pdf" })).rejects.toMatchObject({
    name: "DocumentError",
    code,
    file: "a.pdf",
  });
});

test.each([
  [
    "pages that are their own parents",
    { objects: { 2: "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>" } },
  ],
  [
    "a form that draws itself",
    {
      objects: {
        11: "<< /Length 6 >>\nstream\n/F0 Do\nendstream",
        100: "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F0 100 0 R >> >> /Length 6 >>\nstream\n/F0 Do\nendstream",
      },
      page: "/Resources << /XObject << /F0 100 0 R >> >>",
    },
  ],
  [
    "a length that is itself",
    { objects: { 11: "<< /Length 11 0 R >>\nstream\nBT ET\nendstream" } },
  ],
  ["a table before the table that is the same", { trailer: "/Prev 9" }],
] as [string, PdfOptions][])("loops: %s", async (_, options) => {
  const started = performance.now();
  const outcome = await toMarkdown(pdf([lines(prose)], options), {
    limits: { timeout: 10_000 },
  }).then(
    ({ markdown }) => typeof markdown,
    ({ name }) => name,
  );
  expect(["string", "DocumentError"]).toContain(outcome);
  expect(performance.now() - started).toBeLessThan(11_000);
});

test("pdf.js is ours: no peer to break it, and no copy of it in this thread for another to meet", async () => {
  const manifest = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  ) as Record<string, Record<string, string> | undefined>;
  expect(manifest.dependencies).toHaveProperty("unpdf");
  expect(Object.keys(manifest.peerDependencies ?? {})).not.toContain("unpdf");
  await read([lines(["Some words."])]);
  expect(globalThis).not.toHaveProperty("pdfjsWorker");
});

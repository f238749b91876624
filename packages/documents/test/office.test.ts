/** Word, PowerPoint and spreadsheets, made on the spot. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CellObject, utils, type WorkBook, write } from "@e965/xlsx";
import { describe, expect, test } from "vitest";
import { DocumentError, toMarkdown } from "../src/index.ts";
import { chart, docx, paragraph, pixel, pptx, relationships, shape } from "./support/office.ts";

describe("Word", () => {
  const m = (inside: string) =>
    docx(paragraph(`<w:r><w:t xml:space="preserve">so </w:t></w:r><m:oMath>${inside}</m:oMath>`));
  const r = (text: string, properties = "") => `<m:r>${properties}<m:t>${text}</m:t></m:r>`;
  const e = (text: string, name = "e") => `<m:${name}>${r(text)}</m:${name}>`;

  test.each([
    ["a fraction", `<m:f>${e("a", "num")}${e("b", "den")}</m:f>`, "\\frac{a}{b}"],
    [
      "a binomial",
      `<m:f><m:fPr><m:type m:val="noBar"/></m:fPr>${e("n", "num")}${e("k", "den")}</m:f>`,
      "\\binom{n}{k}",
    ],
    ["an exponent", `<m:sSup>${e("x")}${e("2", "sup")}</m:sSup>`, "x^{2}"],
    ["an index of a sum", `<m:sSub>${e("x+y")}${e("i", "sub")}</m:sSub>`, "{x+y}_{i}"],
    [
      "a root",
      `<m:rad><m:radPr><m:degHide m:val="1"/></m:radPr><m:deg/>${e("x")}</m:rad>`,
      "\\sqrt{x}",
    ],
    ["a cube root", `<m:rad><m:deg>${r("3")}</m:deg>${e("x")}</m:rad>`, "\\sqrt[3]{x}"],
    [
      "a sum",
      `<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr>${e("i=1", "sub")}${e("n", "sup")}${e("i")}</m:nary>`,
      "\\sum_{i=1}^{n} i",
    ],
    [
      "an integral",
      `<m:nary>${e("0", "sub")}${e("∞", "sup")}${e("f")}</m:nary>`,
      "\\int_{0}^{\\infty} f",
    ],
    [
      "brackets",
      `<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr>${e("a")}</m:d>`,
      "\\left[a\\right]",
    ],
    [
      "cases",
      `<m:d><m:dPr><m:begChr m:val="{"/><m:endChr m:val=""/></m:dPr><m:e><m:eqArr>${e("a")}${e("b")}</m:eqArr></m:e></m:d>`,
      "\\left\\{\\begin{aligned}a \\\\ b\\end{aligned}\\right.",
    ],
    [
      "a matrix",
      `<m:m><m:mr>${e("a")}${e("b")}</m:mr><m:mr>${e("c")}${e("d")}</m:mr></m:m>`,
      "\\begin{matrix}a & b \\\\ c & d\\end{matrix}",
    ],
    [
      "a function",
      `<m:func><m:fName>${r("sin", '<m:rPr><m:sty m:val="p"/></m:rPr>')}</m:fName>${e("θ")}</m:func>`,
      "\\sin\\theta",
    ],
    [
      "a limit",
      `<m:func><m:fName><m:limLow>${e("lim")}${e("x→0", "lim")}</m:limLow></m:fName>${e("x")}</m:func>`,
      "\\lim_{x\\to0} x",
    ],
    ["an accent", `<m:acc><m:accPr><m:chr m:val="⃗"/></m:accPr>${e("v")}</m:acc>`, "\\vec{v}"],
    ["Greek and signs", r("𝛼≤β·∂x"), "\\alpha\\leq\\beta\\cdot\\partial x"],
    ["words", r("if x_1", "<m:rPr><m:nor/></m:rPr>"), "\\text{if x\\_1}"],
    ["blackboard bold", r("R", '<m:rPr><m:scr m:val="double-struck"/></m:rPr>'), "\\mathbb{R}"],
  ])("%s is LaTeX", async (_, omml, latex) => {
    expect((await toMarkdown(m(omml))).markdown).toBe(`so $${latex}$\n`);
  });

  test("an equation of its own line, and dollars in words that are none", async () => {
    const body = paragraph(
      `<m:oMathPara><m:oMath>${r("E=m")}<m:sSup>${e("c")}${e("2", "sup")}</m:sSup></m:oMath></m:oMathPara>`,
    );
    expect((await toMarkdown(docx(body + paragraph("for $5")))).markdown).toBe(
      "$$E=mc^{2}$$\n\nfor $5\n",
    );
  });

  const cell = (text: string, properties = "") =>
    `<w:tc><w:tcPr>${properties}</w:tcPr>${paragraph(text)}</w:tc>`;
  const table = `<w:tbl><w:tr>${cell("Bees", '<w:gridSpan w:val="2"/>')}</w:tr><w:tr>${cell("A", '<w:vMerge w:val="restart"/>')}${cell("1")}</w:tr><w:tr>${cell("", "<w:vMerge/>")}${cell("2")}</w:tr></w:tbl>`;
  test("tables, with merged cells as HTML where that is asked for", async () => {
    expect((await toMarkdown(docx(table))).markdown.replace(/ +/g, " ")).toBe(
      "| Bees | |\n| - | - |\n| A | 1 |\n| | 2 |\n",
    );
    expect((await toMarkdown(docx(table), { tables: "html" })).markdown).toBe(
      '<table><tbody><tr><th colspan="2">Bees</th></tr><tr><td rowspan="2">A</td><td>1</td></tr><tr><td>2</td></tr></tbody></table>\n',
    );
  });

  const w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
  test("notes and comments are footnotes, links are links, and who wrote it is told", async () => {
    const body = paragraph(
      '<w:r><w:t>They fly</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:commentRangeStart w:id="0"/><w:r><w:t xml:space="preserve"> far</w:t></w:r><w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r><w:r><w:t xml:space="preserve">, </w:t></w:r><w:hyperlink r:id="rId9"><w:r><w:t>more</w:t></w:r></w:hyperlink>',
    );
    const reply = await toMarkdown(
      docx(body, {
        "word/_rels/document.xml.rels": relationships(
          ["rId1", "footnotes", "footnotes.xml"],
          ["rId2", "comments", "comments.xml"],
          ["rId9", "hyperlink", "https://bees.example/", true],
        ),
        "word/footnotes.xml": `<w:footnotes ${w}><w:footnote w:id="2">${paragraph("With wings.")}</w:footnote></w:footnotes>`,
        "word/comments.xml": `<w:comments ${w}><w:comment w:id="0" w:author="Maja" w:initials="M">${paragraph("How far?")}</w:comment></w:comments>`,
        "docProps/core.xml": `<cp:coreProperties xmlns:cp="x" xmlns:dc="y" xmlns:dcterms="z"><dc:title>Bees</dc:title><dc:creator>Maja</dc:creator><dcterms:created>2026-11-26T00:00:00Z</dcterms:created></cp:coreProperties>`,
      }),
    );
    expect(reply).toEqual({
      title: "Bees",
      metadata: { author: "Maja", created: "2026-11-26T00:00:00Z" },
      warnings: [],
      markdown:
        "They fly[^1] far[^M1], [more](https://bees.example/)\n\n[^1]: With wings.\n\n[^M1]: How far?\n",
    });
  });
});

test.each(["link", "embed"])(
  "a picture that a Word document takes by r:%s from a file of this machine is not read (CVE-2025-11849)",
  async (how) => {
    const secret = join(mkdtempSync(join(tmpdir(), "rlink-")), "secret.png");
    writeFileSync(secret, Buffer.from(pixel));
    const blip = `<pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="p" descr="A picture"/></pic:nvPicPr><pic:blipFill><a:blip r:${how}="rId5"/></pic:blipFill></pic:pic>`;
    const drawing = `<w:r><w:drawing><wp:inline><wp:docPr id="1" name="p" descr="A picture"/><a:graphic><a:graphicData>${blip}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`;
    for (const target of [`file://${secret}`, secret, `../../../..${secret}`]) {
      const file = docx(paragraph("Words.") + paragraph(drawing), {
        "word/_rels/document.xml.rels": relationships(["rId5", "image", target, true]),
      });
      const { markdown } = await toMarkdown(file, { images: "embed" }).catch((error) => {
        expect(error).toBeInstanceOf(DocumentError);
        return { markdown: "" };
      });
      expect(markdown).not.toContain("base64");
    }
    rmSync(dirname(secret), { recursive: true });
    // One of its own is carried along, so the drawing is one.
    const own = docx(paragraph(drawing), {
      "word/_rels/document.xml.rels": relationships(["rId5", "image", "media/p.png"]),
      "word/media/p.png": pixel,
    });
    if (how === "embed")
      expect((await toMarkdown(own, { images: "embed" })).markdown).toContain("base64");
  },
);

describe("PowerPoint", () => {
  const link = '<a:r><a:rPr><a:hlinkClick r:id="h"/></a:rPr><a:t>more</a:t></a:r>';
  const bullets = (text: string, level: number) =>
    `<a:pPr lvl="${level}"><a:buChar char="•"/></a:pPr><a:r><a:t>${text}</a:t></a:r>`;
  const numbers = (text: string) =>
    `<a:pPr><a:buAutoNum type="arabicPeriod"/></a:pPr><a:r><a:t>${text}</a:t></a:r>`;
  const group = (inside: string) =>
    `<p:grpSp><p:grpSpPr><a:xfrm><a:off x="0" y="900"/></a:xfrm></p:grpSpPr>${inside}</p:grpSp>`;
  const frame = (inside: string, y: number) =>
    `<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="5" name="F"/></p:nvGraphicFramePr><p:xfrm><a:off x="0" y="${y}"/></p:xfrm><a:graphic><a:graphicData>${inside}</a:graphicData></a:graphic></p:graphicFrame>`;
  const tc = (text: string, attributes = "") =>
    `<a:tc${attributes}><a:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></a:txBody></a:tc>`;

  test("slides in order, shapes from the top, lists, links, groups, notes", async () => {
    const reply = await toMarkdown(
      pptx([
        {
          shapes:
            shape({ at: [0, 800], text: ["below", link] }) +
            shape({ at: [500, 100], text: ["right"] }) +
            shape({ at: [0, 100], text: ["left"] }) +
            shape({ type: "title", text: ["Bees &amp; co"] }) +
            group(shape({ at: [9, 9], text: ["in a group"] })) +
            shape({ type: "sldNum", at: [0, 999], text: ["1"] }),
          rels: [["h", "hyperlink", "https://bees.example/", true]],
          notes: "Speak slowly",
        },
        {
          shapes: shape({
            at: [0, 0],
            text: [
              bullets("one", 0),
              bullets("inner", 1),
              bullets("two", 0),
              numbers("first"),
              numbers("second"),
            ],
          }),
        },
      ]),
    );
    expect(reply.markdown).toBe(`# Bees & co

left

right

below

[more](https://bees.example/)

in a group

### Notes

Speak slowly

# Slide 2

* one
  * inner
* two
1. first
2. second
`);
    expect(reply.pages).toEqual([
      { number: 1, start: 0 },
      { number: 2, start: reply.markdown.indexOf("# Slide 2") },
    ]);
    expect(reply.title).toBe("Bees & co");
  });

  const ser = (name: string, ...values: number[]) =>
    `<c:ser><c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>${name}</c:v></c:pt></c:strCache></c:strRef></c:tx><c:cat><c:strRef><c:strCache><c:pt idx="0"><c:v>May</c:v></c:pt><c:pt idx="1"><c:v>June</c:v></c:pt></c:strCache></c:strRef></c:cat><c:val><c:numRef><c:numCache>${values.map((v, i) => `<c:pt idx="${i}"><c:v>${v}</c:v></c:pt>`).join("")}</c:numCache></c:numRef></c:val></c:ser>`;
  const deck = pptx(
    [
      {
        shapes:
          frame(
            `<a:tbl><a:tr>${tc("Both", ' gridSpan="2"')}${tc("", ' hMerge="1"')}</a:tr><a:tr>${tc("a|b")}${tc("c")}</a:tr></a:tbl>`,
            1,
          ) +
          frame('<c:chart r:id="c"/>', 2) +
          '<p:pic><p:nvPicPr><p:cNvPr id="7" name="Picture 3" descr="A bee [red]"/></p:nvPicPr><p:blipFill><a:blip r:embed="i"/></p:blipFill><p:spPr><a:xfrm><a:off x="0" y="3"/></a:xfrm></p:spPr></p:pic>',
        rels: [
          ["c", "chart", "../charts/chart1.xml"],
          ["i", "image", "../media/image1.png"],
        ],
      },
    ],
    {
      "ppt/charts/chart1.xml": chart(
        `<c:chart><c:title><a:t>Honey</a:t></c:title><c:plotArea><c:barChart>${ser("kg", 1, 2.5)}${ser("bees", 10, 20)}</c:barChart></c:plotArea></c:chart>`,
      ),
      "ppt/media/image1.png": pixel,
    },
  );
  test("tables, charts with all their series, pictures with their words", async () => {
    expect((await toMarkdown(deck)).markdown).toBe(`# Slide 1

| Both |  |
| --- | --- |
| a\\|b | c |

### Chart: Honey

| Category | kg | bees |
| --- | --- | --- |
| May | 1 | 10 |
| June | 2.5 | 20 |

![A bee \\[red\\]](Picture3.png)
`);
    expect((await toMarkdown(deck, { tables: "html" })).markdown).toContain(
      '<table>\n<tr><th colspan="2">Both</th></tr>\n<tr><td>a|b</td><td>c</td></tr>\n</table>',
    );
    expect((await toMarkdown(deck, { images: "embed" })).markdown).toContain(
      `![A bee \\[red\\]](data:image/png;base64,${pixel.toString("base64")})`,
    );
  });
});

describe("spreadsheets", () => {
  const book = (): WorkBook => {
    const sheet = utils.aoa_to_sheet(
      [
        ["Name", "Born", "Share"],
        ["Maja | B", new Date(Date.UTC(2026, 10, 26)), 0.5],
      ],
      { UTC: true },
    );
    const formats: Record<string, string> = { B2: "m/d/yy", C2: "0%" };
    for (const [at, z] of Object.entries(formats)) (sheet[at] as CellObject).z = z;
    const other = utils.aoa_to_sheet([["x"]]);
    // A lone cell at the far end.
    other.XFD1048576 = { t: "s", v: "far" };
    other["!ref"] = "A1:XFD1048576";
    return { SheetNames: ["Bees", "Far"], Sheets: { Bees: sheet, Far: other } };
  };
  const small = (): WorkBook => {
    const { SheetNames, Sheets } = book();
    return { SheetNames: SheetNames.slice(0, 1), Sheets };
  };
  const expected =
    "## Bees\n\n| Name | Born | Share |\n| --- | --- | --- |\n| Maja \\| B | 2026-11-26 | 50% |\n";

  test.each(["xlsx", "xlsb", "biff8", "ods"] as const)("%s", async (bookType) => {
    const bytes = new Uint8Array(write(small(), { type: "array", bookType }));
    const { markdown, pages } = await toMarkdown(bytes);
    // SheetJS writes no format for what is not a date into ODS.
    expect(markdown.replace("0.5", "50%")).toBe(expected);
    expect(pages).toEqual([{ number: 1, start: 0 }]);
  });

  test("a lone cell at the far end of a sheet costs no more than itself", async () => {
    const sheet = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><f>A1+1</f></c></row></sheetData></worksheet>`;
    const { packed } = await import("./support/office.ts");
    const bytes = packed({
      "[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
      "_rels/.rels": relationships(["rId1", "officeDocument", "xl/workbook.xml"]),
      "xl/workbook.xml": `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Far" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      "xl/_rels/workbook.xml.rels": relationships(["rId1", "worksheet", "worksheets/sheet1.xml"]),
      "xl/worksheets/sheet1.xml": sheet,
    });
    expect((await toMarkdown(bytes)).markdown).toBe(
      "## Far\n\n| 1 |  |\n| --- | --- |\n|  | =A1+1 |\n",
    );
  });
});

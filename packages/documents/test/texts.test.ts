/** Texts of all kinds: pages, tables, JSON, XML, feeds, notebooks; whatever their names and encodings. */
import { expect, test } from "vitest";
import { toMarkdown } from "../src/index.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const markdown = async (text: string, options: Parameters<typeof toMarkdown>[1] = {}) =>
  (await toMarkdown(bytes(text), options)).markdown;

test("a page keeps headings, lists, links, emphasis, code and tables, and no program", async () => {
  const page = `<!doctype html><html lang="en"><head><title>On <b>bees</title><style>p{}</style></head><body>
<h1>Bees</h1><p>They <em>fly</em> and <strong>sting</strong>; <a href="/more" title="All">more</a>.</p>
<ul><li>one<ul><li>inner</li></ul></li><li>two</li></ul><ol><li>first</li></ol>
<pre><code class="language-js">let a = 1;\nlet b;</code></pre>
<table><tr><td>Name</td><td>Age</td></tr><tr><td>Maja | B</td><td>1</td></tr></table>
<script>alert(1)</script><a href="javascript:alert(1)">click</a><!-- hidden --></body></html>`;
  const reply = await toMarkdown(bytes(page));
  expect(reply).toEqual({
    title: "On <b>bees",
    metadata: { language: "en" },
    warnings: [],
    markdown: `# Bees

They *fly* and **sting**; [more](/more "All").

* one
  * inner
* two

1. first

\`\`\`js
let a = 1;
let b;
\`\`\`

| Name | Age |
| - | - |
| Maja \\| B | 1 |

click
`,
  });
});

test("links are resolved where the page's place is known, and its own base counts", async () => {
  const page = `<!doctype html><a href="b.html">b</a> <a href="#c">c</a> <img src="d.png" alt="d">`;
  expect(await markdown(page, { url: "https://bees.example/a/" })).toBe(
    "[b](https://bees.example/a/b.html) [c](#c) ![d](https://bees.example/a/d.png)\n",
  );
  const based = `<!doctype html><base href="/x/"><a href="b.html">b</a>`;
  expect(await markdown(based, { url: "https://bees.example/a/" })).toBe(
    "[b](https://bees.example/x/b.html)\n",
  );
});

test("a picture within the page is named, not carried, unless asked for", async () => {
  const page = `<!doctype html><img alt="dot" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">`;
  expect(await markdown(page)).toBe("![dot](data:image/gif;base64...)\n");
  expect(await markdown(page, { images: "embed" })).toBe(
    "![dot](data:image/gif;base64,R0lGODlhAQABAAAAACw=)\n",
  );
});

const merged = `<!doctype html><table class="x"><tr><th colspan="2" onclick="a()">Bees &amp; co</th></tr>
<tr><td rowspan="2">A</td><td>1</td></tr><tr><td>2</td></tr></table>`;
test.each([
  ["markdown", "| Bees & co | |\n| - | - |\n| A | 1 |\n| | 2 |\n"],
  [
    "html",
    '<table><tbody><tr><th colspan="2">Bees &#x26; co</th></tr><tr><td rowspan="2">A</td><td>1</td></tr><tr><td>2</td></tr></tbody></table>\n',
  ],
] as const)("merged cells as %s", async (tables, expected) => {
  expect((await markdown(merged, { tables })).replace(/ +/g, " ")).toBe(expected);
});

test("a table that lays a page out is not kept as one", async () => {
  const page = `<!doctype html><table><tr><td><h2>Left</h2><p>a</p></td><td>
<table><tr><th>k</th><th>v</th></tr><tr><td>1</td><td>2</td></tr></table></td></tr></table>`;
  expect(await markdown(page)).toBe("## Left\n\na\n\n| k | v |\n| - | - |\n| 1 | 2 |\n");
});

test("MathML is given as the TeX that it carries", async () => {
  const page = `<!doctype html><p>so <math><semantics><mi>x</mi><annotation encoding="application/x-tex">x_1^2</annotation></semantics></math> is</p>`;
  expect(await markdown(page)).toBe("so $x_1^2$ is\n");
});

test("the main content of a page, without what is around it", async () => {
  const sentence = "Bees collect nectar, carry it home and make honey of it, all summer long. ";
  const page = `<!doctype html><html><head><title>Bees</title></head><body><nav><a href="/">Home</a><a href="/x">Shop</a></nav>
<article><h1>Bees</h1>${`<p>${sentence.repeat(6)}</p>`.repeat(4)}</article><footer>Imprint and cookies</footer></body></html>`;
  const all = await markdown(page);
  expect(all).toContain("[Shop](/x)");
  const main = await markdown(page, { content: "main" });
  expect(main).toContain("make honey of it");
  expect(main).not.toMatch(/Shop|Imprint/);
});

test("tables of values, whatever separates them", async () => {
  const table = "| a | b |\n| --- | --- |\n| 1 | x, y |\n| 2 | |\n";
  const squeeze = (text: string) => text.replace(/ +/g, " ");
  for (const [name, text] of [
    ["t.csv", 'a,b\n1,"x, y"\n2\n'],
    ["t.csv", "\ufeffa;b\r\n1;x, y\r\n2;\r\n"],
    ["t.tsv", "a\tb\n1\tx, y\n2\t\n"],
  ] as const) {
    expect(squeeze(await markdown(text, { name }))).toBe(table);
  }
  expect(await markdown('a\n"x|y\nz"', { name: "t.csv" })).toBe("| a |\n| --- |\n| x\\|y<br>z |\n");
  expect(await markdown("", { name: "t.csv" })).toBe("");
});

test("JSON and XML are kept as code; what is broken is said", async () => {
  expect(await markdown('{"a": "```"}')).toBe('````json\n{"a": "```"}\n````\n');
  expect((await toMarkdown(bytes('{"a": '))).warnings).toEqual([
    expect.stringMatching(/^It is no valid JSON: /),
  ]);
  expect((await toMarkdown(bytes('{"a":1}\n{"a":2}\n'), { name: "a.json" })).warnings).toEqual([]);
  expect(await markdown('<?xml version="1.0"?><a>1</a>')).toBe(
    '```xml\n<?xml version="1.0"?><a>1</a>\n```\n',
  );
});

test.each([
  [
    "RSS",
    `<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Bees &amp; co</title><description>All of them</description>
<item><title>One</title><link>https://bees.example/1</link><pubDate>Mon, 02 Nov 2026</pubDate>
<description>short</description><content:encoded><![CDATA[<p>They <b>fly</b></p>]]></content:encoded></item>
<item><description>&lt;p&gt;bare &amp;amp; plain&lt;/p&gt;</description></item></channel></rss>`,
  ],
  [
    "Atom",
    `<feed xmlns="http://www.w3.org/2005/Atom"><title>Bees &amp; co</title><subtitle>All of them</subtitle>
<entry><title>One</title><link rel="self" href="https://no.example"/><link href="https://bees.example/1"/>
<updated>Mon, 02 Nov 2026</updated><content type="xhtml"><div><p>They <b>fly</b></p></div></content></entry>
<entry><summary type="html">&lt;p&gt;bare &amp;amp; plain&lt;/p&gt;</summary></entry></feed>`,
  ],
])("%s has a heading for each entry", async (_, text) => {
  const reply = await toMarkdown(bytes(text));
  expect(reply.title).toBe("Bees & co");
  expect(reply.markdown).toBe(`# Bees & co

All of them

## One

Published on: Mon, 02 Nov 2026${"  "}
Link: <https://bees.example/1>

They **fly**

## Untitled

bare & plain
`);
});

test("a notebook's text, code and output", async () => {
  const notebook = {
    ...{ nbformat: 4, nbformat_minor: 5, metadata: { language_info: { name: "python" } } },
    cells: [
      { cell_type: "markdown", source: ["# Test Notebook\n", "text"] },
      {
        cell_type: "code",
        source: 'print("markitdown")',
        outputs: [
          { output_type: "stream", text: ["markit\n", "\u001b[31mdown\u001b[0m"] },
          { output_type: "error", ename: "ValueError", evalue: "no" },
        ],
      },
      { cell_type: "code", source: "", outputs: [] },
    ],
  };
  expect(await toMarkdown(bytes(JSON.stringify(notebook)))).toEqual({
    markdown:
      '# Test Notebook\ntext\n\n```python\nprint("markitdown")\n```\n\n```text\nmarkit\ndown\n```\n\n```text\nValueError: no\n```\n',
    title: "Test Notebook",
    metadata: { language: "python" },
    warnings: [],
  });
  await expect(markdown('{"nbformat": 4}')).rejects.toMatchObject({
    name: "DocumentError",
    code: "damaged",
  });
});

test.each([
  // MarkItDown's test_mskanji.csv: no kana to tell it by.
  [
    "cp932",
    "96bc914f2c944e97ee2c8f5a8f8a0d0a8db293a191be98592c33302c938c8b9e0d0a8e4f96d889708e712c32352c91e58de30d0aeee08bb48f7e2c33352c96bc8cc389ae0d0a",
    "名前,年齢,住所\r\n佐藤太郎,30,東京\r\n三木英子,25,大阪\r\n髙橋淳,35,名古屋\r\n",
  ],
  ["cp932", "837e8363836f836082cd96a882f08f5782df82e98142", "ミツバチは蜜を集める。"],
  ["euc-jp", "a5dfa5c4a5d0a5c1a4cfccaaa4f2bdb8a4e1a4eba1a3", "ミツバチは蜜を集める。"],
  [
    "iso2022-jp",
    "1b2442255f254425502541244f4c2a24723d382461246b21231b2842",
    "ミツバチは蜜を集める。",
  ],
  [
    "gb18030",
    "c3dbb7e4b2c9bcafbba8c3db2cd5fbb8f6cfc4ccecb6bcd4dab7c9a1a3",
    "蜜蜂采集花蜜,整个夏天都在飞。",
  ],
  ["big5", "bb65b8c1bee3add3ae4ca4d1b3a3a662b1c4b6b0aae1bb65a143", "蜜蜂整個夏天都在採集花蜜。"],
  [
    "euc-kr",
    "b2dcb9fac0ba20bfa9b8a720b3bbb3bb20b2dcc0bb20b8f0c0bab4d92e",
    "꿀벌은 여름 내내 꿀을 모은다.",
  ],
  [
    "cp1252",
    "4c657320616265696c6c65732072e9636f6c74656e74206c65206e656374617220746f7574206c92e974e92c2063926573742073fb722e",
    "Les abeilles récoltent le nectar tout l’été, c’est sûr.",
  ],
  [
    "cp1251",
    "cff7b8ebfb20f1eee1e8f0e0fef220ede5eaf2e0f020e2f1b820ebe5f2ee20e820e4e5ebe0fef220e8e720ede5e3ee20ecb8e42e",
    "Пчёлы собирают нектар всё лето и делают из него мёд.",
  ],
  [
    "koi8-r",
    "f0dea3ccd920d3cfc2c9d2c1c0d420cec5cbd4c1d220d7d3a320ccc5d4cf20c920c4c5ccc1c0d420c9da20cec5c7cf20cda3c42e",
    "Пчёлы собирают нектар всё лето и делают из него мёд.",
  ],
  [
    "utf-16-le",
    "4200650065007300200066006c0079002e0020004c0065007300200061006200650069006c006c0065007300200076006f006c0065006e00740020006c002700e9007400e9002e00",
    "Bees fly. Les abeilles volent l'été.",
  ],
  [
    "utf-16-be",
    "004200650065007300200066006c0079002e0020004c0065007300200061006200650069006c006c0065007300200076006f006c0065006e00740020006c002700e9007400e9002e",
    "Bees fly. Les abeilles volent l'été.",
  ],
])("a text in %s is read without being told", async (_, hex, text) => {
  expect((await toMarkdown(Buffer.from(hex, "hex"))).markdown).toBe(text.replaceAll("\r\n", "\n"));
});

test("an encoding that was told, or that a page tells, is taken where it is not UTF-8", async () => {
  const latin2 = Buffer.from("bf f3 b3 77".replaceAll(" ", ""), "hex");
  expect((await toMarkdown(latin2, { charset: "iso-8859-2" })).markdown).toBe("żółw");
  const page = Buffer.concat([bytes('<!doctype html><meta charset="iso-8859-2"><p>'), latin2]);
  expect((await toMarkdown(page)).markdown).toBe("żółw\n");
  // A wrong word about a text that is UTF-8 changes nothing.
  expect(await markdown("żółw", { charset: "iso-8859-1" })).toBe("żółw");
});

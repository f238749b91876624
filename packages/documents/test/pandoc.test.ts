/** What the real pandoc reads, where it is on the PATH. */
import { execFileSync } from "node:child_process";
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { toMarkdown } from "../src/index.ts";

const installed = versionOf();
if (!installed)
  console.error("SKIPPED: pandoc is not on the PATH; install it from https://pandoc.org.");

function versionOf(): string | undefined {
  try {
    return /\d[\d.]*/.exec(execFileSync("pandoc", ["--version"], { encoding: "utf8" }))?.[0];
  } catch {
    return undefined;
  }
}

const newer = (version: string) =>
  (installed ?? "0").localeCompare(version, undefined, { numeric: true }) >= 0;

const namespaces = ["office", "text"]
  .map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`)
  .join(" ");
const odt = zipSync({
  mimetype: [strToU8("application/vnd.oasis.opendocument.text"), { level: 0 }],
  "content.xml": strToU8(
    `<?xml version="1.0"?><office:document-content ${namespaces}><office:body><office:text><text:h text:outline-level="1">Bees</text:h><text:p>A hive.</text:p></office:text></office:body></office:document-content>`,
  ),
  "styles.xml": strToU8(
    `<?xml version="1.0"?><office:document-styles ${namespaces}><office:font-face-decls/><office:styles/><office:automatic-styles/><office:master-styles/></office:document-styles>`,
  ),
  "META-INF/manifest.xml": strToU8("<manifest/>"),
});

test.skipIf(!installed).each<[string, string | Uint8Array, string]>([
  ["a.odt", odt, "# Bees\n\nA hive.\n"],
  ["a.rtf", "{\\rtf1\\ansi{\\b Bees} fly.\\par Two.}", "**Bees** fly.\n\nTwo.\n"],
  [
    "a.rst",
    "Bees\n====\n\nA *hive* has `one <https://e.org>`_ queen.\n",
    "# Bees\n\nA *hive* has [one](https://e.org) queen.\n",
  ],
  // Nothing is read from the disk.
  ["a.tex", "\\section{Bees}\nOf $x^2$.\n\n\\input{/etc/passwd}", "# Bees\n\nOf $x^2$.\n"],
  ["a.org", "* Bees\nA /hive/.\n", "# Bees\n\nA *hive*.\n"],
  ["a.textile", "h1. Bees\n\nA _hive_.\n", "# Bees\n\nA *hive*.\n"],
  ["a.mediawiki", "== Bees ==\nA ''hive''.\n", "## Bees\n\nA *hive*.\n"],
  ["a.jira", "h1. Bees\n\nA _hive_.\n", "# Bees\n\nA *hive*.\n"],
  ["a.man", ".TH BEES 1\n.SH NAME\nbees \\- fly\n", "# NAME\n\nbees - fly\n"],
  ["a.muse", "* Bees\n\nA *hive*.\n", "# Bees\n\nA *hive*.\n"],
  [
    "a.opml",
    '<?xml version="1.0"?><opml version="2.0"><head><title>B</title></head><body><outline text="Bees"><outline text="Hive"/></outline></body></opml>',
    "# Bees\n\n## Hive\n",
  ],
  [
    "a.fb2",
    '<?xml version="1.0"?><FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0"><description><title-info><book-title>B</book-title></title-info></description><body><section><title><p>Bees</p></title><p>A hive.</p></section></body></FictionBook>',
    "## Bees\n\nA hive.\n",
  ],
  [
    "a.dbk",
    '<?xml version="1.0"?><article xmlns="http://docbook.org/ns/docbook"><section><title>Bees</title><para>A <emphasis>hive</emphasis>.</para></section></article>',
    "# Bees\n\nA *hive*.\n",
  ],
  [
    "a.bib",
    "@book{bees, title={The Hive}, author={Maeterlinck, M.}, year={1901}}",
    "Maeterlinck, M. 1901. *The Hive*.\n",
  ],
  [
    "a.rst",
    "::\n\n  <div>\n\n.. code:: html\n\n  <div>\n  </div>\n",
    "    <div>\n\n``` html\n<div>\n</div>\n```\n",
  ],
])("%s", async (name, text, markdown) => {
  const bytes = typeof text === "string" ? strToU8(text) : text;
  const read = await toMarkdown(bytes, { name });
  expect(read.markdown.replace(/\n{3,}/g, "\n\n").trimEnd()).toBe(markdown.trimEnd());
});

test.skipIf(!installed || newer("3.1.12"))(
  "a format that this one does not know is said so",
  async () => {
    await expect(toMarkdown(strToU8("# Bees\n"), { name: "a.dj" })).rejects.toMatchObject({
      code: "missing_converter",
      message: expect.stringContaining("install a newer one"),
    });
  },
);

test.skipIf(!installed)("a damaged one is named", async () => {
  const cut = odt.slice(0, odt.length - 60);
  await expect(toMarkdown(cut, { name: "a.odt" })).rejects.toMatchObject({ code: "damaged" });
});

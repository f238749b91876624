/** Documents to Markdown: a page, a table, a mail with an attachment, a PDF, a picture, an archive. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DocumentError, toMarkdown } from "@polycall/documents";
import { connect } from "../lib/connect.ts";

const folder = await mkdtemp(join(tmpdir(), "documents-"));
const content =
  "BT /F1 20 Tf 72 750 Td (On Bees) Tj /F1 10 Tf 0 -30 Td (They fly from flower to flower.) Tj ET";
const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";
const documents: Record<string, string | Buffer> = {
  "page.html": "<!doctype html><h1>Bees</h1><p>They <b>fly</b>.</p><ul><li>far</li></ul>",
  "hives.csv": "hive;honey in kg\nA;12\nB;15\n",
  "mail.eml": [
    "From: Maja <maja@bees.example>\nTo: willi@bees.example\nSubject: Honey\nMIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nAs promised.',
    '--b\nContent-Type: application/json\nContent-Disposition: attachment; filename="a.json"\n\n{"kg": 12}\n--b--',
  ].join("\n"),
  // A PDF has no headings and no paragraphs, only letters at places; this one has no table of contents either.
  "paper.pdf": `%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >> endobj
4 0 obj << /Length ${content.length} >> stream
${content}
endstream endobj
5 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> endobj
trailer << /Root 1 0 R >>`,
};

for (const [name, text] of Object.entries(documents)) {
  const path = join(folder, name);
  await writeFile(path, text);
  const { markdown, warnings } = await toMarkdown(path);
  console.log(`--- ${name}\n${markdown}`);
  assert.deepEqual(warnings, []);
}

const page = await toMarkdown(join(folder, "page.html"));
assert.equal(page.markdown, "# Bees\n\nThey **fly**.\n\n* far\n");
assert.equal(page.title, "Bees");
const table = await toMarkdown(join(folder, "hives.csv"));
assert.match(table.markdown, /^\| hive \| honey in kg \|\n\| --- \| --- \|\n\| A \| 12 \|/);
const paper = await toMarkdown(join(folder, "paper.pdf"));
assert.equal(paper.markdown, "# On Bees\n\nThey fly from flower to flower.\n");
const mail = await toMarkdown(join(folder, "mail.eml"));
assert.match(mail.markdown, /## Attachment: a\.json\n\n```json\n\{"kg": 12\}/);

// Pictures are read by a model that can see.
const { completion, readers, close } = await connect();
const [model] = readers;
if (model) {
  const picture = await toMarkdown(Buffer.from(pixel, "base64"), {
    describe: { model, completion },
  });
  console.log(`--- a picture, as ${model} sees it\n${picture.markdown}`);
  assert.ok(picture.markdown.trim());
}
await close();

// What cannot be read says why.
const error = await toMarkdown(Buffer.from("PK\x03\x04 and no more")).catch((error) => error);
assert.ok(error instanceof DocumentError && error.code === "damaged");
console.log(`--- a broken archive: ${error.message}`);
await rm(folder, { recursive: true });

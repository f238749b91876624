/** MarkItDown's sample documents, with what its own tests ask of them (packages/markitdown/tests/_test_vectors.py). */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sharedData } from "@polycall/testing";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { toMarkdown } from "../src/index.ts";
import { samples } from "./support/samples.ts";

const folder = sharedData("documents");

describe.skipIf(!folder)("MarkItDown's samples", () => {
  test.each(samples)("$file", async ({ file, includes, excludes = [] }) => {
    const { markdown } = await toMarkdown(join(folder!, file));
    for (const text of includes) expect(markdown).toContain(text);
    for (const text of excludes) expect(markdown).not.toContain(text);
  });

  test("type is told by content: without a name, and under a wrong one", async () => {
    for (const { file, includes } of samples) {
      const bytes = await readFile(join(folder!, file));
      const first = await toMarkdown(bytes);
      expect(first.markdown).toContain(includes[0]);
      if (!file.endsWith(".html"))
        expect(await toMarkdown(bytes, { name: "wrong.txt" })).toEqual(first);
    }
  });

  test("pictures are carried along when asked for", async () => {
    const embedded = async (file: string) =>
      (await toMarkdown(join(folder!, file), { images: "embed" })).markdown;
    const docx = await embedded("test.docx");
    expect(docx).toContain("data:image/png;base64,iVBORw0KGgoAAAANSU");
    expect(docx).not.toContain("data:image/png;base64...");
    const pptx = await embedded("test.pptx");
    expect(pptx).toContain(
      "![This phrase of the caption is Human-written.](data:image/jpeg;base64,",
    );
    expect(pptx).toContain("data:image/jpeg;base64,/9j/4AAQSkZJRgABAQE");
  });

  test("all of them in one archive", async () => {
    const files = Object.fromEntries(
      await Promise.all(
        samples.map(
          async ({ file }) => [`in/${file}`, await readFile(join(folder!, file))] as const,
        ),
      ),
    );
    const { markdown, warnings } = await toMarkdown(zipSync(files));
    for (const { file, includes } of samples) {
      expect(markdown).toContain(`## File: in/${file}`);
      for (const text of includes) expect(markdown).toContain(text);
    }
    expect(warnings).toEqual([]);
  });

  test("a picture that a Word document takes from a file of this machine is not read (CVE-2025-11849)", async () => {
    for (const images of ["reference", "embed"] as const) {
      const reply = await toMarkdown(join(folder!, "rlink.docx"), { images });
      expect(reply.markdown).toBe(
        "Testing Linked Images\n\n![A red and blue square AI-generated content may be incorrect.]()\n",
      );
      expect(reply.warnings).toEqual(["A picture that lies outside the document was left out."]);
    }
  });
});

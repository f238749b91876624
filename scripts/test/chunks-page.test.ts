/** The page of a cut document in a real Chromium: quiet, inert, its chunks in place, no wider than a phone. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Chunk, chunksToHTML, markdownChunker } from "@polycall/rag";
import { afterAll, expect, test } from "vitest";
import { launchChromium } from "../runtimes/runners.ts";

const browser = await launchChromium().catch((error: Error) => {
  console.warn(`SKIPPED: Chromium does not start: ${error.message}`);
});
const folder = mkdtempSync(join(tmpdir(), "chunks-page-"));
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

const hostile = `</pre></style><script>globalThis.pwned = 1</script><img src="http://evil.test/x" onerror="globalThis.pwned = 1"> ${"unbroken".repeat(60)}`;
const words = "some words of a paragraph ".repeat(20).trim();

test.skipIf(!browser)(
  "a hostile document: shown as it is, nothing run, nothing fetched",
  async () => {
    const text = `# First\n\n${words}\n\n# ${hostile}\n\n${hostile}\n\n## Last\n\n${words}`;
    const source = { source: hostile, title: hostile, text };
    const chunks = markdownChunker({ size: 400, overlap: 60 }).chunk(source) as Chunk[];
    const file = join(folder, "chunks.html");
    writeFileSync(file, chunksToHTML(source, chunks, { limit: 400 }));

    const page = await browser!.newPage({ viewport: { width: 390, height: 844 } });
    const heard: string[] = [];
    const asked: string[] = [];
    page.on("console", (message) => heard.push(message.text()));
    page.on("pageerror", (error) => heard.push(String(error)));
    page.on("dialog", (dialog) => heard.push(dialog.message()));
    page.on("request", (request) => asked.push(request.url()));
    const url = pathToFileURL(file).href;
    await page.goto(url);

    // The source, without the numbers of its chunks, is the document's text.
    const spans = page.locator("pre.source > span");
    expect((await spans.allTextContents()).join("")).toBe(text);
    expect(await page.locator("pre.source > sup").allTextContents()).toEqual(
      chunks.map((_, i) => String(i)),
    );
    // Each piece tells on hover which chunks it is in; what two share has a colour of its own.
    const shared = chunks.findIndex(({ start }, i) => i > 0 && start < chunks[i - 1]!.end);
    expect(shared).toBeGreaterThan(0);
    const both = page.locator("pre.source > .both").first();
    const title = await both.getAttribute("title");
    expect(title?.split("\n").map((line) => Number.parseInt(line.slice(1), 10))).toEqual([
      shared - 1,
      shared,
    ]);
    const colour = (one: typeof both) =>
      one.evaluate((node) => getComputedStyle(node).backgroundColor);
    expect(await colour(both)).not.toBe(await colour(page.locator("pre.source > .a").first()));

    // A bar leads to its chunk, and a chunk unfolds to what is embedded.
    await page.locator(".sizes a").last().click();
    expect(page.url()).toBe(`${url}#c${chunks.length - 1}`);
    const last = page.locator("details").last();
    await last.locator("summary").click();
    expect(await last.locator("pre").textContent()).toBe(chunks.at(-1)!.text);

    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 844 });
      const scrollWidth = await page.evaluate(() => document.documentElement.scrollWidth);
      expect({ width, fits: scrollWidth <= width }).toEqual({ width, fits: true });
    }
    expect(await page.evaluate(() => "pwned" in globalThis)).toBe(false);
    expect(asked).toEqual([url]);
    expect(heard).toEqual([]);
  },
);

/** The page of compared chunkers in a real Chromium: quiet, inert, excerpts marked, no wider than a phone. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chunkersToHTML, compareChunkers, type ExcerptSet, recursiveChunker } from "@polycall/rag";
import { afterAll, expect, test } from "vitest";
import { launchChromium } from "../runtimes/runners.ts";

const browser = await launchChromium().catch((error: Error) => {
  console.warn(`SKIPPED: Chromium does not start: ${error.message}`);
});
const folder = mkdtempSync(join(tmpdir(), "chunkers-page-"));
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

const hostile = `</pre></style><script>globalThis.pwned = 1</script><img src="http://evil.test/x" onerror="globalThis.pwned = 1"> ${"unbroken".repeat(60)}`;
const answer = "Owls hunt by the light of the moon.";
const text = `${"Some other words. ".repeat(30)}${answer} ${hostile} ${"And more words. ".repeat(30)}`;
const start = text.indexOf(answer);
const set: ExcerptSet = {
  documents: [{ source: hostile, text }],
  questions: [
    {
      ...{ id: "q0", text: `When do owls hunt? ${hostile}`, source: hostile },
      excerpts: [{ start, end: start + answer.length }],
    },
  ],
};

test.skipIf(!browser)(
  "metrics, sizes and marked excerpts; nothing run, nothing fetched",
  async () => {
    const sizes = [60, 400, 3000];
    const chunkers = sizes.map((size) => recursiveChunker({ size }));
    const comparison = await compareChunkers(chunkers, set, { k: 1, samples: 100 });
    const file = join(folder, "chunkers.html");
    writeFileSync(file, chunkersToHTML(comparison, set));

    const page = await browser!.newPage({ viewport: { width: 390, height: 844 } });
    const heard: string[] = [];
    const asked: string[] = [];
    page.on("console", (message) => heard.push(message.text()));
    page.on("pageerror", (error) => heard.push(String(error)));
    page.on("dialog", (dialog) => heard.push(dialog.message()));
    page.on("request", (request) => asked.push(request.url()));
    const url = pathToFileURL(file).href;
    await page.goto(url);

    expect(await page.locator("table.metrics td.name").allTextContents()).toEqual(
      chunkers.map(({ name }) => name),
    );
    // The value stands within its interval, on a bar as wide as the column.
    const bar = page.locator("table.metrics .range").first();
    const box = await bar.boundingBox();
    expect(box!.width).toBeGreaterThan(80);
    expect(await page.locator(".charts figure").count()).toBe(3);
    const heights = await page
      .locator(".charts figure")
      .first()
      .locator("span")
      .evaluateAll((bars) => bars.map((one) => one.getBoundingClientRect().height));
    expect(Math.max(...heights)).toBeGreaterThan(50);

    // Folded at first; unfolded, each chunker's chunks with the answer marked, whole where they hold it whole.
    const question = page.locator("details.question");
    expect(await question.locator("mark").first().isVisible()).toBe(false);
    await question.locator("summary").click();
    expect(await question.locator("mark").first().isVisible()).toBe(true);
    expect(await question.locator("h3").allTextContents()).toEqual(
      chunkers.map(({ name }) => name),
    );
    expect(await question.locator("mark").last().textContent()).toBe(answer);
    const colour = (one: typeof bar) =>
      one.evaluate((node) => getComputedStyle(node).backgroundColor);
    expect(await colour(question.locator("mark").last())).not.toBe(
      await colour(question.locator("pre").last()),
    );
    expect(await question.locator("p").allTextContents()).toContainEqual(
      expect.stringMatching(/^rank 1: 0 to /),
    );

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

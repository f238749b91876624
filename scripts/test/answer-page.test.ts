/** The page of one question, and the report of many, in a real Chromium: quiet, inert, linked, no wider than a phone. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { answerToHTML, evaluateAnswers, evaluationToHTML } from "@polycall/rag";
import { afterAll, expect, test } from "vitest";
import { eventful } from "../../packages/rag/test/traces.ts";
import { launchChromium } from "../runtimes/runners.ts";

const browser = await launchChromium().catch((error: Error) => {
  console.warn(`SKIPPED: Chromium does not start: ${error.message}`);
});
const folder = mkdtempSync(join(tmpdir(), "answer-page-"));
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

const hostile = `</pre></style></svg><script>globalThis.pwned = 1</script><img src="http://evil.test/x" onerror="globalThis.pwned = 1"> ${"unbroken".repeat(60)}`;

test.skipIf(!browser)(
  "a hostile trace: shown as it is, nothing run, nothing fetched; links lead where they should",
  async () => {
    const answer = eventful(hostile);
    const file = join(folder, "answer.html");
    const back = { href: "javascript:globalThis.pwned = 1", text: "back" };
    writeFileSync(file, answerToHTML(answer, { back }));
    const page = await browser!.newPage({ viewport: { width: 390, height: 844 } });
    const heard: string[] = [];
    const asked: string[] = [];
    page.on("pageerror", (error) => heard.push(String(error)));
    page.on("dialog", (dialog) => heard.push(dialog.message()));
    page.on("request", (request) => asked.push(request.url()));
    const url = pathToFileURL(file).href;
    await page.goto(url);

    // A citation leads to the passage as the model was shown it.
    await page.locator(".answer a.cite").nth(1).click();
    expect(page.url()).toBe(`${url}#p2`);
    expect(await page.locator("#p2 pre").textContent()).toBe(answer.passages[1]!.text);
    // A line of a drawing leads to its candidate, also where it is among the lost.
    const lost = page.locator("svg.slope").last().locator("a.lost").first();
    const target = await lost.getAttribute("href");
    await lost.locator("path").click({ force: true });
    expect(page.url()).toBe(url + target);
    await expect.poll(() => page.locator(target!).isVisible()).toBe(true);
    // Lines of the step that ranks anew end in the order of what it gave.
    const after = await page.locator("svg.slope").last().locator("text.after").allTextContents();
    expect(after.map((text) => Number.parseInt(text, 10)).sort()).toEqual([1, 2, 3, 4, 5]);

    await page.locator("a", { hasText: "back" }).first().click();
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

test.skipIf(!browser)("the report is sorted and filtered without a script", async () => {
  const scores: Record<string, [mine: number, yours: number]> = {
    x: [1, 0],
    y: [0, 0.25],
    z: [0.5, 1],
  };
  const judge = (name: string, at: 0 | 1) => ({
    name,
    judge: ({ question }: { question: string }) => ({
      score: scores[question[0]!]![at],
      reason: hostile,
    }),
  });
  const evaluation = await evaluateAnswers(
    (question) => ({ text: question }),
    Object.keys(scores).map((name) => ({
      question: `${name}${hostile}`,
      category: name === "z" ? `other${hostile}` : "",
    })),
    { judges: [judge("mine", 0), judge("yours", 1)] },
  );
  const file = join(folder, "report.html");
  writeFileSync(file, evaluationToHTML(evaluation, { pageOf: (_, i) => `report/${i}.html` }));
  const page = await browser!.newPage({ viewport: { width: 390, height: 844 } });
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  /** First letters of the questions that are seen, from above. */
  const order = async () => {
    const seen: [y: number, letter: string][] = [];
    for (const one of await page.locator("details.q:visible").all()) {
      const { y } = (await one.boundingBox())!;
      seen.push([y, (await one.locator("summary > span").first().textContent())![0]!]);
    }
    return seen
      .sort(([a], [b]) => a - b)
      .map(([, letter]) => letter)
      .join("");
  };
  expect(await order()).toBe("yxz");
  await page.locator("label", { hasText: "as asked" }).click();
  expect(await order()).toBe("xyz");
  await page.locator("label", { hasText: "mine" }).click();
  expect(await order()).toBe("yzx");
  await page.locator("label", { hasText: "other" }).click();
  expect(await order()).toBe("z");
  await page.locator("details.q:visible summary").first().click();
  expect(await page.locator("details.q:visible .in a").getAttribute("href")).toBe("report/2.html");
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 844 });
    const scrollWidth = await page.evaluate(() => document.documentElement.scrollWidth);
    expect({ width, fits: scrollWidth <= width }).toEqual({ width, fits: true });
  }
  expect(await page.evaluate(() => "pwned" in globalThis)).toBe(false);
  expect(asked).toEqual([pathToFileURL(file).href]);
});

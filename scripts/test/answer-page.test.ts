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

test.skipIf(!browser)("all that there is to know of one question can be read on it", async () => {
  const answer = eventful();
  const file = join(folder, "told.html");
  writeFileSync(file, answerToHTML(answer));
  const page = await browser!.newPage();
  await page.goto(pathToFileURL(file).href);
  await page.locator("details").evaluateAll((all) => {
    for (const one of all) one.setAttribute("open", "");
  });
  const seen = async (part: string) => (await page.locator(part).allInnerTexts()).join("\n");
  const { trace } = answer;
  const conversation = await seen(".history");
  for (const { content } of trace.history) expect(conversation).toContain(content);
  expect(await seen("h1")).toBe(trace.question);
  const searched = await seen("#queries");
  expect(searched).toContain(trace.query);
  for (const { queries = [] } of trace.steps) {
    for (const one of queries) expect(searched).toContain(one);
  }
  expect(await seen(".answer")).toBe(answer.text);
  for (const { number, text } of answer.citations) {
    expect((await seen(`#p${number}`)).trim()).toContain(text.trim());
  }
  const candidates = await seen("#candidates");
  const found = trace.steps.flatMap(({ given = [], found = [] }) => [...given, ...found]);
  const chunks = new Map(found.map((one) => [one.chunk.id, one]));
  expect(await page.locator("#candidates details.candidate").count()).toBe(chunks.size);
  for (const { chunk, scores } of chunks.values()) {
    expect(candidates).toContain(chunk.source);
    for (const [name, value] of Object.entries(scores)) {
      expect(candidates).toContain(`${name} ${Number(value!.toPrecision(3))}`);
    }
  }
  expect(candidates).toMatch(/rerank \d+ → \d+ ▲ \d+/);
  const nodes = await seen("#nodes");
  for (const node of trace.steps.flatMap(({ nodes = [] }) => nodes)) {
    expect(nodes).toContain(node.text);
  }
  const prompts = await seen("#prompts");
  for (const { messages, reply } of trace.calls) {
    for (const { content } of messages) expect(prompts).toContain(content);
    expect(prompts).toContain(reply);
  }
  expect(await seen(".tiles")).toContain("$0.0041");
});

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
      history: [{ role: "user" as const, content: `Before ${name}. ${hostile}` }],
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
  expect(await page.locator("details.q:visible .in").textContent()).toContain("user: Before z.");
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 844 });
    const scrollWidth = await page.evaluate(() => document.documentElement.scrollWidth);
    expect({ width, fits: scrollWidth <= width }).toEqual({ width, fits: true });
  }
  expect(await page.evaluate(() => "pwned" in globalThis)).toBe(false);
  expect(asked).toEqual([pathToFileURL(file).href]);
});

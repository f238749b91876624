/** The page of a run in a real Chromium: quiet, inert, usable by keyboard, no wider than a phone. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { agent, memoryStore, planTool } from "@polycall/agent";
import { simulator } from "@polycall/testing";
import { createClient, tool } from "polycall";
import { afterAll, expect, test } from "vitest";
import { launchChromium } from "../runtimes/runners.ts";

const browser = await launchChromium().catch((error: Error) => {
  console.warn(`SKIPPED: Chromium does not start: ${error.message}`);
});
const folder = mkdtempSync(join(tmpdir(), "timeline-"));
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

const hostile = `</pre></style><script>globalThis.pwned = 1</script><img src="http://evil.test/x" onerror="globalThis.pwned = 1"><base href="http://evil.test/">" onclick="globalThis.pwned = 1" autofocus onfocus="globalThis.pwned = 1 ${"unbroken".repeat(60)}`;

/** A run with a bit of everything, all of it hostile. */
async function hostilePage(): Promise<string> {
  await using sim = await simulator();
  sim.script([
    {
      ...{ text: hostile, reasoning: hostile },
      calls: [
        { name: "look", args: { [hostile]: hostile } },
        { name: "plan", args: { add: [hostile], start: 1 } },
        { name: "helper", args: { input: hostile } },
      ],
    },
    { calls: [{ name: "look", args: { at: hostile } }] },
    hostile,
    hostile,
  ]);
  const client = createClient({ providers: sim.providers, logLevel: "off" });
  const look = tool({ name: "look", parameters: { type: "object" }, execute: () => hostile });
  const options = {
    model: "openai/gpt-4.1-mini",
    client,
    store: memoryStore(),
    maxParallelCalls: 1,
  };
  const helper = agent({ ...options, name: "helper", tools: [look] });
  const lead = agent({ ...options, name: "lead", tools: [look, planTool(), helper.asTool()] });
  const run = await lead.run(hostile, { session: hostile.slice(0, 300) });
  expect(run.status).toBe("done");
  return run.toHTML();
}

test.skipIf(!browser)(
  "a hostile run: nothing fetched, nothing run, nothing wider than the window",
  async () => {
    const file = join(folder, "run.html");
    writeFileSync(file, await hostilePage());
    const page = await browser!.newPage({ viewport: { width: 390, height: 844 } });
    const heard: string[] = [];
    const asked: string[] = [];
    page.on("console", (message) => heard.push(message.text()));
    page.on("pageerror", (error) => heard.push(String(error)));
    page.on("dialog", (dialog) => heard.push(dialog.message()));
    page.on("request", (request) => asked.push(request.url()));
    const url = pathToFileURL(file).href;
    await page.goto(url);

    const rows = page.locator("details.row");
    // The lead's two steps and three calls, the helper's two steps and one call.
    expect(await rows.count()).toBe(8);
    const shown = page.locator("details.row[open]");
    expect(await shown.count()).toBe(0);

    // By keyboard: the first stop is "unfold all", the next the first row.
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await shown.count()).toBe(1);
    expect(await rows.first().locator(".detail").isVisible()).toBe(true);
    await page.keyboard.press("Enter");
    expect(await shown.count()).toBe(0);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Space");
    const details = page.locator(".detail");
    const seen = () =>
      details.evaluateAll(
        (all) => all.filter((one) => one.checkVisibility({ contentVisibilityAuto: true })).length,
      );
    await expect.poll(seen).toBe(8);

    for (const width of [390, 760, 1280]) {
      await page.setViewportSize({ width, height: 844 });
      const { scrollWidth, clientWidth } = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return { scrollWidth, clientWidth };
      });
      expect({ width, scrollWidth }).toEqual({ width, scrollWidth: clientWidth });
    }
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const [back, ink] = await page.evaluate(() => {
        const { backgroundColor, color } = getComputedStyle(document.documentElement);
        return [backgroundColor, color].map((one) => Number(/\d+/.exec(one)![0]));
      });
      expect(back! > ink!).toBe(colorScheme === "light");
    }
    await page.locator("summary").first().click();
    const pwned = () => page.evaluate(() => "pwned" in globalThis);
    expect(await pwned()).toBe(false);
    expect(asked).toEqual([url]);
    expect(heard).toEqual([]);

    // Were a tag to slip through, the page's policy would not let it run or fetch.
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "globalThis.pwned = 1";
      document.body.append(script);
      document.body.insertAdjacentHTML(
        "beforeend",
        '<img src="http://127.0.0.1:9/x" onerror="globalThis.pwned = 1">',
      );
    });
    await expect
      .poll(() => heard.filter((one) => one.includes("Content Security Policy")).length)
      .toBeGreaterThanOrEqual(3);
    expect(await pwned()).toBe(false);
  },
);

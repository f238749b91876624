/** The page of a picture in a real Chromium: inert, linked, turned and searched, by pointer and by keys. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Plot, plot } from "@polycall/embeddings/plot";
import { afterAll, describe, expect, test } from "vitest";
import { pageScript, pageScriptPath } from "../page-script.ts";
import { launchChromium } from "../runtimes/runners.ts";

const browser = await launchChromium().catch((error: Error) => {
  console.warn(`SKIPPED: Chromium does not start: ${error.message}`);
});
const folder = mkdtempSync(join(tmpdir(), "plot-page-"));
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

test("the page's script is what its source makes", async () => {
  expect(readFileSync(pageScriptPath, "utf8")).toBe(await pageScript());
});

async function opened(name: string, drawn: Plot) {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, drawn.toHTML());
  const page = await browser!.newPage({ viewport: { width: 900, height: 520 } });
  await page.emulateMedia({ reducedMotion: "reduce", colorScheme: "light" });
  const heard: string[] = [];
  const asked: string[] = [];
  page.on("console", (message) => heard.push(message.text()));
  page.on("pageerror", (error) => heard.push(String(error)));
  page.on("dialog", (dialog) => heard.push(dialog.message()));
  page.on("request", (request) => asked.push(request.url()));
  const url = pathToFileURL(file).href;
  await page.goto(url);
  const canvases = page.locator("figure canvas");
  /** What a canvas shows, as a number, by a copy: one that is read itself is drawn in another way from then on. */
  const image = (at: number) =>
    canvases.nth(at).evaluate((node) => {
      const canvas = node as HTMLCanvasElement;
      const { width, height } = canvas;
      const copy = Object.assign(document.createElement("canvas"), { width, height });
      const context = copy.getContext("2d", { willReadFrequently: true })!;
      context.drawImage(canvas, 0, 0);
      const { data } = context.getImageData(0, 0, width, height);
      let sum = 0;
      for (const word of new Int32Array(data.buffer)) sum = (Math.imul(sum, 31) + word) | 0;
      return sum;
    });
  const middle = async (at: number) => {
    const { x, y, width, height } = (await canvases.nth(at).boundingBox())!;
    return [x + width / 2, y + height / 2] as const;
  };
  /** Once what was asked for is drawn. */
  const settled = () =>
    page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
  await settled();
  return { page, url, heard, asked, canvases, image, middle, settled };
}

const hostile = `</script><script>globalThis.pwned = 1</script><img src="http://evil.test/x" onerror="globalThis.pwned = 1"> ${"unbroken".repeat(60)}`;

describe.skipIf(!browser)("in Chromium", () => {
  test("two pictures of hostile texts: linked, searched, switched, and nothing fetched or run", async () => {
    const texts = ["a cat asleep", hostile, "a train to London"];
    const items = texts.map((text, i) => ({
      text,
      metadata: { kind: i === 2 ? "travel" : "home", [hostile]: hostile, n: i },
    }));
    // Of three in a row the second is in the middle; in the other picture the first is.
    const one = [
      [-1, 0],
      [0, 0],
      [1, 0],
    ];
    const other = [
      [0, 0],
      [1, 1],
      [-1, -1],
    ];
    const drawn = plot(
      [
        { title: hostile, points: one },
        { title: "b", points: other },
      ],
      { title: hostile, items, colorBy: "kind" },
    );
    const { page, url, heard, asked, canvases, image, middle, settled } = await opened(
      "two",
      drawn,
    );
    expect(await page.title()).toBe(`${hostile.slice(0, 199)}…`);
    const tip = page.locator("#tip");
    const still = [await image(0), await image(1)];
    expect(still[0]).not.toBe(still[1]);

    // The pointer over the middle of the first: the item lights up in both.
    await page.mouse.move(...(await middle(0)));
    await expect.poll(() => tip.locator("p").textContent()).toBe(hostile);
    expect(await tip.locator("b").textContent()).toBe("home");
    await settled();
    expect([await image(0), await image(1)].map((now, i) => now === still[i])).toEqual([
      false,
      false,
    ]);
    await page.mouse.move(...(await middle(1)));
    await expect.poll(() => tip.locator("p").textContent()).toBe("a cat asleep");
    await page.mouse.move(2, 2);
    await expect.poll(() => tip.isVisible()).toBe(false);
    await settled();
    expect([await image(0), await image(1)]).toEqual(still);

    // A click keeps it, with its fields.
    await page.mouse.click(...(await middle(0)));
    const card = page.locator("#card");
    await expect
      .poll(() => card.locator("dd").allTextContents())
      .toEqual(["home", `${hostile.slice(0, 119)}…`, "1"]);
    await card.locator(".close").click();
    expect(await card.textContent()).toBe("");

    // The legend switches: what is off is neither drawn nor found by the pointer.
    const home = page.locator("#legend button", { hasText: "home" });
    expect(await home.locator("small").textContent()).toBe("2");
    await home.click();
    expect(await home.getAttribute("aria-pressed")).toBe("false");
    await page.mouse.move(...(await middle(0)));
    await settled();
    expect(await tip.isVisible()).toBe(false);
    expect(await image(0)).not.toBe(still[0]);
    await home.click({ modifiers: ["Shift"] });
    expect(await page.locator("#legend button[aria-pressed=true]").allTextContents()).toEqual([
      "home2",
    ]);
    await home.click({ modifiers: ["Shift"] });
    expect(await page.locator("#legend button[aria-pressed=true]").count()).toBe(2);

    // The search lights up what holds all the words, in text or fields.
    await page.mouse.move(2, 2);
    const search = page.locator("#search");
    await search.fill("LONDON travel");
    await expect.poll(() => page.locator("#found").textContent()).toBe("1 found");
    expect(await page.locator("#hits button").allTextContents()).toEqual(["a train to London"]);
    await settled();
    expect(await image(0)).not.toBe(still[0]);
    await page.keyboard.press("Enter");
    await expect.poll(() => card.locator("p").textContent()).toBe("a train to London");
    await search.fill("nowhere");
    await expect.poll(() => page.locator("#found").textContent()).toBe("0 found");
    await page.keyboard.press("Escape");
    expect(await search.inputValue()).toBe("");

    // By keys: next, kept, let go, moved, zoomed, all of it again.
    await canvases.nth(0).focus();
    for (const key of ["Escape", "n", "n", "Enter"]) await page.keyboard.press(key);
    await expect.poll(() => card.locator("p").textContent()).toBe(hostile);
    for (const key of ["Escape", "Escape"]) await page.keyboard.press(key);
    await settled();
    expect(await image(0)).toBe(still[0]);
    for (const key of ["ArrowLeft", "+"]) await page.keyboard.press(key);
    await settled();
    expect(await image(0)).not.toBe(still[0]);
    await page.keyboard.press("0");
    await settled();
    expect(await image(0)).toBe(still[0]);

    // The wheel zooms where the pointer is, a drag moves, two clicks show all.
    const [x, y] = await middle(0);
    await page.mouse.move(x, y);
    await page.mouse.wheel(0, -300);
    await expect.poll(() => tip.isVisible()).toBe(true);
    await page.mouse.down();
    await page.mouse.move(x + 90, y + 50, { steps: 4 });
    await page.mouse.up();
    await settled();
    expect(await image(0)).not.toBe(still[0]);
    await page.mouse.dblclick(x - 30, y - 30);
    await page.mouse.move(2, 2);
    await settled();
    expect(await image(0)).toBe(still[0]);

    // Light and dark, by the system and by the button.
    const bright = () =>
      page.evaluate(() =>
        Number(/\d+/.exec(getComputedStyle(document.documentElement).backgroundColor)![0]),
      );
    expect(await bright()).toBeGreaterThan(200);
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(bright).toBeLessThan(60);
    await settled();
    const dark = await image(0);
    expect(dark).not.toBe(still[0]);
    await page.locator("#theme").click();
    await expect.poll(bright).toBeGreaterThan(200);
    await settled();
    expect(await image(0)).toBe(still[0]);

    for (const width of [390, 760, 1280]) {
      await page.setViewportSize({ width, height: 844 });
      const scrollWidth = await page.evaluate(() => document.documentElement.scrollWidth);
      expect({ width, fits: scrollWidth <= width }).toEqual({ width, fits: true });
    }
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
      .toBeGreaterThanOrEqual(2);
    expect(await pwned()).toBe(false);
  });

  test("5,000 points in three dimensions: turned by pointer and keys, coloured by another field", async () => {
    const points = Array.from({ length: 5000 }, (_, i) => [
      ...[Math.sin(i * 0.7), Math.cos(i * 0.3), Math.sin(i * 0.11)],
    ]);
    const items = points.map(([x], i) => ({
      text: `point ${i}`,
      metadata: { group: `group ${i % 5}`, across: x },
    }));
    const drawn = plot(points, { items, colorBy: "group" });
    const { page, heard, canvases, image, middle, settled } = await opened("solid", drawn);
    const still = await image(0);
    const [x, y] = await middle(0);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 120, y + 30, { steps: 4 });
    await page.mouse.up();
    await page.mouse.move(2, 2);
    await settled();
    const turned = await image(0);
    expect(turned).not.toBe(still);
    await canvases.first().focus();
    await page.keyboard.press("ArrowLeft");
    await settled();
    expect(await image(0)).not.toBe(turned);
    await page.locator("#home").click();
    await settled();
    expect(await image(0)).toBe(still);

    await page.locator("#field").selectOption({ label: "across" });
    expect(await page.locator(".ramp span").allTextContents()).toEqual(["−1", "1"]);
    await settled();
    expect(await image(0)).not.toBe(still);

    // It turns by itself while it is asked to, and no longer.
    await page.locator("#spin").click();
    const spinning = await image(0);
    await expect.poll(() => image(0)).not.toBe(spinning);
    await canvases.first().focus();
    await page.keyboard.press("0");
    expect(await page.locator("#spin").getAttribute("aria-pressed")).toBe("false");
    await settled();
    const stopped = await image(0);
    await settled();
    expect(await image(0)).toBe(stopped);
    expect(heard).toEqual([]);
  });
});

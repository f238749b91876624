/** React's `useChat` in a real Chromium reads `toResponse({ format: "ai-sdk" })`; a page that goes away aborts. */
import { fileURLToPath } from "node:url";
import { type Simulator, simulator } from "@polycall/testing";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromChat, serveChat } from "../chat-server.ts";
import { launchChromium } from "../runtimes/runners.ts";
import { webServer } from "../runtimes/web-server.ts";

const browser = await launchChromium().catch((error: Error) => {
  console.warn(`SKIPPED: Chromium does not start: ${error.message}`);
});

let sim: Simulator;
let code: string;
beforeAll(async () => {
  sim = await simulator();
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("use-chat.page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  code = outputFiles[0]!.text;
});
afterAll(async () => {
  await browser?.close();
  await sim.close();
});

test.skipIf(!browser)("useChat shows, stops, says what broke; and the page goes away", async () => {
  await using chat = await serveChat(sim, "ai-sdk", fromChat);
  await using api = await webServer(undefined, chat.url);
  await using site = await webServer(code);
  const page = await browser!.newPage();
  await page.goto(`${site.url}/?api=${encodeURIComponent(api.url)}`);
  const ask = () => page.click("text=Ask");
  /** A reply that lasts longer than the page stays. */
  const slowly = () => {
    sim.script(["And so on, ".repeat(500)]);
    sim.fault({ chunkDelayMs: 20 });
  };
  const shown = () => page.locator(".assistant").allTextContents();

  sim.script(["One, two, three."]);
  await ask();
  await page.waitForSelector("main.ready .assistant");
  expect(await shown()).toEqual(["One, two, three."]);

  // What has been said goes along: useChat's own messages, made OpenAI's.
  sim.script(["Four."]);
  await ask();
  await page.waitForSelector("main.ready .assistant >> nth=1");
  expect(await shown()).toEqual(["One, two, three.", "Four."]);
  expect(sim.requests.at(-1)!.text).toContain("One, two, three.");

  slowly();
  await ask();
  await page.waitForSelector("main.streaming .assistant >> nth=2");
  expect(sim.requests.at(-1)!.aborted).toBe(false);
  await page.click("text=Stop");
  await page.waitForSelector("main.ready");
  await expect.poll(() => sim.requests.at(-1)!.aborted).toBe(true);

  sim.fault({ streamError: { after: 4, message: "It broke." } });
  await ask();
  await page.waitForSelector("main.error");
  expect(await page.textContent("output")).toContain("It broke.");

  slowly();
  const before = sim.requests.length;
  await ask();
  await page.waitForSelector("main.streaming");
  expect(sim.requests.length).toBe(before + 1);
  expect(sim.requests.at(-1)!.aborted).toBe(false);
  await page.close();
  await expect.poll(() => sim.requests.at(-1)!.aborted).toBe(true);
});

/** A signal that outlives thousands of conversions, as an ingestion's does, keeps nothing of them. */
import { getEventListeners } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { APIUserAbortError } from "@polycall/core";
import { expect, test } from "vitest";
import { toMarkdown } from "../src/index.ts";

const text = new TextEncoder().encode("# A title\n\nA text.");

test("thousands of conversions leave nothing with a signal", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const { signal } = new AbortController();
  const heapAfter = async (conversions: number) => {
    for (let i = 0; i < conversions; i++) await toMarkdown(text, { name: "a.md", signal });
    // What is only finalized lets go a turn later.
    gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
    gc();
    return process.memoryUsage().heapUsed;
  };
  const before = await heapAfter(500);
  const after = await heapAfter(5000);
  expect(getEventListeners(signal, "abort")).toEqual([]);
  expect((after - before) / 5000).toBeLessThan(200);
});

test("an abort before, and one in the middle, end a conversion", async () => {
  const aborted = AbortSignal.abort(new Error("no longer wanted"));
  await expect(toMarkdown(text, { signal: aborted })).rejects.toBeInstanceOf(APIUserAbortError);
  const controller = new AbortController();
  const slow = {
    name: "slow",
    mediaTypes: ["text/markdown"],
    extensions: ["md"],
    convert: () => new Promise<never>(() => controller.abort()),
  };
  const converted = toMarkdown(text, {
    name: "a.md",
    signal: controller.signal,
    converters: [slow],
  });
  await expect(converted).rejects.toBeInstanceOf(APIUserAbortError);
  expect(getEventListeners(controller.signal, "abort")).toEqual([]);
});
